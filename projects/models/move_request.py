"""Change requests for moves: what was opened at a repository's host, and what was last written there."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from projects.models.repository import CLAIM_HOLDS


class MoveRequestQuerySet(models.QuerySet["MoveRequest"]):
    """Queries for change requests."""

    def followed(self) -> Self:
        """Return those that are opened, or kept up to date, when facts change."""
        return self.filter(state__in=[MoveRequest.State.WAITING, MoveRequest.State.OPEN], project__deleted_at=None)

    def claim(self, pk: int, now: datetime) -> bool:
        """Claim one and count the attempt. Return False if it is not followed or another worker holds the claim."""
        free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_HOLDS) | Q(claimed_at__gt=now + CLAIM_HOLDS)
        return self.followed().filter(free, pk=pk).update(claimed_at=now, attempts=F("attempts") + 1) == 1

    def renew_claim(self, pk: int, now: datetime) -> None:
        """Let the claim hold on from now, unless it was released."""
        self.filter(pk=pk, claimed_at__isnull=False).update(claimed_at=now)


class MoveRequest(models.Model):
    """The pull or merge request that moves one repository to one target. There is one for each move."""

    class State(models.TextChoices):
        """The state of a request. A stopped one has commits of others on its branch."""

        WAITING = "waiting", _("Being opened")
        OPEN = "open", pgettext_lazy("state of a change request", "Open")
        MERGED = "merged", _("Merged")
        CLOSED = "closed", pgettext_lazy("state of a change request", "Closed")
        STOPPED = "stopped", _("Left to you")
        FAILED = "failed", _("Failed")

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="move_requests")
    repository = models.ForeignKey("projects.Repository", on_delete=models.CASCADE, related_name="move_requests")
    target = models.CharField(max_length=100, help_text="slug of the target")
    branch = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=500, blank=True, help_text="what it waits for, or why it stopped")
    number = models.PositiveIntegerField(default=0, help_text="of the host, within the repository")
    url = models.CharField(max_length=1000, blank=True)
    base_commit = models.CharField(max_length=64, blank=True, help_text="the assessed commit that was last taken in")
    head_commit = models.CharField(max_length=64, blank=True, help_text="our last commit on the branch")
    # Stored before the push: should the worker be killed after it, the commit is known as ours.
    pushing_commit = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, blank=True, help_text="of base, patch and text as last written")
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(null=True, blank=True, help_text="when branch or text last changed")

    objects = MoveRequestQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["repository", "target"], name="moverequest_once_per_move"),
        ]

    def __str__(self) -> str:
        return f"move of {self.repository_id} to {self.target}"
