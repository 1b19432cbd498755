"""`manage.py requirements PATH…`: print the requirements in dependency files, without index or database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from projects.domain.dependency_files import ParsedFiles, read, to_data
from projects.services.dependency_files import FilesOnDisk, UnreadablePath, roots_of, unreadable


class Command(BaseCommand):
    """The `requirements` command: exits 0 if the files could be read, even with problems, and 2 if one could not."""

    help = "Print the requirements in dependency files, or in those of a directory, without network access."
    # Reading a file does not need complete settings.
    requires_system_checks = []  # Django's own declaration has this form.

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments."""
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a dependency file or a directory")
        parser.add_argument("--format", choices=("table", "json"), default="table", help="default: table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the files and print them as a table or JSON."""
        try:
            roots = roots_of(options["paths"])
        except UnreadablePath as error:
            raise CommandError(str(error), returncode=2) from error
        parsed = read(FilesOnDisk(), roots)
        if options["format"] == "json":
            self.stdout.write(json.dumps(to_data(parsed), indent=2, ensure_ascii=False))
        else:
            self.stdout.write(_table(parsed))
        if unreadable(parsed, options["paths"]):
            raise CommandError("a file could not be read; see the problems", returncode=2)


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
