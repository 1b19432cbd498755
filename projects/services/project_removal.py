"""Delete a project, with time to undo it."""

from __future__ import annotations

from datetime import datetime, timedelta

from projects.models import Project

UNDO_WITHIN = timedelta(days=7)


def delete_project(project: Project, now: datetime) -> None:
    """Hide the project from everyone. Its data are deleted after UNDO_WITHIN."""
    Project.objects.filter(pk=project.pk, deleted_at__isnull=True).update(deleted_at=now)


def restore_project(project: Project) -> None:
    """Undo a deletion. Harmless for a project that was not deleted."""
    Project.objects.filter(pk=project.pk).update(deleted_at=None)


def purge_deleted(now: datetime) -> int:
    """Delete the data of projects that were deleted more than UNDO_WITHIN ago. Return how many projects."""
    gone = Project.objects.filter(deleted_at__lte=now - UNDO_WITHIN)
    number = gone.count()
    gone.delete()
    return number
