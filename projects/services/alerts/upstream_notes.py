"""Notes about upstream changes: write, close, dismiss and restore them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import F, Q
from packaging.version import Version

from projects.domain.assessment.verdicts import SEVERITIES
from projects.domain.upstream.note_facts import NoteFacts
from projects.domain.upstream.notes import REOPEN_WITHIN, NoteKind, is_reopened, restored_by
from projects.models import Note, Project, ProjectPackage
from projects.services.alerts.upstream_changes import AffectedProject, UpstreamChange, affected_projects, find_changes
from scanner.selectors.offered import PooledOffers
from scanner.services.events import ClaimedEvents

REASON_LENGTH = 300


def write_notes(package_id: int, claimed: ClaimedEvents, now: datetime) -> None:
    """Write and close the notes of the projects that use the package, in the transaction that claimed its events.

    Notes depend on what the index has now, so the order of events does not matter.
    """
    rows = _rows(package_id)
    if not rows:
        return
    own = next(row.package for row in rows if row.package_id == package_id)
    projects = {row.project_id: row.project for row in rows}
    known = Note.objects.filter(project__in=projects, name=own.name)
    held = list(
        known.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=now - REOPEN_WITHIN))
        .order_by("pk")
        .select_for_update()
    )
    if not (claimed.released or claimed.yanked or claimed.status_at or held):
        return
    users, releases = affected_projects(rows)
    changes = find_changes(own.name, claimed, users, releases, own.status, own.status_reason)
    status = own.status if claimed.status_at is not None else None
    _close([note for note in held if note.closed_at is None], {user.project.pk: user for user in users}, status, now)
    _write(own.name, changes, held, now)


def dismiss_note(project: Project, note_id: int, user: User, reason: str, now: datetime) -> None:
    """Dismiss a note of the project for all members. Dismissing it again changes nothing: the first reason stays."""
    notes = Note.objects.filter(pk=note_id, project=project, dismissed_at__isnull=True)
    notes.update(dismissed_at=now, dismissed_by=user, dismissed_because=reason)


def restore_note(project: Project, note_id: int) -> None:
    """Show a dismissed note of the project again."""
    notes = Note.objects.filter(pk=note_id, project=project)
    notes.update(dismissed_at=None, dismissed_by=None, dismissed_because="")


def _rows(package_id: int) -> list[ProjectPackage]:
    """Return the projects that use the package, with each of their packages of its name. One query."""
    named_so = ProjectPackage.objects.filter(
        project__packages__package=package_id, package__name=F("project__packages__package__name")
    )
    return list(named_so.select_related("project", "package").order_by("project_id", "package_id"))


def _close(notes: Sequence[Note], users: Mapping[int, AffectedProject], status: str | None, now: datetime) -> None:
    """Close the notes that are over. `status` is the package's new status, None if it has not changed."""
    over = []
    for note in notes:
        note.closed_because = _why_over(note, users[note.project_id].offered, status)
        if note.closed_because:
            note.closed_at = now
            over.append(note)
    Note.objects.bulk_update(over, ["closed_at", "closed_because"])


def _why_over(note: Note, offered: PooledOffers, status: str | None) -> str:
    """Return why a note is over, "" if it is not."""
    facts = NoteFacts.from_json(note.facts)
    match note.kind:
        case NoteKind.STATUS:
            return f"{note.name} is now {status}" if status not in (None, note.subject) else ""
        case NoteKind.YANK:
            version = Version(note.subject)
            still = version not in offered.versions or any(
                offered.offer(version, slug).yanked for slug in facts.targets
            )
            return "" if still else f"{note.name} {version} is not yanked any more"
    restored = [
        restored_by(Version(note.subject), one.target, one.specifier, offered.versions, offered.offer)
        for one in facts.affected
    ]
    newest = max((version for version in restored if version is not None), default=None)
    return f"{note.name} {newest} has the wheels again" if newest is not None and None not in restored else ""


def _write(name: str, changes: Iterable[UpstreamChange], held: Iterable[Note], now: datetime) -> None:
    """Write a note for each new change. One that was closed a short time ago is reopened, and not sent again."""
    known = {(note.project_id, note.kind, note.subject): note for note in held}
    fresh, again = [], []
    for change in changes:
        note = known.get((change.used_by.project.pk, change.kind.value, change.subject))
        if note is None:
            fresh.append(
                Note(
                    project=change.used_by.project,
                    name=name,
                    kind=change.kind.value,
                    subject=change.subject,
                    severity=SEVERITIES.index(change.severity),
                    facts=change.facts.to_json(),
                    created_at=now,
                )
            )
        elif note.closed_at is not None and is_reopened(note.closed_at, now):
            note.closed_at, note.closed_because = None, ""
            again.append(note)
    # A concurrent dispatcher may have written the same notes.
    Note.objects.bulk_create(fresh, ignore_conflicts=True)
    Note.objects.bulk_update(again, ["closed_at", "closed_because"])
