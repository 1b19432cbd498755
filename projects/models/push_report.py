"""Reports on pushes at the hosts of their repositories: a commit status, and a comment on the change request."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from projects.models.repository import CLAIM_HOLDS


class PushReportQuerySet(models.QuerySet["PushReport"]):
    """Queries for reports on pushes."""

    def waiting(self, now: datetime) -> PushReportQuerySet:
        """Return those to be posted that no worker holds. A claim of the future was made by a clock that was wrong."""
        free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_HOLDS) | Q(claimed_at__gt=now + CLAIM_HOLDS)
        return self.filter(free, state=PushReport.State.WAITING, repository__project__deleted_at=None)

    def claim(self, pk: int, now: datetime) -> bool:
        """Claim one and count the attempt. Return False if it is posted or another worker holds the claim."""
        return self.waiting(now).filter(pk=pk).update(claimed_at=now, attempts=F("attempts") + 1) == 1


class PushReport(models.Model):
    """What was posted about one commit. It is posted again, in place, when the answer for the commit changes."""

    class State(models.TextChoices):
        """The state of a report."""

        WAITING = "waiting", "Waiting"
        POSTED = "posted", "Posted"
        FAILED = "failed", "Failed"

    repository = models.ForeignKey("projects.Repository", on_delete=models.CASCADE, related_name="reports")
    snapshot = models.ForeignKey("projects.Snapshot", on_delete=models.CASCADE, related_name="+")
    commit = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=500, blank=True)
    status_digest = models.CharField(max_length=64, blank=True, help_text="of the commit status as last posted")
    comment_digest = models.CharField(max_length=64, blank=True, help_text="of the comment as last posted")
    request_number = models.PositiveIntegerField(default=0, help_text="of the change request that has the comment")
    comment_id = models.CharField(max_length=100, blank=True, help_text="the host's id of the comment")
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(help_text="when it last became known that there is something to post")

    objects = PushReportQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["repository", "commit"], name="pushreport_once_per_commit"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Those whose task was lost.
            models.Index(fields=["asked_at"], condition=Q(state="waiting"), name="pushreport_waiting"),
        ]

    def __str__(self) -> str:
        return f"report on {self.commit[:7]}"
