"""Endpoints of others that are sent events of projects, and the messages to them."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.models.sealed import SealedField

# A worker that died gives a message back after this; an attempt takes at most half a minute.
CLAIM_FOR = timedelta(minutes=2)


def new_message_id() -> str:
    """Return a new id of a message, which stays the same in all attempts."""
    return f"msg_{secrets.token_hex(16)}"


class EndpointFormat(models.TextChoices):
    """The form of the bodies that an endpoint takes."""

    STANDARD = "standard", _("Standard Webhooks (signed JSON)")
    SLACK = "slack", "Slack"
    TEAMS = "teams", "Microsoft Teams"
    MATRIX = "matrix", _("Matrix (generic webhook)")


class WebhookEndpoint(models.Model):
    """An address that is sent the events of a project, or of all projects of a team. The address may hold a secret."""

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="endpoints", null=True, blank=True
    )
    team = models.ForeignKey("projects.Team", on_delete=models.CASCADE, related_name="endpoints", null=True, blank=True)
    name = models.CharField(max_length=60)
    format = models.CharField(max_length=8, choices=EndpointFormat.choices, default=EndpointFormat.STANDARD)
    url = SealedField()
    host = models.CharField(max_length=260, help_text="what is shown of the address")
    events = models.JSONField(default=list)
    secret = SealedField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True, blank=True, help_text="the first failure since the last success")
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(project__isnull=True) ^ Q(team__isnull=True), name="endpoint_project_or_team"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} at {self.host}"


class MessageState(models.TextChoices):
    """The state of a message."""

    PENDING = "pending", _("waiting")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("failed")


class MessageQuerySet(models.QuerySet["WebhookMessage"]):
    """Queries for messages."""

    def due(self, now: datetime) -> MessageQuerySet:
        """Return those whose next attempt is due and whose endpoint takes any. A claim makes an attempt due later."""
        # One far in the future was stored by a clock that was wrong.
        is_due = Q(next_attempt_at__lte=now) | Q(next_attempt_at__gt=now + timedelta(days=2))
        return self.filter(is_due, state=MessageState.PENDING, endpoint__disabled_at=None)

    def claim(self, pk: int, now: datetime) -> bool:
        """Claim one message and count the attempt. Return False if it is not due or another worker has it."""
        waiting = self.filter(pk__in=self.due(now).filter(pk=pk).values("pk"))
        return waiting.update(next_attempt_at=now + CLAIM_FOR, attempts=F("attempts") + 1) == 1


class WebhookMessage(models.Model):
    """One event for one endpoint, with its attempts."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="messages")
    message_id = models.CharField(max_length=40, default=new_message_id)
    event = models.JSONField(help_text="projects.domain.endpoints.events.EndpointEvent")
    created_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=MessageState.choices, default=MessageState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    tries = models.JSONField(default=list, help_text="the attempts, oldest first")

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["message_id"], name="webhookmessage_id_unique"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Those that are due.
            models.Index(fields=["next_attempt_at"], name="webhookmessage_due", condition=Q(state="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.message_id}: {self.state}"


class AnnouncedAssessment(models.Model):
    """The assessment of a project whose events were last made into messages. Later ones are compared with it."""

    project = models.OneToOneField("projects.Project", on_delete=models.CASCADE, related_name="announced")
    assessment = models.ForeignKey(
        "projects.Assessment", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.assessment_id} of {self.project_id}"
