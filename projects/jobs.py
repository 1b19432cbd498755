"""Work handed to a worker, by name: services ask for it without knowing the tasks, which know the services."""

from __future__ import annotations

from collections.abc import Sequence

from celery import current_app


def request_assessment(snapshot_id: int) -> None:
    """Have a snapshot assessed."""
    current_app.send_task("projects.tasks.assess_snapshot", (snapshot_id,))


def request_delivery(delivery_id: int) -> None:
    """Have the work of a delivery done."""
    current_app.send_task("projects.tasks.process_delivery", (delivery_id,))


def request_upgrade(project_id: int, target: str, strategy: str, together: Sequence[str]) -> None:
    """Have what an upgrade path still lacks fetched."""
    current_app.send_task("projects.tasks.fetch_upgrade", (project_id, target, strategy, list(together)))
