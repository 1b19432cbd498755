"""What the pages of teams and of the audit log read, each with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Count, F, Q, QuerySet

from projects.domain.logged_action import LoggedAction
from projects.domain.permissions import Role, may_set_role, role_name
from projects.models import Invitation, LogEntry, Membership, Project, Team
from projects.presentation.teams import InvitationRow, LogLine, MemberRow, RoleChoice, TeamRow
from scanner.domain.translation import gettext


def team_list(user: User) -> tuple[TeamRow, ...]:
    """Return the teams of a user, by name. One query."""
    is_there = Q(projects__deleted_at__isnull=True)
    rows = Team.objects.filter(memberships__user=user).annotate(role=F("memberships__role")).order_by("name", "pk")
    members = Membership.objects.filter(team__in=rows.values("pk")).values_list("team").annotate(count=Count("pk"))
    counts = dict(members)
    return tuple(
        TeamRow(team.slug, team.name, role_name(Role(role)), counts[team.pk], projects)
        for team, role, projects in (
            (team, team.role, team.count)  # type: ignore[attr-defined]  # annotated above
            for team in rows.annotate(count=Count("projects", filter=is_there, distinct=True))
        )
    )


def member_list(team: Team, user: User, role: Role) -> tuple[MemberRow, ...]:
    """Return the members of a team, owners first, with the roles that the user may give each. One query."""
    members = Membership.objects.filter(team=team).select_related("user").order_by("user__username")
    rows = [
        MemberRow(
            pk=member.user_id,
            username=member.user.get_username(),
            name=member.user.first_name,
            role=role_name(Role(member.role)),
            rank=Role(member.role).rank,
            is_you=member.user_id == user.pk,
            is_active=member.user.is_active,
            last_sign_in=member.user.last_login,
            choices=tuple(
                RoleChoice(one.value, role_name(one), one == member.role)
                for one in Role
                if may_set_role(role, Role(member.role), one)
            ),
        )
        for member in members
    ]
    return tuple(sorted(rows, key=lambda row: -row.rank))


def invitation_list(team: Team, now: datetime) -> tuple[InvitationRow, ...]:
    """Return the usable invitations of a team, newest first. One query."""
    found = Invitation.objects.usable(now).filter(team=team).select_related("made_by").order_by("-pk")
    return tuple(
        InvitationRow(
            pk=one.pk,
            email=one.email,
            role=role_name(Role(one.role)),
            made_by=one.made_by.get_username() if one.made_by is not None else gettext("a former member"),
            made_at=one.made_at,
            expires_at=one.expires_at,
        )
        for one in found
    )


def project_list(team: Team) -> QuerySet[Project]:
    """Return the projects of a team, by name."""
    return Project.objects.filter(team=team, deleted_at__isnull=True).order_by("name", "pk")


def log_lines(team: Team | None, before: int | None = None, most: int | None = None) -> Iterator[LogLine]:
    """Yield lines of the audit log, newest first: those of a team, or all. `before` is the number of a line."""
    found = LogEntry.objects.order_by("-pk")
    if team is not None:
        found = found.filter(team_key=team.pk)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = found[:most] if most is not None else found
    for row in rows.iterator(chunk_size=500):
        yield LogLine(
            pk=row.pk,
            at=row.at,
            who=row.actor_name,
            address=row.address,
            action=LoggedAction(row.action),
            target=row.target,
            before=row.before,
            after=row.after,
        )
