"""Teams and their members. A team that has an owner keeps one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from projects.domain.permissions import Action, Role
from projects.models import Membership, Team

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

# /teams/add/ is the page that adds a team.
_RESERVED_SLUGS = {"add"}


class LastOwner(Exception):
    """A change that would leave a team without an owner."""


def create_team(user: AbstractBaseUser, name: str) -> Team:
    """Create a team that the user owns."""
    with transaction.atomic():
        team = _create_with_free_slug(name)
        Membership.objects.create(team=team, user_id=user.pk, role=Role.OWNER)
    return team


def team_for_projects(user: AbstractBaseUser) -> Team:
    """Return the oldest team to which the user may add projects, which is created if there is none."""
    found = Team.objects.where_may(user.pk, Action.ADD_PROJECT).first()
    return found or create_team(user, f"Team of {user.get_username()}"[:80])


def set_role(team: Team, user_id: int, role: Role | None) -> Role | None:
    """Change the role of a member, or end the membership if it is None. Return the role before, None for a stranger.

    Raises LastOwner if no owner would be left.
    """
    with transaction.atomic():
        # Of two owners who leave at the same time, the second one waits here and is then the last.
        Team.objects.select_for_update().get(pk=team.pk)
        member = Membership.objects.filter(team=team, user=user_id).first()
        if member is None:
            return None
        before = Role(member.role)
        others = Membership.objects.filter(team=team, role=Role.OWNER).exclude(user=user_id)
        if before is Role.OWNER and role is not Role.OWNER and not others.exists():
            raise LastOwner
        if role is None:
            member.delete()
        else:
            member.role = role
            member.save(update_fields=["role"])
    return before


def _create_with_free_slug(name: str) -> Team:
    """Create the team under the first free slug of its name. The unique constraint settles concurrent calls."""
    base = slugify(name)[:70] or "team"
    for number in range(2 if base in _RESERVED_SLUGS else 1, 1000):
        try:
            with transaction.atomic():
                return Team.objects.create(name=name, slug=base if number == 1 else f"{base}-{number}")
        except IntegrityError:
            continue
    message = f"no free slug for a team named {name!r}"
    raise ValueError(message)
