"""`manage.py report PATH… --target SLUG`: whether and how a project can move to a target, as one document."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.core.management import CommandError
from django.core.management.base import BaseCommand
from django.template.loader import render_to_string
from django.utils import timezone

from projects.management.assessing import assess
from projects.management.assessment_options import add_assessment_options, make_request, parse_moment
from projects.management.reading import read_files
from projects.management.target_options import TARGET_HELP, parse_target_option
from projects.presentation.report.blocks import ReportPage
from projects.presentation.report.page import report_page
from projects.presentation.report.rendering import render_json, render_markdown
from projects.services.reports import report_of
from scanner.domain.releases.python_changes import PythonVersion
from scanner.domain.targets.pythons import PYTHON_BRANCHES, PYTHONS, Implementation
from scanner.domain.targets.target import Target
from scanner.domain.translation import language


class Command(BaseCommand):
    """The command that assesses for one target and prints the report."""

    help = "Print a report: can the requirements in PATH… move to the target, what must change, and the evidence."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the command's arguments."""
        parser.add_argument("path", nargs="+", metavar="PATH", help="a dependency file, or a directory of them")
        parser.add_argument("--target", required=True, metavar="TARGET", help=TARGET_HELP)
        parser.add_argument("--name", help="the project's name (default: that of the file's directory)")
        parser.add_argument("--today", metavar="3.X", help="the Python in use (default: the one that the files name)")
        parser.add_argument(
            "--no-ladder", action="store_true", help="assess this target only, not the other Pythons of its platform"
        )
        add_assessment_options(parser)
        parser.add_argument("--format", choices=("markdown", "html", "json"), default="markdown")

    def handle(self, *args: Any, **options: Any) -> None:
        """Assess and print."""
        target, current = parse_target_option(options["target"]), _python(options["today"])
        files = read_files(options["path"])
        targets = [target] if options["no_ladder"] else _all_pythons(target, timezone.now().year)
        request = make_request(files, targets, options)
        assessment = assess(request, files, options, self._say)
        report = report_of(
            assessment.record(),
            target,
            project=options["name"] or name_of(options["path"][0]),
            indexes=assessment.indexes,
            now=request.now if options["as_of"] else timezone.now(),
            as_of=parse_moment(options["as_of"]),
            current=current,
        )
        if options["format"] == "json":
            text = render_json(report)
        elif options["format"] == "html":
            text = html_document(report_page(report))
        else:
            text = render_markdown(report)
        self.stdout.write(text, ending="")

    def _say(self, line: str) -> None:
        self.stderr.write(line, lambda text: text)


def html_document(page: ReportPage) -> str:
    """Return a page as one HTML file, with its styles."""
    return render_to_string("projects/report_page.html", {"page": page, "styles": _styles(), "language": language()})


def _all_pythons(target: Target, year: int) -> list[Target]:
    """Return the target and the default build of each CPython on its platform that is or was lately supported."""
    ends = {version: branch.end_of_life for version, branch in PYTHON_BRANCHES.items()}
    pythons = [
        python
        for python in PYTHONS
        if python.implementation is Implementation.CPYTHON
        and not python.free_threaded
        and ((end := ends[python.version]) is None or end.year >= year - 1)
    ]
    return [target, *(Target(python, target.platform) for python in pythons if python != target.python)]


def _styles() -> str:
    """Return the style sheets, which are part of the page so that it needs no other file."""
    found = [finders.find(f"css/{name}.css") for name in ("site", "report")]
    return "\n".join(Path(path).read_text(encoding="utf-8") for path in found if path)


def _python(text: str | None) -> PythonVersion | None:
    if text is None:
        return None
    major, _, minor = text.partition(".")
    if major != "3" or not minor.isdecimal():
        raise CommandError(f"--today: {text!r} is not a Python version (use 3.X)", returncode=2)
    return 3, int(minor)


def name_of(path: str) -> str:
    """Return the name of a project that is given by a path only: that of its folder."""
    resolved = Path(path).resolve()
    return resolved.name if resolved.is_dir() else resolved.parent.name or resolved.stem
