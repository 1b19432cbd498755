"""Flow 2 on the team's side: match wheel events to watches, and send each message once (docs/alerts.md)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q, QuerySet

from projects import emails
from projects.domain.alerts import Found, Releases, arrival, parse_version, wanted
from projects.models import Alert, AlertState, Membership, Subscription
from projects.services.mailing import Handover, Outcome, compose, hand_over, message_id
from projects.services.watches import stop_path
from scanner.domain.matching import Cell, judge
from scanner.domain.targets import UnknownTarget, parse_target
from scanner.services.events import claim_events, close_events, mark_watched, packages_with_events
from scanner.services.releases import release_facts

logger = logging.getLogger(__name__)

# When each try is due, counted from the alert's creation: the first at once, then three more.
TRIES = (timedelta(0), timedelta(minutes=2), timedelta(minutes=12), timedelta(hours=1))
# While the watch has a message in one of these states it gets no other: one watch is one message.
_SETTLING = (AlertState.QUEUED, AlertState.SENDING, AlertState.SENT)


@dataclass(frozen=True, slots=True)
class Sending:
    """What became of one call of `send`. `retry_in` is set when another try should follow."""

    state: AlertState
    retry_in: timedelta | None = None


def dispatch_events(now: datetime) -> list[int]:
    """Turn unprocessed wheel events into alerts; the primary keys of all alerts whose sending is due now.

    Events and alerts change in one transaction a package, so a crash before it ends repeats it whole, and after it
    the alert row is there to be sent: by this call's caller, or by that of the next call. Safe to run many at once.
    """
    watched = list(Subscription.objects.active().order_by().values_list("package_id", flat=True).distinct())
    mark_watched(watched)
    close_events(now, except_for=watched)
    for package_id in packages_with_events(watched):
        with transaction.atomic():
            _dispatch_package(package_id, now)
    return list(_due(now).values_list("pk", flat=True))


def send(alert_id: int, now: datetime) -> Sending | None:
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
        cell = _proof(alert)
        reason = _why_not(alert, cell)
        if reason:
            return _settle(alert, AlertState.SKIPPED, error=reason)
        alert.message_id = message_id(f"alert-{alert.pk}-{alert.created_at:%Y%m%d%H%M%S%f}")
        path = stop_path(alert.subscription)
        context = emails.new_wheel(
            alert, package=alert.subscription.package.name, availability=cell.availability, stop_path=path
        )
        message = compose(
            emails.render("new_wheel", context),
            to=alert.subscription.user.email,
            message_id=alert.message_id,
            stop_url=emails.absolute(path),
        )
    except Exception as error:
        # Nothing has left yet, so this is a failure with a cause, not a message of unknown fate.
        _settle(alert, AlertState.FAILED, error=emails.one_line(f"{type(error).__name__}: {error}"))
        raise
    outcome = hand_over(message)
    if outcome.handover is Handover.ACCEPTED:
        return _settle(alert, AlertState.SENT, now=now)
    if outcome.handover is Handover.TRY_AGAIN and alert.attempts < len(TRIES):
        sending = _settle(alert, AlertState.QUEUED, error=outcome.error)
        wait = alert.created_at + TRIES[alert.attempts] - now
        return Sending(sending.state, min(max(wait, timedelta(seconds=1)), TRIES[-1]))
    return _settle(alert, AlertState.FAILED, error=outcome.error)


def _dispatch_package(package_id: int, now: datetime) -> None:
    """Inside a transaction: claim the package's events, and make the alerts that they lead to."""
    news: dict[str, set[str]] = {}
    for file in claim_events(package_id, now):
        news.setdefault(file.version, set()).add(file.filename)
    if not news:
        return
    # The lock makes a second dispatcher, with other events of the package, see the alerts that this one makes.
    watches = Subscription.objects.active().filter(package_id=package_id).order_by("pk").select_for_update(of=("self",))
    waiting = [watch for watch in watches.select_related("project") if not _is_settling(watch)]
    if not waiting:
        return
    in_use = {str(version) for watch in waiting if (version := parse_version(watch.above_version)) is not None}
    releases = release_facts(package_id, in_use | news.keys())
    for watch in waiting:
        found = _arrival(watch, releases, news)
        if found is not None:
            _make_alert(watch, found)


def _is_settling(watch: Subscription) -> bool:
    return watch.alerts.filter(state__in=_SETTLING).exists()


def _arrival(watch: Subscription, releases: Releases, news: dict[str, set[str]]) -> Found | None:
    try:
        target = parse_target(watch.target)
    except UnknownTarget as error:
        # A target that an older version knew: one bad row must not hold up the others.
        logger.warning("watch %s has an unknown target: %s", watch.pk, error)
        return None
    wish = wanted(target, watch.above_version, releases, prereleases=watch.project.prereleases)
    return arrival(wish, releases, news)


def _make_alert(watch: Subscription, found: Found) -> None:
    Alert.objects.get_or_create(
        subscription=watch,
        version=found.version,
        defaults={
            "filename": found.cell.file or "",
            "tag": found.cell.tag or "",
            "uploaded_at": found.cell.uploaded_at,
        },
    )


def _due(now: datetime) -> QuerySet[Alert]:
    """Queued alerts whose next try has come. The number of tries and the alert's age say when that is."""
    due = Q()
    for attempts, wait in enumerate(TRIES):
        # One made in the future, by a clock that jumped, need not wait until then.
        came = Q(created_at__lte=now - wait) | Q(created_at__gt=now + TRIES[-1])
        due |= Q(came, attempts=attempts) if wait else Q(attempts=attempts)
    return Alert.objects.filter(due, state=AlertState.QUEUED).order_by("pk")


def _proof(alert: Alert) -> Cell:
    """The cell as it is now: between the event and the message a wheel may have been yanked."""
    files = release_facts(alert.subscription.package_id, [alert.version])
    return judge(files.get(alert.version, ()), parse_target(alert.subscription.target))


def _why_not(alert: Alert, cell: Cell) -> str:
    """Why this message must not go out any more; "" when it may."""
    watch = alert.subscription
    if watch.stopped_at is not None:
        return "the watch was stopped before the message went out"
    if not watch.user.is_active:
        return "the account is closed"
    if not watch.user.email:
        return "the account has no e-mail address"
    if not Membership.objects.filter(project=watch.project_id, user=watch.user_id).exists():
        return "the account is no longer a member of the project"
    if cell.yanked or not cell.availability.installs_wheel:
        return "the wheel was taken back before the message went out"
    return ""


def _settle(alert: Alert, state: AlertState, *, error: str = "", now: datetime | None = None) -> Sending:
    """Store the outcome. A message that was sent ends its watch."""
    alert.state = state
    alert.error = error
    alert.sent_at = now
    with transaction.atomic():
        alert.save(update_fields=["state", "error", "message_id", "sent_at"])
        if state == AlertState.SENT:
            Subscription.objects.active().filter(pk=alert.subscription_id).update(stopped_at=now)
    if error:
        logger.warning("alert %s is %s: %s", alert.pk, state.value, error)
    return Sending(state)


def send_check_message(user: User, now: datetime) -> Outcome:
    """Send the user a test message, once: what went wrong is the answer, so nothing is tried again."""
    if not user.email:
        return Outcome(Handover.GIVEN_UP, "your account has no e-mail address")
    words = emails.render("check_message", emails.check_message(user))
    identity = message_id(f"check-{user.pk}-{now:%Y%m%d%H%M%S%f}")
    return hand_over(compose(words, to=user.email, message_id=identity))
