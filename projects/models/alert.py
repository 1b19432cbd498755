"""Who watches which cell, and the one message that each change leads to."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Watches in the words of the dispatcher."""

    def active(self) -> Self:
        """Those that were not stopped."""
        return self.filter(stopped_at__isnull=True)


class Subscription(models.Model):
    """A user watches one cell: a package on a target, for a project."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subscriptions")
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="subscriptions")
    package = models.ForeignKey("scanner.Package", on_delete=models.CASCADE, related_name="+")
    target = models.CharField(max_length=60)
    above_version = models.CharField(
        max_length=120, blank=True, help_text="the version in use when the watch was set; only later ones count"
    )
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
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Which watches an event of a package can touch.
            models.Index(fields=["package"], name="subscription_active", condition=Q(stopped_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} watches {self.package_id} on {self.target}"


class AlertState(models.TextChoices):
    """Where one message is. `sending` after a crash stays: a second mail is worse than a late one."""

    QUEUED = "queued", "queued"
    SENDING = "sending", "sending"
    SENT = "sent", "sent"
    FAILED = "failed", "failed"
    SKIPPED = "skipped", "skipped"


class Alert(models.Model):
    """One e-mail to send once: a subscription's cell has become installable through one release."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="alerts")
    version = models.CharField(max_length=120)
    filename = models.CharField(max_length=300, help_text="the proof: the wheel that fits")
    tag = models.CharField(max_length=255)
    uploaded_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=7, choices=AlertState.choices, default=AlertState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    message_id = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # The same cell never mails twice for the same release.
            models.UniqueConstraint(fields=["subscription", "version"], name="alert_subscription_version_unique"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Messages that still have to go out.
            models.Index(fields=["id"], name="alert_queued", condition=Q(state="queued")),
        ]

    def __str__(self) -> str:
        return f"{self.version} for {self.subscription_id}: {self.state}"
