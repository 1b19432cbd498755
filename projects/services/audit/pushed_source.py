"""The audit of the source at the commit of a push: read from the repository, compared with the assessment, stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from projects.domain.assessment.verdicts import SEVERITIES, Severity
from projects.domain.audit.notebooks import LARGEST_NOTEBOOK
from projects.domain.audit.stored_paths import below_folder
from projects.domain.dependency_files.joined_files import path_in
from projects.domain.python_places.excerpts import excerpts
from projects.domain.python_places.read import LARGEST_FILE
from projects.domain.python_places.values import PythonPlace
from projects.domain.webhooks.clone_urls import InvalidCloneUrl
from projects.hosts.errors import HostError
from projects.hosts.git import open_repository
from projects.models import Assessment, Snapshot, SnapshotSource, SourceAudit
from projects.models.repository import Repository
from projects.models.sealed import SealBroken
from projects.services.audit.findings import audit_tree
from projects.services.audit.tree import MAX_SOURCES, SourceTree, is_audited, read_commit_tree, read_tree_places
from projects.services.indexes import indexes_of
from projects.services.reading import ReadingLimitReached, read_files
from projects.services.webhooks.take_files import git_limits, git_remote
from scanner.domain.targets.target import parse_target
from scanner.domain.translation import noop

_SECONDS = 120.0
_MOST_SAID = 500


def has_source(snapshot_id: int) -> bool:
    """Return whether a snapshot has files of a followed repository at a commit. One query."""
    return _sources(snapshot_id).exists()


def audit_pushed_source(snapshot_id: int, now: datetime) -> bool:
    """Audit the source of each repository at its commit on the targets that were assessed, and store what was found.

    Contacts the repositories' hosts and the indexes, outside any transaction. A failure of a host is stored as the
    reason. Return False where there is nothing to audit, or a newer snapshot. May run twice: the later one is kept.
    """
    sources = list(_sources(snapshot_id))
    if not sources:
        return False
    snapshot = sources[0].snapshot
    assessment = newest_assessment(snapshot)
    if assessment is None or Snapshot.objects.filter(project=snapshot.project_id, pk__gt=snapshot_id).exists():
        return False
    done = SourceAudit.objects.filter(snapshot=snapshot, error="", made_at__gte=assessment.created_at)
    if done.exists():
        # The commits are the same, and so is the answer that they are compared with.
        return True
    try:
        found = _joined([_audit_source(snapshot, assessment, one) for one in sources])
    except (HostError, InvalidCloneUrl, ReadingLimitReached) as error:
        found = {"error": str(error)[:_MOST_SAID]}
    except SealBroken:
        found = {"error": noop("the credentials of the repository cannot be decrypted")}
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


def _sources(snapshot_id: int) -> QuerySet[SnapshotSource]:
    """Return the followed repositories of a snapshot with the commits that its files are of."""
    followed = Repository.objects.followed().values("pk")
    found = SnapshotSource.objects.filter(snapshot=snapshot_id, repository__in=followed).exclude(commit="")
    return found.select_related("repository", "snapshot__project").order_by("repository")


def _audit_source(snapshot: Snapshot, assessment: Assessment, source: SnapshotSource) -> dict[str, Any]:
    """Return the audit of one repository against its own requirements. Its paths begin with its folder."""
    assert source.repository is not None
    with open_repository(git_remote(source.repository), git_limits(seconds=_SECONDS)) as repository:
        paths, contents = repository.wanted_files(
            source.commit, is_audited, files=MAX_SOURCES, largest=LARGEST_NOTEBOOK
        )
    found = audit_against(snapshot, assessment, read_commit_tree(paths, contents), source.folder)
    return below_folder(found, source.folder) if source.folder else found


def _joined(audits: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the audits of several repositories as one."""
    first, *others = audits
    for one in others:
        for key in ("files", "left_out", "findings", "places", "excerpts"):
            first[key] += one[key]
    # Worst first, as in the audit of one.
    first["findings"].sort(key=lambda finding: -SEVERITIES.index(Severity(finding["severity"])))
    return first


def audit_against(snapshot: Snapshot, assessment: Assessment, tree: SourceTree, folder: str = "") -> dict[str, Any]:
    """Return what an audit stores of a tree, compared with an assessment. Contacts the indexes.

    `folder` is that of the tree's dependency files in the snapshot.
    """
    results = [row.to_result() for row in assessment.targets.all()]
    targets = [parse_target(result.target) for result in results]
    stored = [(path_in(folder, file.path), file) for file in snapshot.files.all()]
    files = {path: bytes(file.content) for path, file in stored if path is not None}
    roots = [path for path, file in stored if path is not None and file.is_root]
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
