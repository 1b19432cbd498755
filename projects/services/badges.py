"""Badges: make one and revoke it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from projects.models import Badge, Project

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def make_badge(project: Project, target: str, user: User, now: datetime) -> Badge:
    """Return the badge of a target of the project, made if there is none in use."""
    found = Badge.objects.filter(project=project, target=target, revoked_at=None).first()
    return found or Badge.objects.create(project=project, target=target, created_by=user, created_at=now)


def revoke_badge(project: Project, pk: int, now: datetime) -> bool:
    """Revoke a badge of the project at once. Return False if there is none."""
    return Badge.objects.filter(project=project, pk=pk, revoked_at=None).update(revoked_at=now) == 1
