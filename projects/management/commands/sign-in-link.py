"""`manage.py sign-in-link NAME`: print a link that signs an account in once, within minutes."""
# ruff: noqa: N999  the name of the file is that of the command

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from projects.services.accounts import make_sign_in_link

_MOST_MINUTES = 24 * 60


class Command(BaseCommand):
    """The command. Only the operator of the machine can run it; the link is written to standard output alone."""

    help = "Print a link that signs NAME in once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the name and --minutes."""
        parser.add_argument("name", metavar="NAME", help="the account's user name")
        parser.add_argument(
            "--minutes",
            type=int,
            default=settings.SIGN_IN_LINK_MINUTES,
            help="how long the link is valid (SIGN_IN_LINK_MINUTES, default %(default)s)",
        )

    def handle(self, *args: Any, name: str, minutes: int, **options: Any) -> None:
        """Print the link."""
        if not 0 < minutes <= _MOST_MINUTES:
            raise CommandError(f"--minutes: give a number from 1 to {_MOST_MINUTES}", returncode=2)
        user = get_user_model().objects.filter(username=name, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account {name!r}.", returncode=2)
        self.stdout.write(make_sign_in_link(user, valid_for=timedelta(minutes=minutes)))
