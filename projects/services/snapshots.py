"""Take a snapshot: read the files, store them with their requirements, and request its assessment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from msgspec.structs import asdict

from projects import jobs
from projects.domain.dependency_files import FileProblem, ParsedRequirement, available_groups, default_choices
from projects.domain.dependency_files.given_files import PreparedFiles
from projects.domain.indexes.named_indexes import options_to_store
from projects.models import Origin, Project, Snapshot, SnapshotFile, SnapshotRequirement, SnapshotSource
from projects.models.sealed import Sealed
from projects.services.reading import ReadingLimitReached, prepare_files
from scanner.services.storage.sql import insert_rows

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

# A workflow matrix may name many Pythons.
MAX_HINTS = 100
# The columns of a requirement, in the order of `_row`.
_COLUMNS = (
    *("snapshot", "name", "specifier", "extras", "marker", "source", "line"),
    *("url", "group", "pinned", "direct", "constraint"),
)
NOTHING_ASKED = "it asks for no package"


class NothingToRead(Exception):
    """None of the files asks for a package; `problems` say why, each with its path and line."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        super().__init__(problems)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "; ".join(map(str, self.problems))


def prepare_snapshot(files: Mapping[str, bytes], roots: Sequence[str], *, for_page: bool = False) -> PreparedFiles:
    """Read files for a snapshot, outside any transaction, since it may take seconds.

    `files` maps path to content; `roots` are the dependency files, the others are only includes of them.
    Raises NothingToRead if they ask for no package, or reading reaches a limit; for a page also ReadingTooSlow, after
    a few seconds.
    """
    try:
        prepared = prepare_files(files, roots, for_page=for_page)
    except ReadingLimitReached as error:
        raise NothingToRead([FileProblem(", ".join(roots)[:200], None, "", str(error))]) from error
    parsed = prepared.parsed
    if not any(not one.constraint for one in parsed.requirements):
        raise NothingToRead(parsed.problems or [FileProblem(root, None, "", NOTHING_ASKED) for root in roots])
    return prepared


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
    """Read files and store them. Raises what prepare_snapshot raises, with nothing stored."""
    prepared = prepare_snapshot(files, roots)
    return store_snapshot(project, prepared, origin=origin, commit=commit, ref=ref, user=user)


@transaction.atomic
def store_snapshot(
    project: Project,
    prepared: PreparedFiles,
    *,
    origin: Origin | str,
    commit: str = "",
    ref: str = "",
    user: AbstractBaseUser | None = None,
    sources: Iterable[SnapshotSource] = (),
) -> Snapshot:
    """Store files and their requirements as the project's newest snapshot, to be assessed after the commit.

    `sources` say which of them are of which repository.
    """
    parsed = prepared.parsed
    if parsed.default_groups and not project.groups and not Snapshot.objects.filter(project=project).exists():
        # From then on the choice is the team's own.
        project.groups = default_choices(parsed)
        project.save(update_fields=["groups"])
    snapshot = Snapshot.objects.create(
        project=project,
        origin=origin,
        commit=commit,
        ref=ref,
        digest=prepared.digest,
        created_by_id=user.pk if user is not None else None,
        problems=[asdict(problem) for problem in parsed.problems],
        options={"indexes": options_to_store(parsed.indexes), "groups": asdict(available_groups(parsed))},
        logins=Sealed.of(prepared.logins.to_json()),
        hints=[asdict(hint) for hint in parsed.hints[:MAX_HINTS]],
    )
    for one in sources:
        one.snapshot = snapshot
    SnapshotSource.objects.bulk_create(sources)
    formats = {source.path: source for source in parsed.sources}
    SnapshotFile.objects.bulk_create(
        SnapshotFile(
            snapshot=snapshot,
            path=path,
            format=formats[path].format if path in formats else "",
            sha256=prepared.sha256[path],
            content=content,
            is_root=path in prepared.roots,
        )
        for path, content in prepared.files.items()
    )
    # Thousands of rows, which Django takes longer to build than the database to store, while others wait to write.
    rows = [_row(snapshot.pk, requirement) for requirement in parsed.requirements if requirement.name]
    if rows:
        insert_rows(SnapshotRequirement, _COLUMNS, rows)
    # If the queue is down, the scheduled task assesses the snapshot.
    transaction.on_commit(lambda: jobs.request_assessment(snapshot.pk), robust=True)
    return snapshot


def _row(snapshot_id: int, requirement: ParsedRequirement) -> tuple[object, ...]:
    return (
        snapshot_id,
        requirement.name,
        requirement.specifier,
        json.dumps(list(requirement.extras)),
        requirement.marker or "",
        requirement.source,
        requirement.line,
        requirement.url or "",
        requirement.group or "",
        requirement.pinned or "",
        requirement.direct,
        requirement.constraint,
    )


def assess_newest(project: Project) -> None:
    """Queue an assessment of the project's newest snapshot, if any, after the transaction commits."""
    newest = Snapshot.objects.filter(project=project).order_by("-pk").values_list("pk", flat=True).first()
    if newest is not None:
        # Without a queue the schedule finds it: a stored assessment records the indexes and policy it is based on.
        transaction.on_commit(lambda: jobs.request_assessment(newest), robust=True)


def release_claims() -> None:
    """Release the claims of all assessment workers. Only for a start at which no worker can be running."""
    Snapshot.objects.filter(assessing_until__isnull=False).update(assessing_until=None)
