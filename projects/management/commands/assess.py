"""`manage.py assess PATH…`: the machine-readable assessment, without account, server or worker."""

from __future__ import annotations

import json
import logging
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime, time
from typing import Any

from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from projects.domain.assessing import Wish
from projects.domain.document import document
from projects.domain.intake import read, select
from projects.domain.listing import as_csv, as_markdown, as_table
from projects.domain.verdicts import Policy, SourcePolicy
from projects.services.answering import Answer, answer, search_clock
from projects.services.dependency_files import FilesOnDisk, UnreadablePath, roots_of, unreadable
from projects.services.gathering import gather
from scanner.domain.catalogue import DEFAULT_TARGETS
from scanner.domain.resolution.planning import Strategy
from scanner.domain.targets import Target, UnknownTarget, parse_target
from scanner.services.indexes import BadPipConfiguration, client_for, configured_index_url, get_index
from scanner.services.refreshing import FRESH_FOR

# How long the index may take for everything that an answer needs, in seconds.
PATIENCE = 600
_FAILS = {"never": set(), "no-go": {"no-go", "unknown"}, "conditional": {"conditional", "no-go", "unknown"}}


class Command(BaseCommand):
    """Read dependency files, poll what is not known, and print the verdicts."""

    help = "Tells for each target whether the requirements in PATH… can move there, and what stands in the way."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="+", metavar="PATH", help="a dependency file, or a directory with some")
        parser.add_argument("--target", action="append", metavar="SLUG", help="such as cp313-win_amd64; repeatable")
        parser.add_argument("--group", action="append", default=[], help="a dependency group that counts; repeatable")
        parser.add_argument("--extra", action="append", default=[], help="an extra that counts; repeatable")
        parser.add_argument("--source", choices=[policy.value for policy in SourcePolicy], default="pure")
        parser.add_argument("--strategy", choices=[strategy.value for strategy in Strategy], default="minimal")
        parser.add_argument("--pre", action="store_true", help="pre-releases count")
        parser.add_argument("--min-age", type=int, default=0, metavar="DAYS", help="ignore releases younger than this")
        parser.add_argument("--index-url", help="the simple index to ask, instead of pip's")
        parser.add_argument("--as-of", metavar="DATE", help="as the index stood then (2024-08-01, or a time with zone)")
        parser.add_argument("--format", choices=("table", "json", "markdown", "csv"), default="table")
        parser.add_argument("--fail-on", choices=tuple(_FAILS), default="no-go", help="exit 1 on this verdict or worse")

    def handle(self, *args: Any, **options: Any) -> None:
        # Standard error is for the progress line; faults are told below.
        logging.getLogger("scanner").setLevel(logging.ERROR)
        targets = [_target(slug) for slug in options["target"]] if options["target"] else list(DEFAULT_TARGETS)
        as_of = _moment(options["as_of"])
        try:
            roots = roots_of(options["path"])
            url = options["index_url"] or configured_index_url()
        except (UnreadablePath, BadPipConfiguration) as error:
            raise CommandError(str(error), returncode=2) from error
        intake = read(FilesOnDisk(), roots)
        if unreadable(intake, options["path"]) or (not intake.requirements and intake.problems):
            told = "\n".join(map(str, intake.problems))
            raise CommandError(f"No requirement could be read.\n{told}", returncode=2)
        if not options["target"]:
            self._say(f"No --target: using {', '.join(target.slug for target in targets)}.")
        requirements = select(intake, options["group"], options["extra"])
        wish = Wish(
            requirements,
            targets,
            Policy(SourcePolicy(options["source"]), options["pre"], options["min_age"]),
            as_of or timezone.now(),
            Strategy(options["strategy"]),
            expired=search_clock,
        )
        call_command("migrate", interactive=False, verbosity=0)
        found, shown_url = self._assess(wish, url, as_of)
        whole = document(intake, found.targets, index_url=shown_url, now=timezone.now(), strategy=wish.strategy)
        self._print(whole, options["format"])
        if {target.verdict.value for target in found.targets} & _FAILS[options["fail_on"]]:
            sys.exit(1)

    def _assess(self, wish: Wish, url: str, as_of: datetime | None) -> tuple[Answer, str]:
        try:
            index, client = get_index(url), client_for(url)
        except ValueError as error:
            raise CommandError(f"The index address cannot be used: {error}", returncode=2) from error
        gathering = gather(
            wish,
            index_id=index.pk,
            client=client,
            progress=self._progress,
            fresh_for=FRESH_FOR,
            seconds=PATIENCE,
            as_of=as_of,
        )
        for name, fault in sorted(gathering.faults.items()):
            self._say(f"{name}: {fault}; what was stored of it is used, else it is unknown.")
        return answer(wish, index_id=index.pk, as_of=as_of), index.url

    def _print(self, whole: dict[str, Any], form: str) -> None:
        text = {
            "json": lambda: json.dumps(whole, indent=2, ensure_ascii=False) + "\n",
            "table": lambda: as_table(whole),
            "markdown": lambda: as_markdown(whole),
            "csv": lambda: as_csv(whole),
        }[form]()
        self.stdout.write(text, ending="")

    def _progress(self, name: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{done} of {total}, {name}…", self.style.SUCCESS, "" if done < total else "\n")
        elif done == total or done % 10 == 0:
            self._say(f"{done} of {total} packages asked for")

    def _say(self, line: str) -> None:
        self.stderr.write(line, lambda text: text)


def _target(slug: str) -> Target:
    try:
        return parse_target(slug)
    except UnknownTarget as error:
        raise CommandError(str(error), returncode=2) from error


def _moment(text: str | None) -> datetime | None:
    """A date means its end: files of that day are there."""
    if text is None:
        return None
    try:
        moment = parse_datetime(text) if len(text) > 10 else None
        if moment is not None:
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise CommandError(f"--as-of {text!r} is no date; write it as 2024-08-01.", returncode=2)
    return datetime.combine(day, time.max, tzinfo=UTC)
