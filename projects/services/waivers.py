"""Waivers: make one, and end it. The project is assessed again after each."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction

from projects.domain.assessment.waivers import WaiverKind
from projects.models import PackageWaiver, Project
from projects.services.snapshots import assess_newest


def make_waiver(
    project: Project,
    kind: WaiverKind,
    name: str,
    target: str,
    *,
    reason: str,
    owner: User,
    until: date,
    user: User,
    now: datetime,
) -> PackageWaiver:
    """Make a waiver for a package on a target (a slug; empty: all). It replaces an open one for the same."""
    with transaction.atomic():
        same = PackageWaiver.objects.select_for_update().filter(project=project, name=name, target=target)
        same.filter(ended_at=None).update(ended_at=now, ended_by=user)
        made: PackageWaiver = PackageWaiver.objects.create(
            project=project,
            kind=kind.value,
            name=name,
            target=target,
            reason=reason,
            owner=owner,
            until=until,
            made_by=user,
            made_at=now,
        )
        assess_newest(project)
    return made


def end_waiver(waiver: PackageWaiver, user: User, now: datetime) -> None:
    """End a waiver; one that was ended before stays as it is."""
    with transaction.atomic():
        if PackageWaiver.objects.filter(pk=waiver.pk, ended_at=None).update(ended_at=now, ended_by=user):
            assess_newest(waiver.project)
