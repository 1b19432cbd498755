"""`manage.py mcp`: the commands as tools of the Model Context Protocol, on standard input and output."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from importlib import metadata
from typing import Any
from urllib.parse import urlsplit

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from projects.management.model_context.remote import Installation


class Command(BaseCommand):
    """The command: serves until standard input ends."""

    help = (
        "Serve assess, targets, audit and package to a language model by the Model Context Protocol, on standard input "
        "and output. With WHEELWAY_URL and WHEELWAY_API_KEY also the projects of an installation."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the permission to change something."""
        parser.add_argument(
            "--allow-writes",
            action="store_true",
            help="also offer tools that set watches and send files to the installation, with a key that may",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve. Raises CommandError with status 2 without the package of the protocol."""
        try:
            from projects.management.model_context.server import make_server
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "mcp":
                raise
            message = "The package mcp is not installed: install wheelway with its extra, wheelway[mcp]."
            raise CommandError(message, returncode=2) from error
        server = make_server(_version(), _installation(), allow_writes=options["allow_writes"])
        server.run("stdio")


def _version() -> str:
    try:
        return metadata.version("wheelway")
    except metadata.PackageNotFoundError:
        return "0"


def _installation() -> Installation | None:
    url, key = os.environ.get("WHEELWAY_URL", ""), os.environ.get("WHEELWAY_API_KEY", "")
    if not url and not key:
        return None
    if not key or urlsplit(url).scheme not in {"https", "http"}:
        message = "Set both WHEELWAY_URL, an address with https://, and WHEELWAY_API_KEY."
        raise CommandError(message, returncode=2)
    return Installation(url, key)
