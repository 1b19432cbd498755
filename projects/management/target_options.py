"""The option of commands that names a target."""

from __future__ import annotations

from django.conf import settings
from django.core.management import CommandError

from scanner.domain.targets.names import find_target
from scanner.domain.targets.target import Target, UnknownTarget

TARGET_HELP = "a slug or name of the command `targets`: cp313-win_amd64, 3.13 on windows, python:3.13-slim"


def parse_target_option(name: str) -> Target:
    """Return the target of a slug or name. Raises CommandError with status 2."""
    try:
        return find_target(name)
    except UnknownTarget as error:
        raise CommandError(f"{error}. `{settings.WHEELWAY_PROGRAM} targets` lists all.", returncode=2) from error
