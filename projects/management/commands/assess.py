"""`manage.py assess PATH…`: the machine-readable assessment, without account, server or worker."""

from __future__ import annotations

import gc
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from projects.management.asking import add_assessment_options, ask, read_given, request_of, target_of
from projects.presentation.formats.text import as_csv, as_json, as_markdown, as_table
from scanner.domain.targets.catalogue import DEFAULT_TARGETS

_FAILS = {"never": set(), "no-go": {"no-go", "unknown"}, "conditional": {"conditional", "no-go", "unknown"}}


class Command(BaseCommand):
    """Read dependency files, poll what is not known, and print the verdicts."""

    help = "Tells for each target whether the requirements in PATH… can move there, and what stands in the way."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="+", metavar="PATH", help="a dependency file, or a directory with some")
        parser.add_argument("--target", action="append", metavar="SLUG", help="such as cp313-win_amd64; repeatable")
        add_assessment_options(parser)
        parser.add_argument("--bridge", action="store_true", help="also plan one set that holds on all given targets")
        parser.add_argument("--format", choices=("table", "json", "markdown", "csv"), default="table")
        parser.add_argument("--fail-on", choices=tuple(_FAILS), default="no-go", help="exit 1 on this verdict or worse")

    def handle(self, *args: Any, **options: Any) -> None:
        # The process ends with its one answer: looking for cycles among what it holds takes a third of the time.
        gc.set_threshold(200_000, 50, 50)
        targets = [target_of(slug) for slug in options["target"]] if options["target"] else list(DEFAULT_TARGETS)
        given = read_given(options["path"])
        request = request_of(given, targets, options)
        if not options["target"]:
            self._say(f"No --target: using {', '.join(target.slug for target in targets)}.")
        told = ask(request, given, options, self._say)
        self._print(told.document, options["format"])
        if options["format"] == "csv":
            # A table of packages has no place for them.
            for confusion in told.document["index"].get("confusions", ()):
                self._say(f"! {confusion['message']}")
        # Nor does it pay to take everything apart at the end.
        gc.freeze()
        if {target.verdict.value for target in told.answer.targets} & _FAILS[options["fail_on"]]:
            sys.exit(1)

    def _print(self, whole: dict[str, Any], form: str) -> None:
        text = {
            "json": lambda: as_json(whole),
            "table": lambda: as_table(whole),
            "markdown": lambda: as_markdown(whole),
            "csv": lambda: as_csv(whole),
        }[form]()
        self.stdout.write(text, ending="")

    def _say(self, line: str) -> None:
        self.stderr.write(line, lambda text: text)
