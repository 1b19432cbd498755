"""The team's work for Celery: each task takes an id, reads again, and is harmless when run twice."""

from __future__ import annotations

from datetime import timedelta

from celery import Task, shared_task
from django.utils import timezone

from projects.presentation.upgrade.query import UpgradeQuery
from projects.services import indexes, upgrades
from projects.services.alerts import dispatch as alerts
from projects.services.alerts import send as sending
from projects.services.assessments import run as assessments
from projects.services.webhooks import branch_checks
from projects.services.webhooks import process as delivery_work
from scanner.domain.resolution.upgrade import Strategy

# While the index is still being read, an assessment is written again this often, in seconds.
REFRESH_EVERY = 2
# The beat takes over from there: about five minutes.
REFRESHES = 150
# Redis hands a message out again that waits longer than its visibility timeout. What is due later is found by the tick.
LONGEST_COUNTDOWN = timedelta(minutes=10)


@shared_task(bind=True, max_retries=REFRESHES)
def assess_snapshot(self: Task[..., None], snapshot_id: int) -> None:
    """Assess a snapshot; while packages are still unknown, ask for them and come again."""
    waiting = assessments.assess_snapshot(snapshot_id, timezone.now())
    if waiting:
        raise self.retry(countdown=REFRESH_EVERY)


@shared_task
def reassess_stale() -> int:
    """Assess again what a wheel event, another index or an unfinished assessment has made stale. Returns how many."""
    now = timezone.now()
    indexes.ask_missing_again(now)
    stale = assessments.stale_snapshots(now)
    for snapshot_id in stale:
        assess_snapshot.delay(snapshot_id)
    return len(stale)


@shared_task
def fetch_upgrade(project_id: int, target: str, strategy: str, together: list[str]) -> None:
    """Ask the index for what the plan of an upgrade page lacks. What is stored already is not asked for again."""
    query = UpgradeQuery(Strategy(strategy), tuple(together))
    upgrades.fetch_for_upgrade(project_id, target, query, timezone.now())


@shared_task
def dispatch_wheel_events() -> int:
    """Hand new wheel events to the watches and projects they concern. Returns how many messages were queued."""
    alert_ids = alerts.dispatch_events(timezone.now())
    for alert_id in alert_ids:
        send_alert.delay(alert_id)
    return len(alert_ids)


@shared_task
def send_alert(alert_id: int) -> str | None:
    """Send one alert, and come again soon when its mail server was busy. Its state; None when it was not waiting."""
    sent = sending.send(alert_id, timezone.now())
    if sent is None:
        return None
    if sent.retry_in is not None and sent.retry_in <= LONGEST_COUNTDOWN:
        send_alert.apply_async((alert_id,), countdown=sent.retry_in.total_seconds())
    return sent.state.value


@shared_task(bind=True, max_retries=delivery_work.ATTEMPTS)
def process_delivery(self: Task[..., None], delivery_id: int) -> None:
    """Do the work of one delivery; while its host gives no answer, wait longer each time and come again."""
    wait = delivery_work.process(delivery_id, timezone.now())
    if wait is not None:
        raise self.retry(countdown=wait)


@shared_task
def requeue_lost_deliveries() -> int:
    """Queue again what waits although its message was lost. Returns how many."""
    waiting = delivery_work.lost(timezone.now())
    for delivery_id in waiting:
        process_delivery.delay(delivery_id)
    return len(waiting)


@shared_task
def check_branches() -> int:
    """Look at followed branches for pushes of which no word came. Returns how many had moved."""
    return branch_checks.check_due(timezone.now())
