"""`manage.py assess PATH…`: the machine-readable assessment, without account, server or worker."""

from __future__ import annotations

import gc
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.management.assessing import (
    CommandAssessment,
    add_assessment_options,
    assess,
    make_request,
    read_files,
)
from projects.management.target_options import TARGET_HELP, parse_target_option
from projects.presentation.formats.bridge_text import bridge_of
from projects.presentation.formats.schema import assessment_document
from projects.presentation.formats.text import as_csv, as_json, as_markdown, as_table
from scanner.domain.targets.catalogue import DEFAULT_TARGETS

_FAILS = {"never": set(), "no-go": {"no-go", "unknown"}, "conditional": {"conditional", "no-go", "unknown"}}


class Command(BaseCommand):
    """The command: reads dependency files, polls what is not known, and prints the verdicts."""

    help = "Say for each target whether the requirements in PATH… can move there, and what prevents it."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the paths, targets, format and the options of an assessment."""
        parser.add_argument("path", nargs="+", metavar="PATH", help="a dependency file, or a directory with some")
        parser.add_argument("--target", action="append", metavar="TARGET", help=f"{TARGET_HELP}; repeatable")
        add_assessment_options(parser)
        parser.add_argument("--bridge", action="store_true", help="also plan one set that holds on all given targets")
        parser.add_argument("--format", choices=("table", "json", "markdown", "csv"), default="table")
        parser.add_argument("--fail-on", choices=tuple(_FAILS), default="no-go", help="exit 1 on this verdict or worse")

    def handle(self, *args: Any, **options: Any) -> None:
        """Assess, and write the result to standard output. Exit with 1 as `--fail-on` says."""
        # The process ends with this one answer: looking for cycles in what it holds takes a third of the time.
        gc.set_threshold(200_000, 50, 50)
        names = options["target"]
        # Two names may stand for one target.
        targets = list(dict.fromkeys(map(parse_target_option, names))) if names else list(DEFAULT_TARGETS)
        files = read_files(options["path"])
        if not names:
            self._log(f"No --target: using {', '.join(target.slug for target in targets)}.")
        assessment = assess(make_request(files, targets, options), files, options, self._log)
        self._write(assessment, options["format"])
        # Nor is it worth freeing everything at the end.
        gc.freeze()
        if {target.verdict.value for target in assessment.evaluation.targets} & _FAILS[options["fail_on"]]:
            sys.exit(1)

    def _write(self, assessment: CommandAssessment, form: str) -> None:
        found, warnings = assessment.evaluation, assessment.warnings
        results, strategy = found.targets, assessment.request.strategy
        plan = UpgradePlan.of(found.bridge, strategy) if found.bridge is not None else None
        bridge = bridge_of(plan, (target.slug for target in found.bridge.targets) if found.bridge else ())
        match form:
            case "json":
                text = as_json(assessment_document(assessment.record()))
            case "markdown":
                text = as_markdown(results, warnings, timezone.now(), bridge)
            case "csv":
                text = as_csv(results, bridge)
                for confusion in assessment.confusions:
                    # A table of packages has no place for it.
                    self._log(f"! {confusion.message}")
            case _:
                text = as_table(results, warnings, bridge)
        self.stdout.write(text, ending="")

    def _log(self, line: str) -> None:
        self.stderr.write(line, lambda text: text)
