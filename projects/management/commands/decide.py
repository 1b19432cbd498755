"""`manage.py decide PATH --target TARGET`: the options of a move side by side."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from msgspec.structs import replace

from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.python_places.pythons_named import find_proposed_target
from projects.domain.report.decision import MoveAnswers, decision_sheet
from projects.management.assessing import CommandAssessment, assess
from projects.management.assessment_options import add_assessment_options, make_request
from projects.management.commands.report import html_document, name_of
from projects.management.reading import DependencyFiles, read_files
from projects.management.target_options import TARGET_HELP, parse_target_option
from projects.presentation.report.decision_facts import DecisionFacts
from projects.presentation.report.decision_page import decision_page
from projects.presentation.report.decision_text import decision_json
from projects.presentation.report.rendering import render_page
from projects.services.audit.findings import audit_tree
from projects.services.audit.tree import read_repository_places, read_tree
from projects.services.decisions import grave_findings, moved_places, pip_files, removed_names, standings_of
from projects.services.moves import folder_move
from scanner.domain.resolution.upgrade import Strategy
from scanner.domain.targets.platforms import parse_platform
from scanner.domain.targets.target import Target

_SYSTEMS = ("manylinux_2_28_x86_64", "musllinux_1_2_x86_64", "macosx_14_0_arm64", "win_amd64")


class Command(BaseCommand):
    """The command: assesses the present and the new target by both strategies, and prints the options."""

    help = "Put the options of a move to a target side by side: stay, the smallest move, a bridge, the latest versions."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the path, both targets, the format and the options of an assessment."""
        parser.add_argument("path", metavar="PATH", help="a dependency file, or a folder with some")
        parser.add_argument("--target", required=True, metavar="TARGET", help=TARGET_HELP)
        parser.add_argument("--name", help="the project's name (default: that of the file's directory)")
        parser.add_argument("--today", metavar="TARGET", help="what runs now; without it, what the files say")
        parser.add_argument("--no-systems", action="store_true", help="leave other operating systems out")
        add_assessment_options(parser)
        parser.add_argument("--format", choices=("markdown", "html", "json"), default="markdown")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the sheet to standard output."""
        self._said: set[str] = set()
        target, path = parse_target_option(options["target"]), Path(options["path"])
        today = parse_target_option(options["today"]) if options["today"] else _proposed(path)
        today = today if today != target else None
        if today is None:
            self._log("No file says what runs now: without --today there is no option to stay, and no bridge.")
        both = [*([today] if today is not None else []), target]
        systems = [] if options["no_systems"] else _other_systems(target)
        files = read_files([options["path"]])
        request = make_request(files, both, {**options, "bridge": today is not None})
        smallest = replace(request, strategy=Strategy.MINIMAL)
        first = assess(smallest, files, options, self._log)
        results = {result.target: result for result in first.evaluation.targets}
        newest = {one: self._newest(request, one, files, options) for one in both}
        others = replace(smallest, targets=systems, bridge=False)
        elsewhere = assess(others, files, options, self._log).evaluation.targets if systems else []
        answers = MoveAnswers(
            results[target.slug],
            results[today.slug] if today is not None else None,
            newest[target],
            _plan_over(first, Strategy.MINIMAL) if today is not None else None,
            newest[today] if today is not None else None,
            elsewhere,
        )
        sheet = decision_sheet(answers)
        facts = DecisionFacts(
            project=options["name"] or name_of(options["path"]),
            index=first.indexes.url,
            now=request.now if options["as_of"] else timezone.now(),
            files=[Path(name).name for name in pip_files(files.parsed, files.roots)],
            standings=standings_of(sheet, first.indexes.keys),
            removed=removed_names(answers.today, target),
        )
        if path.is_dir():
            facts = _with_repository(facts, path, first, target)
        page = decision_page(sheet, facts)
        if options["format"] == "json":
            text = decision_json(sheet, facts, page)
        else:
            text = html_document(page) if options["format"] == "html" else render_page(page)
        self.stdout.write(text, ending="")

    def _newest(
        self, request: AssessmentRequest, target: Target, files: DependencyFiles, options: dict[str, Any]
    ) -> UpgradePlan | None:
        """Return the plan for the newest versions, also where nothing has to move: a set over one target."""
        wanted = replace(request, targets=[target], strategy=Strategy.LATEST, bridge=True, with_plans=False)
        return _plan_over(assess(wanted, files, options, self._log), Strategy.LATEST)

    def _log(self, line: str) -> None:
        # Several assessments of the same files say the same of their indexes.
        if line not in self._said:
            self._said.add(line)
            self.stderr.write(line, lambda text: text)


def _plan_over(assessment: CommandAssessment, strategy: Strategy) -> UpgradePlan | None:
    bridge = assessment.evaluation.bridge
    return UpgradePlan.of(bridge, strategy) if bridge is not None else None


def _with_repository(facts: DecisionFacts, path: Path, assessment: CommandAssessment, target: Target) -> DecisionFacts:
    """Add what the other files of a folder say: its places, and the findings of its source, if it has any."""
    record = assessment.record()
    move = folder_move(path, record.written.get(target.slug), target)
    facts = replace(facts, places=moved_places(move), by_hand=len(move.by_hand))
    tree = read_tree(path)
    if not tree.files:
        return facts
    result = next(one for one in record.results if one.target == target.slug)
    found = audit_tree(tree, [target], [result], record.parsed, assessment.indexes)
    return replace(facts, findings=grave_findings(found, target.slug))


def _other_systems(target: Target) -> list[Target]:
    """Return the same Python on the other usual systems."""
    platforms = map(parse_platform, _SYSTEMS)
    return [Target(target.python, one) for one in platforms if one.system is not target.platform.system]


def _proposed(path: Path) -> Target | None:
    """Return the target that the files of a folder say they run on."""
    return find_proposed_target(read_repository_places(path)) if path.is_dir() else None
