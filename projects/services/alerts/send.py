"""Sending of alerts, each once (docs/alerts.md)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q, QuerySet
from msgspec import Struct

from projects import emails
from projects.domain.mail_choices import MailKind
from projects.languages import speak
from projects.models import Alert, AlertState, Membership, Subscription
from projects.selectors import open_notes, target_standing
from projects.selectors.targets import liftable_caps
from projects.services.alerts.bounces import return_path, stop_using_address
from projects.services.alerts.preferences import is_turned_off, mail_language
from projects.services.alerts.smtp import SendResult, SendStatus, build_message, message_id, send_message
from projects.services.alerts.watches import packages_of, stop_path
from scanner.domain.matching.explain import explain_cell
from scanner.domain.targets.target import parse_target
from scanner.domain.translation import noop
from scanner.selectors.releases import release_facts

logger = logging.getLogger(__name__)

# When each attempt is due, after the alert's creation.
ATTEMPT_DELAYS = (timedelta(0), timedelta(minutes=2), timedelta(minutes=12), timedelta(hours=1))


class SendAttempt(Struct, frozen=True):
    """The result of one call of `send`. `retry_in` is set if another attempt should follow."""

    state: AlertState
    retry_in: timedelta | None = None


class AlertNotNeeded(Exception):
    """A message that must not be sent any more. The text says why, in English as it is stored; pages translate it."""


def due_alerts(now: datetime) -> QuerySet[Alert]:
    """Return the queued alerts whose next attempt is due, by their number of attempts and their age."""
    due = Q()
    for attempts, wait in enumerate(ATTEMPT_DELAYS):
        # An alert of the future was created by a clock that was wrong, and does not wait until then.
        came = Q(created_at__lte=now - wait) | Q(created_at__gt=now + ATTEMPT_DELAYS[-1])
        due |= Q(came, attempts=attempts) if wait else Q(attempts=attempts)
    return Alert.objects.filter(due, state=AlertState.QUEUED).order_by("pk")


def send(alert_id: int, now: datetime) -> SendAttempt | None:
    """Send one alert. Return None if it is not queued: sent already, or claimed by another worker.

    The state is "sending" from when the mail server is connected. If the worker dies then, the state stays and the
    message is not sent again, since it may have arrived. One that dies earlier leaves the alert queued.
    """
    queued = Alert.objects.filter(pk=alert_id, state=AlertState.QUEUED)
    alert = queued.select_related("subscription__user", "subscription__project", "subscription__package").first()
    if alert is None:
        return None
    try:
        message = _message(alert, now)
    except AlertNotNeeded as reason:
        return _store_result(alert, AlertState.SKIPPED, error=str(reason)) if _claim(alert) else None
    except Exception as error:
        # Nothing has been sent yet, so the alert has failed for certain.
        if _claim(alert):
            _store_result(alert, AlertState.FAILED, error=emails.to_one_line(f"{type(error).__name__}: {error}"))
        raise
    result = send_message(message, begin=lambda: _claim(alert))
    if result.status is SendStatus.TAKEN or (alert.state == AlertState.QUEUED and not _claim(alert)):
        return None
    if result.refuses_recipient:
        stop_using_address(alert.subscription.user)
    if result.status is SendStatus.ACCEPTED:
        return _store_result(alert, AlertState.SENT, now=now)
    if result.status is SendStatus.RETRY and alert.attempts < len(ATTEMPT_DELAYS):
        attempt = _store_result(alert, AlertState.QUEUED, error=result.error)
        wait = alert.created_at + ATTEMPT_DELAYS[alert.attempts] - now
        return SendAttempt(attempt.state, min(max(wait, timedelta(seconds=1)), ATTEMPT_DELAYS[-1]))
    return _store_result(alert, AlertState.FAILED, error=result.error)


def _claim(alert: Alert) -> bool:
    """Count an attempt and claim a queued alert. Return False if another worker was quicker."""
    queued = Alert.objects.filter(pk=alert.pk, state=AlertState.QUEUED)
    if not queued.update(state=AlertState.SENDING, attempts=F("attempts") + 1):
        return False
    alert.state, alert.attempts = AlertState.SENDING, alert.attempts + 1
    return True


def send_check_message(user: User, now: datetime) -> SendResult:
    """Send the user a test message. It is not retried, since the user sees the error."""
    if not user.email:
        return SendResult(SendStatus.FAILED, noop("your account has no e-mail address"))
    with speak(mail_language(user)):
        rendered = emails.render("check_message", emails.check_message(user))
    identity = message_id(f"check-{user.pk}-{now:%Y%m%d%H%M%S%f}")
    return send_message(build_message(rendered, to=user.email, message_id=identity))


def _message(alert: Alert, now: datetime) -> EmailMultiAlternatives:
    """Return the message in the current state, in its recipient's language. Raises AlertNotNeeded."""
    subscription = alert.subscription
    _check_wanted(subscription)
    with speak(mail_language(subscription.user)):
        if subscription.follows_project:
            rendered = _digest(alert)
        else:
            rendered = _target_progress(alert) if subscription.watches_target else _new_wheel(alert)
    alert.message_id = message_id(f"alert-{alert.pk}-{alert.created_at:%Y%m%d%H%M%S%f}")
    return build_message(
        rendered,
        to=subscription.user.email,
        message_id=alert.message_id,
        stop_url=emails.absolute_url(stop_path(subscription, only_kind(alert))),
        return_path=return_path(alert),
    )


