"""The endpoints of a project or team, and the messages to one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from msgspec import Struct

from projects.domain.endpoints.attempts import DeliveryAttempt
from projects.domain.endpoints.events import EndpointEvent, EventKind
from projects.models import EndpointFormat, MessageState, Project, WebhookEndpoint
from projects.presentation.endpoints.bodies import EVENT_NAMES, event_text
from scanner.domain.translation import gettext

_SHOWN = 100


class EndpointLine(Struct, frozen=True):
    """An endpoint in the list."""

    pk: int
    name: str
    format: str
    host: str
    events: tuple[str, ...]
    waiting: int
    failing_since: datetime | None
    disabled_because: str


class MessageLine(Struct, frozen=True):
    """A message with its attempts, newest first."""

    pk: int
    message_id: str
    kind: str
    text: str
    state: str
    state_name: str
    created_at: datetime
    next_attempt_at: datetime | None
    tries: tuple[DeliveryAttempt, ...]

    @property
    def is_pending(self) -> bool:
        """Whether another attempt follows."""
        return self.state == MessageState.PENDING


def endpoint_lines(endpoints: QuerySet[WebhookEndpoint]) -> list[EndpointLine]:
    """Return the endpoints with the number of messages that wait. One query."""
    pending = Count("messages", filter=Q(messages__state=MessageState.PENDING))
    return [_line(row, row.waiting) for row in endpoints.annotate(waiting=pending)]


def endpoint_line(endpoint: WebhookEndpoint) -> EndpointLine:
    """Return one endpoint. One query."""
    return _line(endpoint, endpoint.messages.filter(state=MessageState.PENDING).count())


def message_lines(endpoint: WebhookEndpoint) -> Sequence[MessageLine]:
    """Return the newest messages to an endpoint. Two queries."""
    rows = list(endpoint.messages.order_by("-pk")[:_SHOWN])
    events = {row.pk: EndpointEvent.from_json(row.event) for row in rows}
    slugs = {event.project for event in events.values()}
    names = dict(Project.objects.filter(slug__in=slugs).values_list("slug", "name"))
    return [
        MessageLine(
            row.pk,
            row.message_id,
            events[row.pk].kind.value,
            event_text(events[row.pk], names.get(events[row.pk].project, events[row.pk].project)),
            row.state,
            str(MessageState(row.state).label),
            row.created_at,
            row.next_attempt_at,
            tuple(map(DeliveryAttempt.from_json, reversed(row.tries))),
        )
        for row in rows
    ]


def _line(row: WebhookEndpoint, waiting: int) -> EndpointLine:
    names = tuple(gettext(EVENT_NAMES[EventKind(kind)]) for kind in row.events)
    because = gettext(row.disabled_because) if row.disabled_at is not None else ""
    form = str(EndpointFormat(row.format).label)
    return EndpointLine(row.pk, row.name, form, row.host, names, waiting, row.failing_since, because)
