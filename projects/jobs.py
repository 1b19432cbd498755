"""Queueing of tasks by name, so that services need not import the tasks, which import the services."""

from __future__ import annotations

from collections.abc import Sequence


def _send(task: str, arguments: tuple[object, ...]) -> None:
    # Commands never queue anything, and the client is installed without Celery.
    from celery import current_app

    current_app.send_task(f"projects.tasks.{task}", arguments)


def request_assessment(snapshot_id: int) -> None:
    """Queue the assessment of a snapshot."""
    _send("assess_snapshot", (snapshot_id,))


def request_reading(submission_id: int) -> None:
    """Queue the reading of a submission."""
    _send("read_submission", (submission_id,))


def request_delivery(delivery_id: int) -> None:
    """Queue the processing of a delivery."""
    _send("process_delivery", (delivery_id,))


def request_modules(project_id: int, filename: str) -> None:
    """Queue the reading of the compiled modules of a wheel that a project uses."""
    _send("read_modules", (project_id, filename))


def request_move(request_id: int) -> None:
    """Queue the opening of a change request."""
    _send("work_on_move_request", (request_id,))


def request_message(message_id: int) -> None:
    """Queue one attempt to deliver a message to an endpoint."""
    _send("deliver_message", (message_id,))


def request_archive_audit(archive_id: int) -> None:
    """Queue the audit of an archive."""
    _send("audit_archive", (archive_id,))


def request_upgrade(
    project_id: int,
    target: str,
    strategy: str,
    together: Sequence[str],
    hold: Sequence[str] = (),
    free: Sequence[str] = (),
    caps: Sequence[str] = (),
) -> None:
    """Queue the fetching of the data that an upgrade plan lacks."""
    arguments = (project_id, target, strategy, list(together), list(hold), list(free), list(caps))
    _send("fetch_upgrade", arguments)
