"""The notes of one project: the upstream ones for its page, all for its digests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from msgspec import Struct

from projects.domain.assessment.verdicts import SEVERITIES
from projects.domain.project_changes import ProjectChangeKind
from projects.domain.upstream.note_facts import NoteFacts
from projects.domain.upstream.notes import NoteKind, is_over
from projects.models import Note, Project, Snapshot, Subscription
from projects.presentation.project_changes import describe_change
from projects.presentation.upstream_notes import UpstreamNote, describe_note
from projects.selectors.uses import uses_of

_DISMISSED = 20
_OWN_KINDS = frozenset(ProjectChangeKind)


class NoteLine(Struct, frozen=True):
    """One note. The fields of its dismissal are empty while it is open."""

    pk: int
    note: UpstreamNote
    dismissed_by: str = ""
    dismissed_at: datetime | None = None
    dismissed_because: str = ""


class UpstreamSection(Struct, frozen=True):
    """The upstream section of a project page: open notes, worst first, and dismissed ones, newest first."""

    notes: tuple[NoteLine, ...]
    dismissed: tuple[NoteLine, ...]
    is_followed: bool


def follows(project: Project, user_id: int) -> bool:
    """Return whether a user follows a project by mail. One query."""
    return Subscription.objects.active().follows().filter(project=project, user=user_id).exists()


def upstream_of(project: Project, *, is_followed: bool, has_notes: bool = True) -> UpstreamSection:
    """Return the section for a user who follows the project or not. Four queries at most, none without notes."""
    held = Note.objects.upstream().filter(project=project, closed_at__isnull=True).select_related("dismissed_by")
    notes = list(held.order_by("-severity", "-pk")) if has_notes else []
    lines = _lines(project, notes)
    dismissed = sorted((line for line in lines if line.dismissed_at), key=lambda line: -line.pk)
    return UpstreamSection(
        notes=tuple(line for line in lines if line.dismissed_at is None),
        dismissed=tuple(dismissed[:_DISMISSED]),
        is_followed=is_followed,
    )


def open_notes(project: Project, note_ids: QuerySet[Any, Any]) -> list[UpstreamNote]:
    """Return those of these notes that are still open, worst first, then newest first. Four queries at most."""
    notes = list(Note.objects.open().filter(project=project, pk__in=note_ids).order_by("-severity", "-pk"))
    own = {note.pk: describe_change(note.to_change()) for note in notes if note.kind in _OWN_KINDS}
    lines = {line.pk: line.note for line in _lines(project, [note for note in notes if note.pk not in own])}
    return [found for note in notes if (found := own.get(note.pk) or lines.get(note.pk)) is not None]


def _lines(project: Project, notes: list[Note]) -> list[NoteLine]:
    """Return the notes that still concern the project, in their order."""
    if not notes:
        return []
    chosen = list(project.targets.values_list("slug", flat=True))
    uses = uses_of([project.pk], {note.name for note in notes})
    taken = Snapshot.objects.filter(project=project).order_by("-pk").values_list("created_at", flat=True).first()
    lines = []
    for note in notes:
        kind, facts = NoteKind(note.kind), NoteFacts.from_json(note.facts)
        is_past = is_over(
            kind,
            note.subject,
            facts.targets,
            noted_at=note.created_at,
            uses=uses.get((project.pk, note.name), ()),
            chosen=chosen,
            taken_at=taken,
        )
        if not is_past:
            lines.append(_line(note, describe_note(note.name, kind, note.subject, SEVERITIES[note.severity], facts)))
    return lines


def _line(note: Note, described: UpstreamNote) -> NoteLine:
    return NoteLine(
        pk=note.pk,
        note=described,
        dismissed_by=note.dismissed_by.get_username() if note.dismissed_by else "",
        dismissed_at=note.dismissed_at,
        dismissed_because=note.dismissed_because,
    )
