"""Wheel events: changes between two polls."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from scanner.models.packages import Package


class WheelEventKind(models.TextChoices):
    """The kind of a change."""

    FIRST_POLL = "first_poll", "first poll"
    ADDED = "added", "file added"
    YANKED = "yanked", "file yanked"
    UNYANKED = "unyanked", "yank taken back"
    REMOVED = "removed", "file removed"
    STATUS = "status", "package status changed"
    RELEASE = "release", "release complete"
    REGRESSION = "regression", "release without a target of its predecessor"


class WheelEventQuerySet(models.QuerySet["WheelEvent"]):
    """Queries on the queue of events."""

    def unprocessed(self) -> Self:
        """Return the events that are not processed, oldest first."""
        return self.filter(processed_at__isnull=True).order_by("pk")


class WheelEvent(models.Model):
    """One change found by a poll, written in the transaction that stores it. The rows are a queue."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=10, choices=WheelEventKind.choices)
    filename = models.CharField(max_length=300, blank=True)
    version = models.CharField(max_length=120, blank=True)
    tag_set = models.CharField(max_length=255, blank=True)
    uploaded_at = models.DateTimeField(null=True, blank=True)
    detail = models.TextField(blank=True)
    targets = models.JSONField(default=list, blank=True, help_text="slugs: of a release served, of a regression lost")
    seen_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)

    objects = WheelEventQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # An index never reuses a file name, so a file is added once.
            models.UniqueConstraint(
                fields=["package", "filename"], condition=Q(kind="added"), name="wheelevent_added_once"
            ),
            models.UniqueConstraint(
                fields=["package"], condition=Q(kind="first_poll"), name="wheelevent_first_poll_once"
            ),
            # A release is complete once, whatever joins it later.
            models.UniqueConstraint(
                fields=["package", "version", "kind"],
                condition=Q(kind__in=["release", "regression"]),
                name="wheelevent_settled_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # The dispatcher's queue: which packages have unprocessed events, and those of one, oldest first.
            models.Index(fields=["package", "id"], name="wheelevent_queue", condition=Q(processed_at__isnull=True)),
            # The history on a package's page, newest first.
            models.Index(fields=["package", "-seen_at"], name="wheelevent_package_history"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.filename or self.version}"
