"""Dismiss a note for everybody in its project, and take that back."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User

from projects.models import Note, Project

REASON_LENGTH = 300


def dismiss(project: Project, note_id: int, user: User, because: str, now: datetime) -> bool:
    """False when the project has no such note. Dismissing it again changes nothing: the first reason stands."""
    mine = Note.objects.filter(pk=note_id, project=project)
    mine.filter(dismissed_at__isnull=True).update(dismissed_at=now, dismissed_by=user, dismissed_because=because)
    return mine.exists()


def clear_stop_request(project: Project, note_id: int) -> bool:
    """Show it again. False when the project has no such note."""
    mine = Note.objects.filter(pk=note_id, project=project)
    return mine.update(dismissed_at=None, dismissed_by=None, dismissed_because="") == 1
