"""Take a snapshot: read the files, store them with their requirements, and request its assessment."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from django.db import transaction

from projects import jobs
from projects.domain.dependency_files import FileProblem, ParsedFiles, read
from projects.domain.indexes.named_indexes import options_to_store
from projects.models import Origin, Project, Snapshot, SnapshotFile, SnapshotRequirement

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

# A workflow matrix may name many Pythons.
MAX_HINTS = 100


class NothingToRead(Exception):
    """No requirement could be read from any of the files; `problems` say why, each with its path and line."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        super().__init__(problems)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "; ".join(map(str, self.problems))


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 of paths and contents, independent of their order."""
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(f"{path}\0{len(files[path])}\0".encode())
        total.update(files[path])
    return total.hexdigest()


def take_snapshot(
    project: Project,
    files: Mapping[str, bytes],
    roots: Sequence[str],
    *,
    origin: Origin | str,
    commit: str = "",
    ref: str = "",
    user: AbstractBaseUser | None = None,
) -> Snapshot:
    """Store the files and their requirements as the project's newest snapshot, to be assessed after the commit.

    `files` maps path to content; `roots` are the dependency files, the others are only includes of them.
    Raises NothingToRead, and stores nothing, if no requirement could be read and there are problems.
    """
    parsed = read(files, roots)
    if not parsed.requirements and parsed.problems:
        raise NothingToRead(parsed.problems)
    with transaction.atomic():
        snapshot = _store(project, files, roots, parsed, origin=origin, commit=commit, ref=ref, user=user)
        # If the queue is down, the scheduled task assesses the snapshot.
        transaction.on_commit(lambda: jobs.request_assessment(snapshot.pk), robust=True)
    return snapshot


def _store(
    project: Project,
    files: Mapping[str, bytes],
    roots: Sequence[str],
    parsed: ParsedFiles,
    *,
    origin: Origin | str,
    commit: str,
    ref: str,
    user: AbstractBaseUser | None,
) -> Snapshot:
    snapshot = Snapshot.objects.create(
        project=project,
        origin=origin,
        commit=commit,
        ref=ref,
        digest=digest_of(files),
        created_by_id=user.pk if user is not None else None,
        problems=[asdict(problem) for problem in parsed.problems],
        options={"indexes": options_to_store(parsed.indexes)},
        hints=[asdict(hint) for hint in parsed.hints[:MAX_HINTS]],
    )
    formats = {source.path: source for source in parsed.sources}
    SnapshotFile.objects.bulk_create(
        SnapshotFile(
            snapshot=snapshot,
            path=path,
            format=formats[path].format if path in formats else "",
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            is_root=path in roots,
        )
        for path, content in files.items()
    )
    SnapshotRequirement.objects.bulk_create(
        SnapshotRequirement(
            snapshot=snapshot,
            name=requirement.name,
            specifier=requirement.specifier,
            extras=list(requirement.extras),
            marker=requirement.marker or "",
            source=requirement.source,
            line=requirement.line,
            url=requirement.url or "",
            group=requirement.group or "",
            pinned=requirement.pinned or "",
            direct=requirement.direct,
            constraint=requirement.constraint,
        )
        for requirement in parsed.requirements
        if requirement.name
    )
    return snapshot


def assess_newest(project: Project) -> None:
    """Queue an assessment of the project's newest snapshot, if any, after the transaction commits."""
    newest = Snapshot.objects.filter(project=project).order_by("-pk").values_list("pk", flat=True).first()
    if newest is not None:
        # Without a queue the schedule finds it: a stored assessment records the indexes and policy it is based on.
        transaction.on_commit(lambda: jobs.request_assessment(newest), robust=True)


def release_claims() -> None:
    """Release the claims of all assessment workers. Only for a start at which no worker can be running."""
    Snapshot.objects.filter(assessing_until__isnull=False).update(assessing_until=None)
