"""What a team says of known breaks: add one, contest one, and take either back. Its projects are assessed again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from projects.models import Project, Team, TeamBreak
from projects.services.snapshots import assess_newest
from scanner.domain.evidence.known_breaks import KnownBreak
from scanner.domain.evidence.known_breaks_file import parse_entry


def add_break(team: Team, entry: Mapping[str, Any], user: User, now: datetime) -> TeamBreak:
    """Add a known break, in the form of the file. One that the team has already is left as it is.

    Raise InvalidKnownBreaks.
    """
    fact = parse_entry(entry)
    with transaction.atomic():
        made, is_new = TeamBreak.objects.get_or_create(
            team=team,
            subject=fact.key,
            entry__isnull=False,
            ended_at=None,
            defaults={"entry": dict(entry), "package": fact.package, "made_by": user, "made_at": now},
        )
        if is_new:
            _assess_all(team)
    return made


def contest_break(team: Team, fact: KnownBreak, reason: str, user: User, now: datetime) -> TeamBreak:
    """Contest a known break: it does not count for the team's projects until the statement is taken back."""
    with transaction.atomic():
        made, is_new = TeamBreak.objects.get_or_create(
            team=team,
            subject=fact.key,
            entry__isnull=True,
            ended_at=None,
            defaults={"package": fact.package, "reason": reason, "made_by": user, "made_at": now},
        )
        if is_new:
            _assess_all(team)
    return made


def end_break(row: TeamBreak, user: User, now: datetime) -> None:
    """Take a statement back; one that was taken back before stays as it is."""
    with transaction.atomic():
        if TeamBreak.objects.filter(pk=row.pk, ended_at=None).update(ended_at=now, ended_by=user):
            _assess_all(row.team)


def _assess_all(team: Team) -> None:
    for project in Project.objects.filter(team=team, deleted_at=None):
        assess_newest(project)
