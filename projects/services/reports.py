"""Reports for the command line and for a project's stored assessment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from packaging.version import Version

from projects.models import Project
from projects.presentation.report.build import PinnedSet, build_report, planned_pins
from projects.presentation.report.values import MigrationReport, PinnedFile
from projects.services.assessments.stored_documents import stored_document, stored_targets
from projects.services.indexes import indexes_of
from scanner.domain.matching.availability import ReleaseFileFacts
from scanner.domain.matching.explain import explain_cell
from scanner.domain.releases.pooling import StoredRelease, pool_files
from scanner.domain.releases.python_changes import PythonVersion
from scanner.domain.targets.target import Target, parse_target
from scanner.selectors.candidates import release_files, release_indexes, stored_packages
from scanner.services.index_sets import IndexSet


def report_of(
    document: Mapping[str, Any],
    target: Target,
    *,
    project: str,
    indexes: IndexSet,
    now: datetime,
    as_of: datetime | None = None,
    today: PythonVersion | None = None,
) -> MigrationReport:
    """The report of one target of an assessment document with written plans. A few queries. With `as_of`, files
    that were uploaded later prove nothing.
    """
    entry = next(entry for entry in document["assessments"] if entry["target"] == target.slug)
    proofs = read_proofs(indexes, planned_pins(entry), target, as_of=as_of)
    return build_report(document, target, project=project, now=now, proofs=proofs, today=today)


def stored_report(project: Project, slug: str, now: datetime) -> MigrationReport | None:
    """The report of a project's newest assessment; None when it has none of this target."""
    targets = stored_targets(project)
    if slug not in targets:
        return None
    target = parse_target(slug)
    # The ladder of the report speaks of the other Pythons on the same platform.
    same = [other for other in targets if parse_target(other).platform == target.platform]
    document = stored_document(project, dict.fromkeys(same))
    if document is None:
        return None
    return report_of(document, target, project=project.name, indexes=indexes_of(project), now=now)


def read_proofs(
    indexes: IndexSet, pins: Mapping[str, str], target: Target, *, as_of: datetime | None = None
) -> PinnedSet:
    """The file of each pinned release that an installer would take on the target. Four queries at most."""
    records = stored_packages(indexes.keys, pins)
    releases = {
        name: next((one for one in record.releases if one.version == Version(pins[name])), None)
        for name, record in records.items()
    }
    files = release_files(pk for release in releases.values() if release is not None for pk in release.pks)
    evidence, latest = [], []
    for name in sorted(pins):
        release = releases.get(name)
        if release is None:
            continue
        there = _until(pool_files(files.get(pk, ()) for pk in release.pks), as_of)
        cell = explain_cell(there, target, source_detail=release.build_detail or None)
        day = cell.uploaded_at.date().isoformat() if cell.uploaded_at else ""
        evidence.append(PinnedFile(name, pins[name], cell.file or "", day, cell.availability.value))
        uploads = [file.uploaded_at for file in there if file.uploaded_at is not None]
        latest += [(name, pins[name], min(uploads))] if uploads else []
    checked = [record.checked_at for record in records.values() if record.checked_at is not None]
    return PinnedSet(evidence, latest, min(checked, default=None), _unclosed(indexes, pins, releases))


def _unclosed(
    indexes: IndexSet, pins: Mapping[str, str], releases: Mapping[str, StoredRelease | None]
) -> list[tuple[str, str]]:
    """The releases that an index has which closes none after 14 days. One query where there is such an index."""
    if indexes.close_releases(indexes.keys):
        return []
    on = release_indexes(pk for release in releases.values() if release is not None for pk in release.pks)
    return [
        (name, pins[name])
        for name, release in sorted(releases.items())
        if release is not None and not indexes.close_releases(on[pk] for pk in release.pks)
    ]


def _until(files: Sequence[ReleaseFileFacts], as_of: datetime | None) -> Sequence[ReleaseFileFacts]:
    if as_of is None:
        return files
    return [file for file in files if file.uploaded_at is None or file.uploaded_at <= as_of]
