"""`manage.py requirements PATH…`: print the requirements in dependency files, without index or database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from msgspec.structs import replace
from packaging.markers import InvalidMarker, UndefinedComparison, UndefinedEnvironmentName

from projects.domain.dependency_files import ParsedFiles, ParsedRequirement, to_data
from projects.management.reading import read_from_disk
from projects.management.target_options import parse_target_option
from projects.services.dependency_files import UnreadablePath, roots_of, unreadable
from scanner.domain.parsing import parse_marker
from scanner.domain.targets.target import Target


class Command(BaseCommand):
    """The `requirements` command: exits 0 if the files could be read, even with problems, and 2 if one could not."""

    help = "Print the requirements in dependency files, or in those of a directory, without network access."
    # Reading a file does not need complete settings.
    requires_system_checks = []  # Django's own declaration has this form.

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments."""
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a dependency file or a directory")
        parser.add_argument(
            "--target", metavar="TARGET", help="leave out what this target does not need, by its markers"
        )
        parser.add_argument("--format", choices=("table", "json"), default="table", help="default: table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the files and print them as a table or JSON."""
        try:
            roots = roots_of(options["paths"])
        except UnreadablePath as error:
            raise CommandError(str(error), returncode=2) from error
        parsed = read_from_disk(roots)
        if options["target"]:
            parsed = _needed_on(parse_target_option(options["target"]), parsed)
        if options["format"] == "json":
            self.stdout.write(json.dumps(to_data(parsed), indent=2, ensure_ascii=False))
        else:
            self.stdout.write(_table(parsed))
        if unreadable(parsed, options["paths"]):
            raise CommandError("a file could not be read; see the problems", returncode=2)


def _needed_on(target: Target, parsed: ParsedFiles) -> ParsedFiles:
    """Return the files without the requirements whose markers do not hold on the target."""
    return replace(parsed, requirements=tuple(one for one in parsed.requirements if _is_needed(one, target)))


def _is_needed(requirement: ParsedRequirement, target: Target) -> bool:
    if requirement.marker is None:
        return True
    try:
        return parse_marker(requirement.marker).evaluate({**target.marker_environment, "extra": ""})
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        # Not known to be false.
        return True


def _table(parsed: ParsedFiles) -> str:
    rows = [
        (
            f"{one.source}:{one.line or '?'}",
            one.name + (f"[{','.join(one.extras)}]" if one.extras else ""),
            one.specifier or one.url or "any",
            one.group or ("constraint" if one.constraint else ""),
            one.marker or "",
        )
        for one in parsed.requirements
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    lines = ["  ".join([*(row[at].ljust(widths[at]) for at in range(4)), row[4]]).rstrip() for row in rows]
    if parsed.problems:
        lines += ["", "Problems:"]
        lines += [f"  {one.path}:{one.line or '?'}: {one.message}  {one.text}".rstrip() for one in parsed.problems]
    return "\n".join(lines)
