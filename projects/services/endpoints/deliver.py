"""Deliver messages to endpoints: at least once each, with further attempts until the endpoint takes it."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from projects import emails
from projects.domain.endpoints.attempts import DeliveryAttempt, is_given_up, next_attempt
from projects.domain.endpoints.events import EndpointEvent
from projects.domain.endpoints.signatures import signed_headers
from projects.domain.permissions import Action, roles_that_may
from projects.languages import speak
from projects.models import EndpointFormat, MessageState, Project, WebhookEndpoint, WebhookMessage
from projects.models.sealed import SealBroken
from projects.presentation.endpoints.bodies import make_body
from projects.services.alerts.preferences import mail_language
from projects.services.alerts.smtp import build_message, message_id, send_message
from scanner.domain.translation import noop
from scanner.services.outbound import OutboundFailed, send

logger = logging.getLogger(__name__)

_MOST_AT_ONCE = 500
_UNREADABLE = "its address or secret was encrypted with a key that is not configured any more"


def due_messages(now: datetime) -> list[int]:
    """Return the messages whose next attempt is due, oldest first."""
    return list(WebhookMessage.objects.due(now).order_by("pk").values_list("pk", flat=True)[:_MOST_AT_ONCE])


def deliver(pk: int, now: datetime) -> DeliveryAttempt | None:
    """Make one attempt. Return None for a message that is not due or that another worker has.

    If the worker dies, the message is sent again when its claim has run out: receivers know it by its id.
    """
    if not WebhookMessage.objects.claim(pk, now):
        return None
    message = WebhookMessage.objects.select_related("endpoint").get(pk=pk)
    attempt = _attempt(message, now)
    with transaction.atomic():
        _store(message, attempt, now)
        disabled = _note_health(message.endpoint, attempt, now)
    if disabled is not None:
        _tell_managers(disabled)
    return attempt


def _attempt(message: WebhookMessage, now: datetime) -> DeliveryAttempt:
    endpoint = message.endpoint
    event = EndpointEvent.from_json(message.event)
    project = Project.objects.filter(slug=event.project).first()
    url = emails.absolute_url(project.get_absolute_url()) if project is not None else settings.PUBLIC_URL
    body = make_body(endpoint.format, event, project.name if project else event.project, url, message.created_at)
    headers = {"User-Agent": "Wheelway-Webhooks"}
    try:
        address = endpoint.url.reveal()
        if endpoint.format == EndpointFormat.STANDARD:
            headers |= signed_headers(endpoint.secret.reveal(), message.message_id, int(now.timestamp()), body)
        answer = send("POST", address, headers=headers, body=body, allowed_hosts=settings.WHEELWAY_ALLOW_PRIVATE_HOSTS)
    except SealBroken:
        return DeliveryAttempt(now, 0, _UNREADABLE)
    except OutboundFailed as error:
        return DeliveryAttempt(now, 0, str(error))
    return DeliveryAttempt(now, answer.status)


def _store(message: WebhookMessage, attempt: DeliveryAttempt, now: datetime) -> None:
    following = next_attempt(message.attempts, now)
    if attempt.is_delivered:
        message.state, message.next_attempt_at = MessageState.DELIVERED, None
    elif following is None or attempt.is_final:
        message.state, message.next_attempt_at = MessageState.FAILED, None
    else:
        message.next_attempt_at = following
    message.tries = [*message.tries, attempt.to_json()]
    message.save(update_fields=["state", "next_attempt_at", "tries"])


def _note_health(endpoint: WebhookEndpoint, attempt: DeliveryAttempt, now: datetime) -> WebhookEndpoint | None:
    """Store since when the endpoint fails. Return it if it is disabled by this attempt."""
    rows = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    if attempt.is_delivered:
        rows.exclude(failing_since=None).update(failing_since=None)
        return None
    rows.filter(failing_since=None).update(failing_since=now)
    if not is_given_up(attempt, endpoint.failing_since):
        return None
    said = noop("it answered 410 Gone") if attempt.is_final else noop("it took no message for three days")
    changed = rows.filter(disabled_at=None).update(disabled_at=now, disabled_because=said)
    if not changed:
        return None
    logger.warning("endpoint %s is disabled: %s", endpoint.pk, said)
    endpoint.disabled_because = said
    return endpoint


def _tell_managers(endpoint: WebhookEndpoint) -> None:
    """Send mail to those who manage the project or team. It is not repeated: the page says the same."""
    team = endpoint.team if endpoint.team is not None else endpoint.project.team if endpoint.project else None
    if endpoint.project is not None:
        name, path = endpoint.project.name, reverse("endpoints", args=[endpoint.project.slug])
    elif endpoint.team is not None:
        name, path = endpoint.team.name, reverse("team-endpoints", args=[endpoint.team.slug])
    else:
        return
    people = User.objects.filter(
        Q(memberships__team=team, memberships__role__in=roles_that_may(Action.MANAGE_PROJECT)), is_active=True
    )
    for user in people.exclude(email="").order_by("pk"):
        with speak(mail_language(user)):
            rendered = emails.render("endpoint_disabled", emails.endpoint_disabled(endpoint, name, path))
        identity = message_id(f"endpoint-{endpoint.pk}-{user.pk}-{endpoint.created_at:%Y%m%d%H%M%S%f}")
        send_message(build_message(rendered, to=user.email, message_id=identity))
