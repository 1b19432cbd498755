"""Files that a member sent and that a job has not read yet, because they take longer than a page may."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

# A worker renews its claim much more often: that of an older one has died.
CLAIM_FOR = timedelta(seconds=40)


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Queries for submissions."""

    def waiting(self, now: datetime) -> SubmissionQuerySet:
        """Return those that are to be read and that no worker reads now."""
        free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_FOR) | Q(claimed_at__gt=now + CLAIM_FOR)
        return self.filter(free, content__isnull=False)

    def claim(self, pk: int, now: datetime) -> bool:
        """Claim one. Return False if it has been read or another worker reads it."""
        return self.waiting(now).filter(pk=pk).update(claimed_at=now) == 1

    def renew_claim(self, pk: int, now: datetime) -> None:
        """Let the claim hold on from now, unless it was released."""
        self.filter(pk=pk, claimed_at__isnull=False).update(claimed_at=now)


class Submission(models.Model):
    """The newest files that a member sent for a project. It is deleted once they are a snapshot."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="submissions")
    origin = models.CharField(max_length=6)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    size = models.PositiveIntegerField(help_text="bytes of all files")
    content = models.BinaryField(null=True, help_text="the files, encrypted; null once they could not be read")
    problems = models.JSONField(default=list, help_text="why nothing could be read: path, line, text, message")
    claimed_at = models.DateTimeField(null=True, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        constraints = (
            # A new one replaces the last.
            models.UniqueConstraint(fields=("project",), name="submission_once_per_project"),
        )

    def __str__(self) -> str:
        return f"{self.origin} of {self.size} bytes"
