"""Notes about changes of a project itself, for its followers: a push that makes it worse, a cap that can be lifted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import SEVERITIES
from projects.domain.project_changes import changes_between
from projects.domain.upstream.notes import REOPEN_WITHIN
from projects.models import Note, Project


def note_changes(
    project: Project,
    before: Sequence[TargetResult],
    after: Sequence[TargetResult],
    pushed: str | None,
    now: datetime,
) -> None:
    """Close the notes that an assessment ends, and write those that it begins, in the caller's transaction.

    A note that was closed a short time ago is reopened and not sent again: a change that alternates is reported once.
    """
    held = Note.objects.own().filter(Q(closed_at__isnull=True) | Q(closed_at__gt=now - REOPEN_WITHIN), project=project)
    known = list(held.order_by("pk").select_for_update())
    for note in known:
        if note.closed_at is None and note.to_change().is_over(after):
            note.closed_at, note.closed_because = now, "a later assessment is better"
    by_subject = {(note.kind, note.subject): note for note in known}
    for change in changes_between(before, after, pushed):
        kept = by_subject.get((change.kind.value, change.subject))
        if kept is None:
            Note.objects.create(
                project=project,
                kind=change.kind.value,
                subject=change.subject,
                severity=SEVERITIES.index(change.severity),
                facts=change.to_json(),
                created_at=now,
            )
        else:
            kept.closed_at, kept.closed_because = None, ""
    Note.objects.bulk_update(known, ["closed_at", "closed_because"])
