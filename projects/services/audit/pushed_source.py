"""The audit of the source at the commit of a push: read from the repository, compared with the assessment, stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from projects.domain.audit.notebooks import LARGEST_NOTEBOOK
from projects.domain.python_places.excerpts import excerpts
from projects.domain.python_places.read import LARGEST_FILE
from projects.domain.python_places.values import PythonPlace
from projects.domain.webhooks.clone_urls import InvalidCloneUrl
from projects.hosts.errors import CommitMissing, HostError
from projects.hosts.git import open_repository
from projects.models import Assessment, Origin, Snapshot, SourceAudit
from projects.models.repository import Repository
from projects.models.sealed import SealBroken
from projects.services.audit.findings import audit_tree
from projects.services.audit.tree import MAX_SOURCES, SourceTree, is_audited, read_commit_tree, read_tree_places
from projects.services.indexes import indexes_of
from projects.services.reading import ReadingLimitReached, read_files
from projects.services.webhooks.take_files import git_limits, git_remote
from scanner.domain.targets.target import parse_target

_SECONDS = 120.0
_MOST_SAID = 500


def has_source(snapshot_id: int) -> bool:
    """Return whether a snapshot is the newest of its project and of a commit of a followed repository. One query."""
    found = Snapshot.objects.filter(pk=snapshot_id, origin=Origin.PUSH).exclude(commit="")
    followed = Repository.objects.followed().values("project")
    snapshot = found.filter(project__in=followed).first()
    if snapshot is None:
        return False
    return not Snapshot.objects.filter(project=snapshot.project_id, pk__gt=snapshot_id).exists()


def audit_pushed_source(snapshot_id: int, now: datetime) -> bool:
    """Audit the source at a snapshot's commit on the targets that were assessed, and store what was found.

    Contacts the repository's host and the indexes, outside any transaction. A failure of the host is stored as the
    reason. Return False where there is nothing to audit. May run twice: the later one is kept.
    """
    if not has_source(snapshot_id):
        return False
    snapshot = Snapshot.objects.select_related("project").get(pk=snapshot_id)
    assessment = newest_assessment(snapshot)
    repositories = _repositories(snapshot)
    if assessment is None or not repositories:
        return False
    done = SourceAudit.objects.filter(snapshot=snapshot, error="", made_at__gte=assessment.created_at)
    if done.exists():
        # The commit is the same, and so is the answer that it is compared with.
        return True
    try:
        tree = _read(repositories, snapshot.commit)
        found = audit_against(snapshot, assessment, tree)
    except (HostError, InvalidCloneUrl, ReadingLimitReached) as error:
        found = {"error": str(error)[:_MOST_SAID]}
    except SealBroken:
        found = {"error": "the credentials of the repository cannot be decrypted"}
    store_audit(snapshot, found, now)
    return True


def newest_assessment(snapshot: Snapshot) -> Assessment | None:
    """Return the newest complete assessment of a snapshot."""
    return Assessment.objects.filter(snapshot=snapshot).complete().newest_first().first()


def store_audit(snapshot: Snapshot, found: Mapping[str, object], now: datetime) -> None:
    """Store what was found, or the error, in the place of an earlier audit of the snapshot."""
    empty = {"targets": [], "files": 0, "left_out": 0, "findings": [], "places": [], "excerpts": []}
    values = {**empty, "error": "", "archive": "", **found, "project": snapshot.project, "made_at": now}
    SourceAudit.objects.update_or_create(snapshot=snapshot, defaults=values)


def _repositories(snapshot: Snapshot) -> list[Repository]:
    """Return the repositories that the snapshot's push may be from: first that of which the commit is the last one."""
    followed = Repository.objects.followed().filter(project=snapshot.project_id)
    found = [one for one in followed if one.ref == snapshot.ref]
    return sorted(found, key=lambda one: one.last_commit != snapshot.commit)


def _read(repositories: Sequence[Repository], commit: str) -> SourceTree:
    """Read the commit from the first of the repositories that has it. Raises the error of the last one that has not."""
    first, *others = repositories
    limits = git_limits(seconds=_SECONDS)
    try:
        with open_repository(git_remote(first), limits) as source:
            paths, contents = source.wanted_files(commit, is_audited, files=MAX_SOURCES, largest=LARGEST_NOTEBOOK)
    except CommitMissing:
        if not others:
            raise
        return _read(others, commit)
    return read_commit_tree(paths, contents)


def audit_against(snapshot: Snapshot, assessment: Assessment, tree: SourceTree) -> dict[str, object]:
    """Return what an audit stores of a tree, compared with an assessment. Contacts the indexes."""
    results = [row.to_result() for row in assessment.targets.all()]
    targets = [parse_target(result.target) for result in results]
    files = {file.path: bytes(file.content) for file in snapshot.files.all()}
    roots = [file.path for file in snapshot.files.all() if file.is_root]
    findings = audit_tree(tree, targets, results, read_files(files, roots), indexes_of(snapshot.project))
    places = read_tree_places(tree)
    # Those of the snapshot are stored whole, and without logins.
    others = [place for place in places if place.path not in files]
    return {
        "targets": [target.slug for target in targets],
        "files": len(tree.files),
        "left_out": tree.left_out,
        "findings": [finding.to_json() for finding in findings],
        "places": [place.to_json() for place in places],
        "excerpts": [one.to_json() for one in excerpts(_texts(tree, others), others)],
    }


def _texts(tree: SourceTree, places: Sequence[PythonPlace]) -> dict[str, str]:
    paths = {place.path for place in places}
    return {path: tree.content(path, LARGEST_FILE).decode("utf-8", "replace") for path in paths}
