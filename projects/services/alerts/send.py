"""Send each message once, whatever it is about (docs/alerts.md)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q, QuerySet

from projects import emails
from projects.models import Alert, AlertState, Membership, Subscription
from projects.selectors import open_notes
from projects.services.alerts.smtp import SendResult, SendStatus, build_message, message_id, send_message
from projects.services.alerts.watches import packages_of, stop_path
from scanner.domain.matching.explain import explain_cell
from scanner.domain.targets.target import parse_target
from scanner.selectors.releases import release_facts

logger = logging.getLogger(__name__)

# When each try is due, counted from the alert's creation: the first at once, then three more.
TRIES = (timedelta(0), timedelta(minutes=2), timedelta(minutes=12), timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class SendAttempt:
    """What became of one call of `send`. `retry_in` is set when another try should follow."""

    state: AlertState
    retry_in: timedelta | None = None


class AlertNotNeeded(Exception):
    """Why a message must not go out any more."""


def due_alerts(now: datetime) -> QuerySet[Alert]:
    """Queued alerts whose next try has come. The number of tries and the alert's age say when that is."""
    due = Q()
    for attempts, wait in enumerate(TRIES):
        # One made in the future, by a clock that jumped, need not wait until then.
        came = Q(created_at__lte=now - wait) | Q(created_at__gt=now + TRIES[-1])
        due |= Q(came, attempts=attempts) if wait else Q(attempts=attempts)
    return Alert.objects.filter(due, state=AlertState.QUEUED).order_by("pk")


def send(alert_id: int, now: datetime) -> SendAttempt | None:
    """Send one alert. None when it is not waiting: sent already, or in another worker's hands.

    The row says "sending" before the message leaves and its outcome after. A worker that dies in between leaves it
    so, and nobody sends it again: the message may have left.
    """
    claimed = Alert.objects.filter(pk=alert_id, state=AlertState.QUEUED).update(
        state=AlertState.SENDING, attempts=F("attempts") + 1
    )
    if not claimed:
        return None
    alert = Alert.objects.select_related("subscription__user", "subscription__project", "subscription__package").get(
        pk=alert_id
    )
    try:
        message = _message(alert, now)
    except AlertNotNeeded as reason:
        return _settle(alert, AlertState.SKIPPED, error=str(reason))
    except Exception as error:
        # Nothing has left yet, so this is a failure with a cause, not a message of unknown fate.
        _settle(alert, AlertState.FAILED, error=emails.to_one_line(f"{type(error).__name__}: {error}"))
        raise
    outcome = send_message(message)
    if outcome.status is SendStatus.ACCEPTED:
        return _settle(alert, AlertState.SENT, now=now)
    if outcome.status is SendStatus.RETRY and alert.attempts < len(TRIES):
        sending = _settle(alert, AlertState.QUEUED, error=outcome.error)
        wait = alert.created_at + TRIES[alert.attempts] - now
        return SendAttempt(sending.state, min(max(wait, timedelta(seconds=1)), TRIES[-1]))
    return _settle(alert, AlertState.FAILED, error=outcome.error)


def send_check_message(user: User, now: datetime) -> SendResult:
    """Send the user a test message, once: what went wrong is the answer, so nothing is tried again."""
    if not user.email:
        return SendResult(SendStatus.FAILED, "your account has no e-mail address")
    words = emails.render("check_message", emails.check_message(user))
    identity = message_id(f"check-{user.pk}-{now:%Y%m%d%H%M%S%f}")
    return send_message(build_message(words, to=user.email, message_id=identity))


def _message(alert: Alert, now: datetime) -> EmailMultiAlternatives:
    """The message as things are now. Raises NotWanted when it must not go out."""
    subscription = alert.subscription
    _check_wanted(subscription)
    words = _digest(alert) if subscription.follows_project else _new_wheel(alert)
    alert.message_id = message_id(f"alert-{alert.pk}-{alert.created_at:%Y%m%d%H%M%S%f}")
    return build_message(
        words,
        to=subscription.user.email,
        message_id=alert.message_id,
        stop_url=emails.absolute_url(stop_path(subscription)),
    )


def _check_wanted(subscription: Subscription) -> None:
    if subscription.stopped_at is not None:
        raise AlertNotNeeded("the watch was stopped before the message went out")
    if not subscription.user.is_active:
        raise AlertNotNeeded("the account is closed")
    if not subscription.user.email:
        raise AlertNotNeeded("the account has no e-mail address")
    if not Membership.objects.filter(project=subscription.project_id, user=subscription.user_id).exists():
        raise AlertNotNeeded("the account is no longer a member of the project")


def _new_wheel(alert: Alert) -> emails.RenderedEmail:
    """The cell as it is now: between the event and the message a wheel may have been yanked."""
    watch = alert.subscription
    files = release_facts(packages_of([watch])[watch.pk], [alert.version])
    cell = explain_cell(files.get(alert.version, ()), parse_target(watch.target))
    if cell.yanked or not cell.availability.installs_wheel:
        raise AlertNotNeeded("the wheel was taken back before the message went out")
    context = emails.new_wheel(
        alert, package=watch.package_name, availability=cell.availability, stop_path=stop_path(watch)
    )
    return emails.render("new_wheel", context)


def _digest(alert: Alert) -> emails.RenderedEmail:
    """The notes that still hold: between the event and the message some may have been taken back or dismissed."""
    notes = open_notes(alert.subscription.project, alert.mentions.values("note"))
    if not notes:
        raise AlertNotNeeded("nothing of it held any more when the message was to go out")
    context = emails.digest(alert.subscription, notes, stop_path=stop_path(alert.subscription))
    return emails.render("digest", context)


def _settle(alert: Alert, state: AlertState, *, error: str = "", now: datetime | None = None) -> SendAttempt:
    """Store the outcome. A message that was sent ends its watch; who follows a project gets more."""
    alert.state = state
    alert.error = error
    alert.sent_at = now
    with transaction.atomic():
        alert.save(update_fields=["state", "error", "message_id", "sent_at"])
        if state == AlertState.SENT:
            Subscription.objects.active().watches().filter(pk=alert.subscription_id).update(stopped_at=now)
    if error:
        logger.warning("alert %s is %s: %s", alert.pk, state.value, error)
    return SendAttempt(state)
