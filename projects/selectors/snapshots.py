"""The snapshots of a project, and the files of one."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q
from msgspec import Struct

from projects.domain.dependency_files.redaction import printable, without_credentials
from projects.models import Origin, Project, Snapshot, SnapshotSource

_MOST = 100


class SourceLine(Struct, frozen=True):
    """A repository with files in a snapshot; `is_new`: the snapshot was made for its push."""

    name: str
    folder: str
    commit: str
    is_new: bool

    def __str__(self) -> str:
        return f"{self.folder or self.name} {self.commit}".strip()


class SnapshotRow(Struct, frozen=True):
    """One snapshot in the list of a project; `sources` are the repositories that its files are of."""

    pk: int
    short: str
    ref: str
    origin: str
    author: str
    taken_at: datetime
    requirements: int
    files: int
    commit: str
    sources: tuple[SourceLine, ...]


def snapshot_list(project: Project) -> tuple[SnapshotRow, ...]:
    """Return the newest hundred snapshots, newest first. Two queries."""
    counted = Snapshot.objects.filter(project=project).annotate(
        asked=Count("requirements", filter=Q(requirements__constraint=False), distinct=True),
        given=Count("files", distinct=True),
    )
    newest = counted.order_by("-pk")[:_MOST]
    fields = ("pk", "commit", "ref", "origin", "created_by__username", "created_at", "asked", "given")
    rows = list(newest.values_list(*fields))
    sources: dict[int, list[SourceLine]] = {}
    listed = SnapshotSource.objects.filter(snapshot__in=[row[0] for row in rows]).order_by("folder")
    for pk, name, folder, commit, is_new in listed.values_list("snapshot", "name", "folder", "commit", "is_new"):
        sources.setdefault(pk, []).append(SourceLine(name, folder, commit[:7], is_new))
    return tuple(
        SnapshotRow(
            pk=pk,
            short=commit[:7] or f"#{pk}",
            ref=ref,
            origin=str(Origin(origin).label),
            author=author or "",
            taken_at=taken_at,
            requirements=asked,
            files=given,
            commit=commit,
            sources=tuple(sources.get(pk, ())),
        )
        for pk, commit, ref, origin, author, taken_at, asked, given in rows
    )


def snapshot_texts(project: Project, pk: int) -> dict[str, str] | None:
    """Return the files of a snapshot of the project as text by path; None if it has no such snapshot. Two queries.

    Credentials are left out, as everywhere: readers of a project must not learn them.
    """
    snapshot = Snapshot.objects.filter(project=project, pk=pk).first()
    if snapshot is None:
        return None
    files = snapshot.files.order_by("path").values_list("path", "content")
    return {path: _shown(bytes(content).decode(errors="replace")) for path, content in files}


def _shown(text: str) -> str:
    return "\n".join(printable(without_credentials(line)) for line in text.splitlines())
