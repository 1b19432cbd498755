"""`manage.py targets [NAME]`: the names of targets, or what one name stands for."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scanner.domain.phrases import count
from scanner.domain.targets.names import NamedTarget, find_target, named_targets, target_name
from scanner.domain.targets.target import UnknownTarget


class Command(BaseCommand):
    """The command: prints slugs and names, which every command and form takes."""

    help = "List the targets with their slugs and names. With NAME, print only those that it names or that contain it."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the name and the format."""
        parser.add_argument("name", nargs="?", metavar="NAME", help="such as alpine, 3.14t or python:3.13-slim")
        parser.add_argument("--format", choices=("table", "json"), default="table", help="default: table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the targets. Raises CommandError with status 2 where the name fits none."""
        shown = _fitting(options["name"]) if options["name"] else named_targets()
        if options["format"] == "json":
            self.stdout.write(json.dumps({"targets": [_data(one) for one in shown]}, indent=2))
        else:
            self.stdout.write(_table(shown))


def _fitting(name: str) -> tuple[NamedTarget, ...]:
    try:
        target = find_target(name)
    except UnknownTarget as error:
        part = " ".join(name.lower().split())
        found = tuple(one for one in named_targets() if any(part in text for text in _texts(one)))
        if not found:
            raise CommandError(str(error), returncode=2) from error
        return found
    known = next((one for one in named_targets() if one.target == target), None)
    return (known or NamedTarget(target, target_name(target)),)


def _texts(one: NamedTarget) -> tuple[str, ...]:
    return (one.target.slug, one.name, one.target.label.lower(), *one.aliases)


def _data(one: NamedTarget) -> dict[str, object]:
    return {"slug": one.target.slug, "name": one.name, "label": one.target.label, "aliases": list(one.aliases)}


def _table(shown: tuple[NamedTarget, ...]) -> str:
    rows = [(one.target.slug, one.name, ", ".join(one.aliases)) for one in shown]
    header = ("SLUG", "NAME", "ALSO")
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(2)]
    lines = [f"{row[0]:{widths[0]}}  {row[1]:{widths[1]}}  {row[2]}".rstrip() for row in (header, *rows)]
    return "\n".join([*lines, "", f"{count(len(shown), 'target')}. Any Python may be combined with any system."])
