"""`manage.py team-owner TEAM NAME`: make an account an owner of a team, such as one whose owner has left."""
# ruff: noqa: N999  the name of the file is that of the command

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from projects.domain.logged_action import Actor
from projects.models import Team
from projects.services.teams import make_owner


class Command(BaseCommand):
    """The command. Only the operator of the machine can run it; the audit log says that the operator did it."""

    help = "Make the account NAME an owner of the team TEAM, also where it is no member yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the team and the name."""
        parser.add_argument("team", metavar="TEAM", help="the team's name in addresses, as in /teams/TEAM/")
        parser.add_argument("name", metavar="NAME", help="the account's user name")

    def handle(self, *args: Any, team: str, name: str, **options: Any) -> None:
        """Make the owner, and say what changed."""
        found = Team.objects.filter(slug=team).first()
        if found is None:
            raise CommandError(f"There is no team {team!r} (its address is /teams/TEAM/).", returncode=2)
        user = get_user_model().objects.filter(username=name, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account {name!r}.", returncode=2)
        is_new = make_owner(found, user, Actor(None, "the operator"))
        self.stdout.write(f"{name} {'is now' if is_new else 'is already'} an owner of {found.name}.")
