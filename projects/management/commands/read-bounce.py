"""`manage.py read-bounce [ADDRESS]`: take a message that came back, from the pipe of a mail server (docs/alerts.md)."""
# ruff: noqa: N999  the name of the file is that of the command

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from projects.domain.bounces import LARGEST_MESSAGE
from projects.services.alerts.bounces import take_bounce


class Command(BaseCommand):
    """The command. It always ends with 0, so that a mail server returns nothing because of it."""

    help = "Read a returned message from the standard input. An address that does not exist gets no more alerts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the address."""
        parser.add_argument(
            "address", metavar="ADDRESS", nargs="?", default="", help="where it came; the headers say it otherwise"
        )

    def handle(self, *args: Any, address: str, **options: Any) -> None:
        """Take the message, and say what was done."""
        self.stdout.write(take_bounce(sys.stdin.buffer.read(LARGEST_MESSAGE), address))
