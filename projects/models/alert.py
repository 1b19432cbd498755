"""Subscriptions of users, and the alerts that they get."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from projects.domain.cadence import Cadence


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Queries for subscriptions."""

    def active(self) -> Self:
        """Return those that were not stopped."""
        return self.filter(stopped_at__isnull=True)

    def watches(self) -> Self:
        """Return those of one cell, which end with their message."""
        return self.filter(package__isnull=False)

    def follows(self) -> Self:
        """Return those of a project, which get a digest after each upstream change."""
        return self.filter(package__isnull=True, target="")

    def target_watches(self) -> Self:
        """Return those of a project's target, which get a message whenever a blocker falls and end with the last."""
        return self.filter(package__isnull=True).exclude(target="")


class Subscription(models.Model):
    """A watch of one cell (a package on a target) for a project, of a target (without a package), or a follow.

    A follow of the project has neither package nor target.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subscriptions")
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="subscriptions")
    package = models.ForeignKey("scanner.Package", on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    target = models.CharField(max_length=60, blank=True)
    above_version = models.CharField(
        max_length=120, blank=True, help_text="the version in use when the watch was set; only later ones count"
    )
    reported = models.JSONField(
        null=True, blank=True, help_text="blockers of a watched target as last reported; null: not known yet"
    )
    reported_clear = models.BooleanField(default=False, help_text="the last report of the target: nothing blocks it")
    cadence = models.CharField(
        max_length=7, choices=[(one.value, one.value) for one in Cadence], default=Cadence.SOON, help_text="of a follow"
    )
    zone = models.CharField(max_length=64, blank=True, help_text="the time zone of the cadence")
    created_at = models.DateTimeField(auto_now_add=True)
    stopped_at = models.DateTimeField(null=True, blank=True, help_text="stopped, not deleted")

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "project", "package", "target"],
                condition=Q(stopped_at__isnull=True),
                name="subscription_active_once",
            ),
            models.UniqueConstraint(
                fields=["user", "project"],
                condition=Q(stopped_at__isnull=True, package__isnull=True, target=""),
                name="subscription_follow_once",
            ),
            # A unique constraint takes null packages for different ones.
            models.UniqueConstraint(
                fields=["user", "project", "target"],
                condition=Q(stopped_at__isnull=True, package__isnull=True),
                name="subscription_target_once",
            ),
            models.CheckConstraint(
                condition=Q(package__isnull=True) | ~Q(target=""), name="subscription_cell_target_or_project"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # The watches of a package with events.
            models.Index(fields=["package"], name="subscription_active", condition=Q(stopped_at__isnull=True)),
            # The followers of projects with unsent notes.
            models.Index(
                fields=["project"],
                name="subscription_follows",
                condition=Q(stopped_at__isnull=True, package__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        if self.follows_project:
            return f"{self.user_id} follows {self.project_id}"
        if self.watches_target:
            return f"{self.user_id} watches {self.target} of {self.project_id}"
        return f"{self.user_id} watches {self.package_id} on {self.target}"

    @property
    def follows_project(self) -> bool:
        """Whether it is a follow of the project, not a watch."""
        return self.package_id is None and not self.target

    @property
    def watches_target(self) -> bool:
        """Whether it is a watch of a whole target of the project."""
        return self.package_id is None and bool(self.target)

    @property
    def package_name(self) -> str:
        """Name of the watched package, "" without one. Reads the package."""
        return self.package.name if self.package is not None else ""


class AlertState(models.TextChoices):
    """The state of an alert. `sending` remains after a crash, since sending again could deliver the message twice."""

    QUEUED = "queued", "queued"
    SENDING = "sending", "sending"
    SENT = "sent", "sent"
    FAILED = "failed", "failed"
    SKIPPED = "skipped", "skipped"


class Alert(models.Model):
    """One e-mail, sent once.

    For a watch of a cell: it has become installable by a release. For a watch of a target: the blockers that fell
    (`fell`), and whether none is left (`is_clear`). For a follow: a digest of notes (`mentions`). The last two have an
    empty version, filename and tag.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="alerts")
    version = models.CharField(max_length=120, blank=True)
    filename = models.CharField(max_length=300, blank=True, help_text="the proof: the wheel that fits")
    tag = models.CharField(max_length=255, blank=True)
    uploaded_at = models.DateTimeField(null=True, blank=True)
    fell = models.JSONField(default=list, blank=True, help_text="packages that no longer block a watched target")
    is_clear = models.BooleanField(default=False, help_text="no blocker of the watched target is left")
    state = models.CharField(max_length=7, choices=AlertState.choices, default=AlertState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    message_id = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # One alert for each release of a watched cell.
            models.UniqueConstraint(
                fields=["subscription", "version"], condition=~Q(version=""), name="alert_subscription_version_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Alerts that are due to be sent.
            models.Index(fields=["id"], name="alert_queued", condition=Q(state="queued")),
        ]

    def __str__(self) -> str:
        return f"{self.version or 'digest'} for {self.subscription_id}: {self.state}"
