"""Endpoints as their owners set them: add, change, test and remove one, and send a message again."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet
from msgspec import Struct

from projects.domain.endpoints.events import EndpointEvent, EventKind
from projects.domain.endpoints.signatures import secret_text
from projects.domain.logged_action import Actor, LoggedAction
from projects.models import EndpointFormat, MessageState, Project, Team, WebhookEndpoint, WebhookMessage
from projects.models.sealed import Sealed
from projects.services.audit_log import record
from scanner.domain.translation import noop

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MOST_ENDPOINTS = 20


class EndpointOwner(Struct, frozen=True):
    """The project or the team whose endpoints a page is about."""

    project: Project | None = None
    team: Team | None = None

    @property
    def name(self) -> str:
        """The name of the project or team."""
        return str(self.project or self.team)

    @property
    def team_id(self) -> int | None:
        """The team, that of the project or itself."""
        return self.project.team_id if self.project is not None else self.team.pk if self.team is not None else None

    @property
    def endpoints(self) -> QuerySet[WebhookEndpoint]:
        """The endpoints, oldest first."""
        return WebhookEndpoint.objects.filter(project=self.project, team=self.team).order_by("pk")


def add_endpoint(
    owner: EndpointOwner,
    user: User,
    actor: Actor,
    now: datetime,
    *,
    name: str,
    form: EndpointFormat,
    url: str,
    events: Sequence[str],
) -> tuple[WebhookEndpoint, str]:
    """Store an endpoint. Return it with its secret, which cannot be had again; empty for a form without signatures."""
    secret = _new_secret() if form is EndpointFormat.STANDARD else ""
    with transaction.atomic():
        made = WebhookEndpoint.objects.create(
            project=owner.project,
            team=owner.team,
            name=name,
            format=form,
            url=Sealed.of(url),
            host=urlsplit(url).netloc[:260],
            events=list(events),
            secret=Sealed.of(secret),
            created_by=user,
            created_at=now,
        )
        what = f"{owner.name}: {name}"
        record(actor, LoggedAction.ENDPOINT_ADDED, what, team=owner.team_id, after=made.host, now=now)
    return made, secret


def rotate_secret(endpoint: WebhookEndpoint, owner: EndpointOwner, actor: Actor) -> str:
    """Replace the secret at once. Return the new one, which cannot be had again."""
    secret = _new_secret()
    endpoint.secret = Sealed.of(secret)
    with transaction.atomic():
        endpoint.save(update_fields=["secret"])
        record(actor, LoggedAction.ENDPOINT_REKEYED, f"{owner.name}: {endpoint.name}", team=owner.team_id)
    return secret


def set_enabled(endpoint: WebhookEndpoint, now: datetime, *, enabled: bool) -> None:
    """Disable an endpoint, or enable it again: what waits for it is then due."""
    endpoint.disabled_at = None if enabled else now
    endpoint.disabled_because = "" if enabled else noop("it was disabled by a member")
    endpoint.failing_since = None
    endpoint.save(update_fields=["disabled_at", "disabled_because", "failing_since"])


def remove_endpoint(endpoint: WebhookEndpoint, owner: EndpointOwner, actor: Actor) -> None:
    """Delete an endpoint with its messages."""
    with transaction.atomic():
        record(actor, LoggedAction.ENDPOINT_REMOVED, f"{owner.name}: {endpoint.name}", team=owner.team_id)
        endpoint.delete()


def send_test(endpoint: WebhookEndpoint, owner: EndpointOwner, now: datetime) -> WebhookMessage:
    """Make a test message, which is due at once."""
    event = EndpointEvent(EventKind.TEST, owner.project.slug if owner.project is not None else owner.name)
    return WebhookMessage.objects.create(endpoint=endpoint, event=event.to_json(), created_at=now, next_attempt_at=now)


def resend(endpoint: WebhookEndpoint, pk: int, now: datetime) -> bool:
    """Make a message of the endpoint due again, with the same id. Return False if it has none such."""
    return endpoint.messages.filter(pk=pk).update(state=MessageState.PENDING, attempts=0, next_attempt_at=now) == 1


def _new_secret() -> str:
    return secret_text(secrets.token_bytes(32))
