"""Who wants to hear about what, and the messages that this leads to."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Subscriptions in the words of the dispatcher."""

    def active(self) -> Self:
        """Those that were not stopped."""
        return self.filter(stopped_at__isnull=True)

    def watches(self) -> Self:
        """Those of one cell: they end with their message."""
        return self.filter(package__isnull=False)

    def follows(self) -> Self:
        """Those of a project: each brings a digest whenever something changed upstream."""
        return self.filter(package__isnull=True)


class Subscription(models.Model):
    """A user watches one cell for a project (a package on a target), or follows the project: then neither is set."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subscriptions")
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="subscriptions")
    package = models.ForeignKey("scanner.Package", on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    target = models.CharField(max_length=60, blank=True)
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
            models.UniqueConstraint(
                fields=["user", "project"],
                condition=Q(stopped_at__isnull=True, package__isnull=True),
                name="subscription_follow_once",
            ),
            models.CheckConstraint(
                condition=Q(package__isnull=True, target="") | (Q(package__isnull=False) & ~Q(target="")),
                name="subscription_cell_or_project",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Which watches an event of a package can touch.
            models.Index(fields=["package"], name="subscription_active", condition=Q(stopped_at__isnull=True)),
            # Who follows the projects that have news.
            models.Index(
                fields=["project"],
                name="subscription_follows",
                condition=Q(stopped_at__isnull=True, package__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        if self.package_id is None:
            return f"{self.user_id} follows {self.project_id}"
        return f"{self.user_id} watches {self.package_id} on {self.target}"

    @property
    def follows_project(self) -> bool:
        """Whether it is of a project, not of a cell."""
        return self.package_id is None

    @property
    def package_name(self) -> str:
        """The name of the package of a watch; "" for a follower, who has none. Reads the package."""
        return self.package.name if self.package is not None else ""


class AlertState(models.TextChoices):
    """Where one message is. `sending` after a crash stays: a second mail is worse than a late one."""

    QUEUED = "queued", "queued"
    SENDING = "sending", "sending"
    SENT = "sent", "sent"
    FAILED = "failed", "failed"
    SKIPPED = "skipped", "skipped"


class Alert(models.Model):
    """One e-mail to send once.

    To a watch: its cell has become installable through one release. To a follower: a digest of notes (`mentions`),
    and version, filename and tag are empty.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="alerts")
    version = models.CharField(max_length=120, blank=True)
    filename = models.CharField(max_length=300, blank=True, help_text="the proof: the wheel that fits")
    tag = models.CharField(max_length=255, blank=True)
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
            models.UniqueConstraint(
                fields=["subscription", "version"], condition=~Q(version=""), name="alert_subscription_version_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Messages that still have to go out.
            models.Index(fields=["id"], name="alert_queued", condition=Q(state="queued")),
        ]

    def __str__(self) -> str:
        return f"{self.version or 'digest'} for {self.subscription_id}: {self.state}"