def _check_wanted(subscription: Subscription) -> None:
    if subscription.stopped_at is not None:
        raise AlertNotNeeded(noop("the watch was stopped before the message was sent"))
    if subscription.project.deleted_at is not None:
        raise AlertNotNeeded(noop("the project was deleted"))
    if not subscription.user.is_active:
        raise AlertNotNeeded(noop("the account is not active"))
    if not subscription.user.email:
        raise AlertNotNeeded(noop("the account has no e-mail address"))
    addresses = EmailAddress.objects.filter(user=subscription.user, email__iexact=subscription.user.email)
    if addresses.filter(verified=False).exists():
        raise AlertNotNeeded(noop("the e-mail address of the account is not verified"))
    watched = (
        None if subscription.follows_project else MailKind.TARGET if subscription.watches_target else MailKind.WHEEL
    )
    if watched is not None and is_turned_off(subscription, watched):
        raise AlertNotNeeded(noop("messages of this kind are turned off on the account page"))
    if not Membership.objects.filter(team=subscription.project.team_id, user=subscription.user_id).exists():
        raise AlertNotNeeded(noop("the account is no longer a member of the project"))


def _new_wheel(alert: Alert) -> emails.RenderedEmail:
    """Render the message about the cell as it is now: the wheel may have been yanked since the event."""
    watch = alert.subscription
    files = release_facts(packages_of([watch])[watch.pk], [alert.version])
    cell = explain_cell(files.get(alert.version, ()), parse_target(watch.target))
    if cell.yanked or not cell.availability.installs_wheel:
        raise AlertNotNeeded(noop("the wheel was yanked or deleted before the message was sent"))
    context = emails.new_wheel(
        alert, package=watch.package_name, availability=cell.availability, stop_path=stop_path(watch)
    )
    return emails.render("new_wheel", context)


def _target_progress(alert: Alert) -> emails.RenderedEmail:
    """Render what fell and what is left of the target as it is now: a blocker may have come back since."""
    watch = alert.subscription
    standing = target_standing(watch.project, watch.target)
    if standing is None:
        raise AlertNotNeeded(noop("the target was removed from the project before the message was sent"))
    fell = [name for name in alert.fell if name not in standing.blockers]
    if alert.is_clear and not standing.is_clear:
        raise AlertNotNeeded(noop("a package blocked the target again before the message was sent"))
    if not alert.is_clear and not fell:
        raise AlertNotNeeded(noop("the packages blocked the target again before the message was sent"))
    caps = liftable_caps(watch.project, watch.target) if standing.is_clear else ()
    context = emails.target_progress(watch, standing, fell, caps, stop_path=stop_path(watch))
    return emails.render("target_progress", context)


def _digest(alert: Alert) -> emails.RenderedEmail:
    """Render the notes that are still open: some may have been closed or dismissed since the digest was created."""
    notes = open_notes(alert.subscription.project, alert.mentions.values("note"))
    if not notes:
        raise AlertNotNeeded(noop("all of its notes were closed or dismissed before the message was sent"))
    kind = only_kind(alert)
    path = stop_path(alert.subscription, kind)
    context = emails.digest(alert.subscription, notes, stop_path=path, is_one_kind=kind is not None)
    return emails.render("digest", context)


def only_kind(alert: Alert) -> MailKind | None:
    """Return the kind of all notes of a digest; None where they are of several kinds, and for a watch."""
    kinds = set(alert.mentions.values_list("note__kind", flat=True))
    return MailKind(kinds.pop()) if len(kinds) == 1 else None


def _store_result(alert: Alert, state: AlertState, *, error: str = "", now: datetime | None = None) -> SendAttempt:
    """Store the result. A sent message ends its watch, that of a target when it is clear; a follow continues."""
    alert.state = state
    alert.error = error
    alert.sent_at = now
    with transaction.atomic():
        alert.save(update_fields=["state", "error", "message_id", "sent_at"])
        if state == AlertState.SENT:
            active = Subscription.objects.active()
            ending = active.target_watches() if alert.is_clear else active.watches()
            ending.filter(pk=alert.subscription_id).update(stopped_at=now)
    if error:
        logger.warning("alert %s is %s: %s", alert.pk, state.value, error)
    return SendAttempt(state)
