"""Teams and their members. A team that has an owner keeps one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.text import slugify

from projects.domain.logged_action import Actor, LoggedAction
from projects.domain.permissions import ROLE_NAMES, Action, Role, may_set_role
from projects.models import Invitation, Membership, Team
from projects.services.audit_log import record

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class LastOwner(Exception):
    """A change that would leave a team without an owner."""


class TeamHasProjects(Exception):
    """A team that cannot be deleted, since it has projects."""


def create_team(user: AbstractBaseUser, name: str, actor: Actor | None = None) -> Team:
    """Create a team that the user owns."""
    with transaction.atomic():
        team = _create_with_free_slug(name)
        Membership.objects.create(team=team, user_id=user.pk, role=Role.OWNER)
        record(actor or Actor(user.pk, user.get_username()), LoggedAction.TEAM_MADE, name, team=team.pk)
    return team


def team_for_projects(user: AbstractBaseUser) -> Team:
    """Return the oldest team to which the user may add projects, which is created if there is none."""
    found = Team.objects.where_may(user.pk, Action.ADD_PROJECT).first()
    return found or create_team(user, f"Team of {user.get_username()}"[:80])


def rename_team(team: Team, name: str, actor: Actor) -> None:
    """Change the name of a team. Its address stays."""
    with transaction.atomic():
        record(actor, LoggedAction.TEAM_RENAMED, name, team=team.pk, before=team.name, after=name)
        team.name = name
        team.save(update_fields=["name"])


def delete_team(team: Team, actor: Actor) -> None:
    """Delete a team without projects. Raises TeamHasProjects, also for deleted ones that can be restored."""
    try:
        with transaction.atomic():
            record(actor, LoggedAction.TEAM_DELETED, team.name, team=team.pk)
            team.delete()
    except ProtectedError as error:
        raise TeamHasProjects from error


def set_role(team: Team, user_id: int, role: Role | None, actor: Actor) -> Role | None:
    """Change the role of a member, or end the membership if it is None. Return the role before, None for a stranger.

    Invitations that the member made and may not make any more are revoked. Raises LastOwner if no owner would be left.
    """
    with transaction.atomic():
        # Of two owners who leave at the same time, the second one waits here and is then the last.
        Team.objects.select_for_update().get(pk=team.pk)
        member = Membership.objects.filter(team=team, user=user_id).select_related("user").first()
        if member is None:
            return None
        before, name = Role(member.role), member.user.get_username()
        others = Membership.objects.filter(team=team, role=Role.OWNER).exclude(user=user_id)
        if before is Role.OWNER and role is not Role.OWNER and not others.exists():
            raise LastOwner
        if role is None:
            member.delete()
            action = LoggedAction.MEMBER_LEFT if actor.key == user_id else LoggedAction.MEMBER_REMOVED
            record(actor, action, name, team=team.pk, before=ROLE_NAMES[before])
        elif role is not before:
            member.role = role
            member.save(update_fields=["role"])
            record(
                actor,
                LoggedAction.ROLE_CHANGED,
                name,
                team=team.pk,
                before=ROLE_NAMES[before],
                after=ROLE_NAMES[role],
            )
        above = [one for one in Role if not may_set_role(role, None, one)]
        now = timezone.now()
        Invitation.objects.usable(now).filter(team=team, made_by=user_id, role__in=above).update(revoked_at=now)
    return before


def make_owner(team: Team, user: AbstractBaseUser, actor: Actor) -> bool:
    """Make an account an owner of the team, also one that is no member. Return False if it is one already."""
    with transaction.atomic():
        defaults = {"role": Role.OWNER}
        member, is_new = Membership.objects.get_or_create(team=team, user_id=user.pk, defaults=defaults)
        if is_new:
            name = user.get_username()
            record(actor, LoggedAction.MEMBER_JOINED, name, team=team.pk, after=ROLE_NAMES[Role.OWNER])
        return is_new or (member.role != Role.OWNER and set_role(team, user.pk, Role.OWNER, actor) is not None)


def _create_with_free_slug(name: str) -> Team:
    """Create the team under the first free slug of its name. The unique constraint settles concurrent calls."""
    base = slugify(name)[:70] or "team"
    for number in range(1, 1000):
        try:
            with transaction.atomic():
                return Team.objects.create(name=name, slug=base if number == 1 else f"{base}-{number}")
        except IntegrityError:
            continue
    message = f"no free slug for a team named {name!r}"
    raise ValueError(message)
