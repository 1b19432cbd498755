"""Packages of an index, and the state of polling them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from scanner.domain.next_poll import CLOCK_SKEW
from scanner.models.indexes import Index


class PackageState(models.TextChoices):
    """The state of a package after its last poll."""

    PENDING = "pending", "not polled yet"
    CURRENT = "current", "current"
    MISSING = "missing", "not on the index"
    MALFORMED = "malformed", "not a package name"


# A claim lasts longer than a poll with its time limits and than the wait in a queue; then the package is due again.
CLAIM_FOR: timedelta = settings.WHEELWAY_CLAIM_FOR
# No poll is scheduled further ahead. A later time was written by a clock that jumped, and counts as due.
LONGEST_WAIT = timedelta(days=60)


class PackageQuerySet(models.QuerySet["Package"]):
    """Queries on packages for the scheduler."""

    def unclaimed(self, now: datetime) -> Self:
        """Return the packages without a claim. A claim too far ahead was made by a clock that jumped."""
        ahead = Q(claimed_until__gt=now + CLAIM_FOR + CLOCK_SKEW)
        return self.filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=now) | ahead)

    def due(self, now: datetime) -> Self:
        """Return the packages to queue now, the longest due first; not those queued or claimed."""
        ahead = Q(queued_until__gt=now + CLAIM_FOR + CLOCK_SKEW)
        unqueued = Q(queued_until__isnull=True) | Q(queued_until__lte=now) | ahead
        is_due = Q(due_at__lte=now) | Q(due_at__gt=now + LONGEST_WAIT)
        return self.unclaimed(now).filter(unqueued, is_due).order_by("due_at", "pk")

    def queue(self, pks: Collection[int], now: datetime) -> list[int]:
        """Mark those of these packages that are due as queued, so that no other scheduler queues them. Return which."""
        with transaction.atomic():
            due = self.due(now).filter(pk__in=pks).select_for_update(skip_locked=True)
            mine = list(due.values_list("pk", flat=True))
            self.filter(pk__in=mine).update(queued_until=now + CLAIM_FOR)
        return mine


class Package(models.Model):
    """A package of an index, and the state of polling it."""

    # Its unique constraint begins with the index: a second database index would only cost.
    index = models.ForeignKey(Index, on_delete=models.PROTECT, related_name="packages", db_index=False)
    name = models.CharField(max_length=200, help_text="normalised (PEP 503)")
    state = models.CharField(max_length=10, choices=PackageState.choices, default=PackageState.PENDING)
    status = models.CharField(max_length=12, default="active", help_text="project status marker (PEP 792)")
    status_reason = models.TextField(blank=True)
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=200, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    serial = models.BigIntegerField(null=True, blank=True)
    wanted_serial = models.BigIntegerField(null=True, blank=True, help_text="what the root page said last")
    revision = models.PositiveIntegerField(default=0, help_text="grows with every stored change")
    checked_at = models.DateTimeField(null=True, blank=True, help_text="last answer of the index")
    changed_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text="next poll; null is never")
    due_reason = models.CharField(max_length=80, blank=True)
    queued_until = models.DateTimeField(null=True, blank=True, help_text="a poll waits in a queue")
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="end and name of the worker's claim")
    newest_release_at = models.DateTimeField(null=True, blank=True, help_text="first upload of its newest release")
    failures = models.PositiveIntegerField(default=0, help_text="in a row")
    absences = models.PositiveSmallIntegerField(default=0, help_text="answers in a row that it is not there")
    last_error = models.TextField(blank=True)
    files_base = models.TextField(blank=True, help_text="the address that most of its files share")
    problems = models.JSONField(default=list, blank=True, help_text="rows of the page that were skipped")
    is_watched = models.BooleanField(default=False, help_text="polled more often, because a user watches it")

    objects = PackageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["index", "name"], name="package_index_name_unique"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # PackageQuerySet.due: the next batch of the poller.
            models.Index(fields=["due_at"], name="package_due", condition=Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name


class RowChecksums(models.Model):
    """The checksums of the rows of a package's page as last stored, so that only rows that differ are parsed."""

    package = models.OneToOneField(Package, on_delete=models.CASCADE, primary_key=True, related_name="row_checksums")
    checksums = models.BinaryField()

    def __str__(self) -> str:
        return f"row checksums of package {self.package_id}"
