"""What changed upstream of one project, as its page and its digests tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from projects.domain.assessment.verdicts import SEVERITIES
from projects.domain.upstream.note_facts import facts_from_json
from projects.domain.upstream.notes import NoteKind, is_moot
from projects.models import Note, Project, Snapshot, Subscription
from projects.presentation.upstream_notes import UpstreamNote, describe_note
from projects.selectors.uses import uses_of

_DISMISSED = 20


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One note. `dismissed_by` and the rest of it are empty while nobody has dismissed it."""

    pk: int
    told: UpstreamNote
    noted_at: datetime
    dismissed_by: str = ""
    dismissed_at: datetime | None = None
    dismissed_because: str = ""


@dataclass(frozen=True, slots=True)
class UpstreamSection:
    """What the page of one project says about upstream: open notes worst first, dismissed ones newest first."""

    notes: tuple[NoteLine, ...]
    dismissed: tuple[NoteLine, ...]
    is_followed: bool


def upstream_of(project: Project, user_id: int) -> UpstreamSection:
    """Everything of the section. Five queries at most, two when there is no note."""
    held = Note.objects.filter(project=project, closed_at__isnull=True).select_related("dismissed_by")
    notes = list(held.order_by("-severity", "-pk"))
    lines = _lines(project, notes)
    dismissed = sorted((line for line in lines if line.dismissed_at), key=lambda line: -line.pk)
    follows = Subscription.objects.active().follows().filter(project=project, user=user_id)
    return UpstreamSection(
        notes=tuple(line for line in lines if line.dismissed_at is None),
        dismissed=tuple(dismissed[:_DISMISSED]),
        is_followed=follows.exists(),
    )


def open_notes(project: Project, note_ids: QuerySet[Any, Any]) -> list[UpstreamNote]:
    """Those of these notes that still hold, worst first, then the newest. Four queries at most."""
    notes = Note.objects.open().filter(project=project, pk__in=note_ids).order_by("-severity", "-pk")
    return [line.told for line in _lines(project, list(notes))]


def _lines(project: Project, notes: list[Note]) -> list[NoteLine]:
    """The notes that the project has not moved away from, in their order."""
    if not notes:
        return []
    chosen = list(project.targets.values_list("slug", flat=True))
    uses = uses_of([project.pk], {note.name for note in notes})
    taken = Snapshot.objects.filter(project=project).order_by("-pk").values_list("created_at", flat=True).first()
    lines = []
    for note in notes:
        kind, facts = NoteKind(note.kind), facts_from_json(note.facts)
        mine = uses.get((project.pk, note.name), ())
        moot = is_moot(
            kind, note.subject, facts.targets, noted_at=note.created_at, uses=mine, chosen=chosen, taken_at=taken
        )
        if not moot:
            lines.append(_line(note, describe_note(note.name, kind, note.subject, SEVERITIES[note.severity], facts)))
    return lines


def _line(note: Note, told: UpstreamNote) -> NoteLine:
    return NoteLine(
        pk=note.pk,
        told=told,
        noted_at=note.created_at,
        dismissed_by=note.dismissed_by.get_username() if note.dismissed_by else "",
        dismissed_at=note.dismissed_at,
        dismissed_because=note.dismissed_because,
    )
