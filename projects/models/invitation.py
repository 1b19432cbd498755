"""Invitations to teams."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from projects.domain.permissions import ROLE_NAMES


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Queries for invitations."""

    def usable(self, now: datetime) -> Self:
        """Return those that were neither accepted nor revoked and have not expired."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


class Invitation(models.Model):
    """A link that makes its holder a member of a team, once. Its token is stored as a digest.

    One that was sent by mail is for the account with that address only.
    """

    team = models.ForeignKey("projects.Team", on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=8, choices=list(ROLE_NAMES.items()))
    email = models.EmailField(blank=True)
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["digest"], name="invitation_digest_unique"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True), name="invitation_ends_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.team_id}"
