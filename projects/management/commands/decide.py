"""`manage.py decide PATH… --target TARGET`: the options of a move side by side."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.python_places.pythons_named import find_proposed_target
from projects.domain.report.decision import decision_sheet
from projects.management.assessing import add_assessment_options, assess, make_request, read_files
from projects.management.target_options import TARGET_HELP, parse_target_option
from projects.presentation.report.decision_text import decision_json, decision_markdown
from projects.services.audit.tree import read_repository_places
from scanner.domain.resolution.upgrade import Strategy
from scanner.domain.targets.target import Target


class Command(BaseCommand):
    """The command: assesses the present and the new target by both strategies, and prints the options."""

    help = "Put the options of a move to a target side by side: stay, the smallest move, a bridge, the latest versions."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the path, both targets, the format and the options of an assessment."""
        parser.add_argument("path", metavar="PATH", help="a dependency file, or a folder with some")
        parser.add_argument("--target", required=True, metavar="TARGET", help=TARGET_HELP)
        parser.add_argument("--today", metavar="TARGET", help="what runs now; without it, what the files say")
        add_assessment_options(parser)
        parser.add_argument("--format", choices=("markdown", "json"), default="markdown")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the sheet to standard output."""
        target = parse_target_option(options["target"])
        today = parse_target_option(options["today"]) if options["today"] else _proposed(Path(options["path"]))
        if today is None:
            self._log("No file says what runs now: without --today there is no option to stay, and no bridge.")
        targets = list(dict.fromkeys([*([today] if today is not None else []), target]))
        files = read_files([options["path"]])
        request = make_request(files, targets, {**options, "bridge": len(targets) > 1})
        first = assess(replace(request, strategy=Strategy.MINIMAL), files, options, self._log)
        second = assess(
            replace(request, strategy=Strategy.LATEST, targets=[target], bridge=False), files, options, self._log
        )
        by_slug = {result.target: result for result in first.evaluation.targets}
        bridge = first.evaluation.bridge
        sheet = decision_sheet(
            by_slug[today.slug] if today is not None else None,
            by_slug[target.slug],
            second.evaluation.targets[0],
            UpgradePlan.of(bridge, Strategy.MINIMAL) if bridge is not None else None,
        )
        if options["format"] == "json":
            self.stdout.write(decision_json(sheet))
        else:
            title = f"The move to {target.label}"
            self.stdout.write(decision_markdown(sheet, title, timezone.now().date()), ending="")

    def _log(self, line: str) -> None:
        self.stderr.write(line, lambda text: text)


def _proposed(path: Path) -> Target | None:
    """Return the target that the files of a folder say they run on."""
    return find_proposed_target(read_repository_places(path)) if path.is_dir() else None
