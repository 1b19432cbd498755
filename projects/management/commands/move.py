"""`manage.py move PATH --target TARGET`: one patch for the whole move, or the one that takes it back."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand

from projects.domain.python_places.values import PlaceKind
from projects.domain.python_places.whole_move import REQUIREMENTS
from projects.domain.rewriting.written_plan import WrittenPlan
from projects.management.assessing import assess
from projects.management.assessment_options import add_assessment_options, make_request
from projects.management.reading import read_files
from projects.management.target_options import TARGET_HELP, parse_target_option
from projects.presentation.audit.move_text import move_json, move_lines, move_patch
from projects.services.audit.tree import path_below
from projects.services.moves import MOVABLE, folder_move, moved_minor

_SKIP_HELP = f"leave as it is: {REQUIREMENTS}, {', '.join(PlaceKind)}, a path, or PATH:LINE; repeatable"


class Command(BaseCommand):
    """The command: plans the requirements for one target, and moves every place that names the Python."""

    help = (
        "Print one patch for `git apply` that moves the repository in PATH to a target: its requirements, and every "
        "place that names its Python. What changes and why is written to standard error."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the path, the target, what to leave out, the direction, the format and the options of an assessment."""
        parser.add_argument("path", metavar="PATH", help="the top folder of a repository")
        parser.add_argument("--target", required=True, metavar="TARGET", help=TARGET_HELP)
        parser.add_argument("--skip", action="append", default=[], metavar="WHAT", help=_SKIP_HELP)
        parser.add_argument("--reverse", action="store_true", help="print the patch that takes the move back")
        add_assessment_options(parser)
        parser.add_argument("--format", choices=("patch", "json"), default="patch")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the patch to standard output. Raises CommandError with status 1 where no set holds on the target."""
        target = parse_target_option(options["target"])
        root = Path(options["path"])
        if not root.is_dir():
            raise CommandError(f"{root}: no such folder", returncode=2)
        if moved_minor(target) is None:
            raise CommandError("only a move to a CPython with a GIL is written", returncode=2)
        files = read_files([options["path"]])
        assessment = assess(make_request(files, [target], options), files, options, self._log)
        (result,) = assessment.evaluation.targets
        if result.verdict not in MOVABLE:
            hint = f"`{settings.WHEELWAY_PROGRAM} assess {root} --target {target.slug}` says why"
            raise CommandError(f"{target.slug} is {result.verdict.value}: there is no move to write; {hint}.")
        written = assessment.record().written.get(target.slug) or WrittenPlan()
        move = folder_move(root, written, target, options["skip"])
        problems = [f"{path_below(root, one.path)}:{one.line or 1}: {one.message}" for one in written.problems]
        if options["format"] == "json":
            self.stdout.write(move_json(move, target.slug, result.verdict.value, written.commands, problems))
            return
        for line in move_lines(move, written.commands, problems):
            self._log(line)
        self.stdout.write(move_patch(move, is_reversed=options["reverse"]), ending="")

    def _log(self, line: str) -> None:
        self.stderr.write(line, lambda text: text)
