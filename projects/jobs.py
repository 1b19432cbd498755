"""Queueing of tasks by name, so that services need not import the tasks, which import the services."""

from __future__ import annotations

from collections.abc import Sequence

from celery import current_app


def request_assessment(snapshot_id: int) -> None:
    """Queue the assessment of a snapshot."""
    current_app.send_task("projects.tasks.assess_snapshot", (snapshot_id,))


def request_reading(submission_id: int) -> None:
    """Queue the reading of a submission."""
    current_app.send_task("projects.tasks.read_submission", (submission_id,))


def request_delivery(delivery_id: int) -> None:
    """Queue the processing of a delivery."""
    current_app.send_task("projects.tasks.process_delivery", (delivery_id,))


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
    current_app.send_task("projects.tasks.fetch_upgrade", arguments)
