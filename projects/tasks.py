"""Celery tasks of the projects app. Each takes ids, reads the rows itself, and may run twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from celery import Task, shared_task
from django.conf import settings
from django.utils import timezone

from projects.presentation.upgrade.query import UpgradeQuery
from projects.services import (
    compiled_reading,
    indexes,
    project_removal,
    push_reports,
    submissions,
    upgrades,
    wheel_reading,
)
from projects.services.alerts import dispatch as alerts
from projects.services.alerts import send as sending
from projects.services.assessments import run as assessments
from projects.services.assessments.stale import stale_snapshots
from projects.services.audit import pushed_source, uploaded_source
from projects.services.endpoints import announce, deliver
from projects.services.move_requests import ask as move_requests
from projects.services.move_requests.work import work_on_request
from projects.services.webhooks import branch_checks
from projects.services.webhooks import process as delivery_work
from scanner.domain.resolution.upgrade import Strategy

# While packages are still being polled, the assessment is updated at this interval, in seconds.
REFRESH_EVERY = 2
# About five minutes. Later updates are made by the schedule.
REFRESHES = 150
# Wheels are read after the assessments that someone waits for: so many seconds later, at most for ten minutes.
READ_WHEELS_LATER, READ_WHEELS_TRIES = 20, 30
# Redis redelivers a message that waits longer than its visibility timeout. The schedule finds what is due later.
LONGEST_COUNTDOWN = timedelta(minutes=10)


@shared_task
def assess_snapshot(snapshot_id: int) -> None:
    """Assess a snapshot for a user who waits: a short job, which leaves what takes longer to `continue_assessment`."""
    if assessments.assess_snapshot(snapshot_id, timezone.now(), seconds=settings.WHEELWAY_FIRST_SECONDS):
        continue_assessment.delay(snapshot_id)
        return
    if settings.WHEELWAY_READ_WHEELS:
        read_wheels.delay(snapshot_id)
    _audit(snapshot_id)


@shared_task(bind=True, max_retries=REFRESHES)
def continue_assessment(self: Task[..., None], snapshot_id: int) -> None:
    """Assess a snapshot as long as one job may take. Retry while something is undecided."""
    if assessments.assess_snapshot(snapshot_id, timezone.now()):
        raise self.retry(countdown=REFRESH_EVERY)
    if settings.WHEELWAY_READ_WHEELS:
        read_wheels.delay(snapshot_id)
    _audit(snapshot_id)


@shared_task
def audit_source(snapshot_id: int) -> bool:
    """Audit the source at a snapshot's commit. Return whether there is an audit of it now.

    With it all facts about the push are known: they are reported at the host, and the requests that they change are
    brought up to date.
    """
    is_audited = pushed_source.audit_pushed_source(snapshot_id, timezone.now())
    for report_id in push_reports.plan_reports(snapshot_id, timezone.now()):
        post_push_report.delay(report_id)
    for request_id in move_requests.requests_of_snapshot(snapshot_id):
        work_on_move_request.delay(request_id)
    return is_audited


@shared_task(bind=True, max_retries=delivery_work.ATTEMPTS)
def post_push_report(self: Task[..., None], report_id: int) -> None:
    """Post the status and the comment of one push. Retry with growing delays while its host does not answer."""
    wait = push_reports.post_report(report_id, timezone.now())
    if wait is not None:
        raise self.retry(countdown=wait)


@shared_task(bind=True, max_retries=delivery_work.ATTEMPTS)
def work_on_move_request(self: Task[..., None], request_id: int) -> None:
    """Open one change request, or bring it up to date. Retry with growing delays while its host does not answer."""
    wait = work_on_request(request_id, timezone.now())
    if wait is not None:
        raise self.retry(countdown=wait)


@shared_task
def audit_archive(archive_id: int) -> bool:
    """Audit an archive that a member sent. Return whether there was one."""
    return uploaded_source.audit_archive(archive_id, timezone.now())


def _audit(snapshot_id: int) -> None:
    if pushed_source.has_source(snapshot_id):
        audit_source.delay(snapshot_id)


@shared_task
def read_modules(project_id: int, filename: str) -> int:
    """Read the compiled modules of a wheel that a project uses. Return how many wheels were read, 0 or 1."""
    return compiled_reading.read_project_modules(project_id, filename, timezone.now()).wheels


@shared_task(bind=True, max_retries=READ_WHEELS_TRIES)
def read_wheels(self: Task[..., int], snapshot_id: int) -> int:
    """Read the wheels that a snapshot's assessment found, and assess again if one breaks. Return how many were read.

    Assessments go first: while one is being made, the wheels wait, but not for ever.
    """
    is_patient = self.request.retries < READ_WHEELS_TRIES
    gives_way = wheel_reading.is_anyone_waiting if is_patient else lambda: False
    read = wheel_reading.read_snapshot_wheels(snapshot_id, timezone.now(), gives_way=gives_way)
    if read.breaking:
        continue_assessment.delay(snapshot_id)
    if read.gave_way:
        raise self.retry(countdown=READ_WHEELS_LATER)
    return read.wheels


@shared_task
def reassess_stale() -> int:
    """Queue the assessments that are outdated, by a wheel event or another index, or unfinished. Return how many."""
    now = timezone.now()
    indexes.ask_missing_again(now)
    stale = stale_snapshots(now)
    for snapshot_id in stale:
        continue_assessment.delay(snapshot_id)
    return len(stale)


@shared_task
def purge_deleted_projects() -> int:
    """Delete the data of projects whose deletion can no longer be undone. Return how many projects."""
    return project_removal.purge_deleted(timezone.now())


@shared_task
def fetch_upgrade(
    project_id: int,
    target: str,
    strategy: str,
    together: list[str],
    hold: Sequence[str] = (),
    free: Sequence[str] = (),
    caps: Sequence[str] = (),
) -> None:
    """Fetch from the index what the plan of an upgrade page lacks, and is not stored yet."""
    query = UpgradeQuery(Strategy(strategy), tuple(together), hold=tuple(hold), free=tuple(free), caps=tuple(caps))
    upgrades.fetch_for_upgrade(project_id, target, query, timezone.now())


@shared_task
def dispatch_wheel_events() -> int:
    """Turn new wheel events into alerts and notes. Return how many messages were queued."""
    alert_ids = alerts.dispatch_events(timezone.now())
    for alert_id in alert_ids:
        send_alert.delay(alert_id)
    return len(alert_ids)


@shared_task
def send_alert(alert_id: int) -> str | None:
    """Send one alert, and retry it soon after a temporary failure. Return its state, None if it was not queued."""
    sent = sending.send(alert_id, timezone.now())
    if sent is None:
        return None
    if sent.retry_in is not None and sent.retry_in <= LONGEST_COUNTDOWN:
        send_alert.apply_async((alert_id,), countdown=sent.retry_in.total_seconds())
    return sent.state.value


@shared_task(bind=True, max_retries=delivery_work.ATTEMPTS)
def process_delivery(self: Task[..., None], delivery_id: int) -> None:
    """Process one delivery. Retry with growing delays while its host does not answer."""
    wait = delivery_work.process(delivery_id, timezone.now())
    if wait is not None:
        raise self.retry(countdown=wait)


@shared_task
def announce_changes() -> int:
    """Make the messages of changed assessments, and queue all that are due. Return how many were queued."""
    now = timezone.now()
    announce.announce_changes(now)
    due = deliver.due_messages(now)
    for pk in due:
        deliver_message.delay(pk)
    return len(due)


@shared_task
def deliver_message(message_id: int) -> bool:
    """Make one attempt to deliver a message to an endpoint. Return whether it was delivered."""
    attempt = deliver.deliver(message_id, timezone.now())
    return attempt is not None and attempt.is_delivered


@shared_task
def read_submission(submission_id: int) -> bool:
    """Read the files of a submission. Return whether there is a snapshot of them."""
    return submissions.read_submission(submission_id, timezone.now())


@shared_task
def requeue_lost_deliveries() -> int:
    """Queue deliveries, submissions, archives, requests and reports whose task was lost. Return how many."""
    waiting = delivery_work.lost(timezone.now())
    for delivery_id in waiting:
        process_delivery.delay(delivery_id)
    unread = submissions.lost_submissions(timezone.now())
    for submission_id in unread:
        read_submission.delay(submission_id)
    requests = move_requests.lost_requests(timezone.now())
    for request_id in requests:
        work_on_move_request.delay(request_id)
    reports = push_reports.lost_reports(timezone.now())
    for report_id in reports:
        post_push_report.delay(report_id)
    archives = uploaded_source.lost_archives(timezone.now())
    for archive_id in archives:
        audit_archive.delay(archive_id)
    return len(waiting) + len(unread) + len(requests) + len(reports) + len(archives)


@shared_task
def check_branches() -> int:
    """Check followed branches for pushes without a delivery. Return how many branches had moved."""
    return branch_checks.check_due(timezone.now())
