"""Reports for the command line and of a project's stored assessment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from packaging.version import Version

from projects.domain.assessment.record import AssessmentRecord
from projects.domain.received_proof import DatedProof
from projects.domain.report.planned_set import PinnedFile, PlannedSet
from projects.models import Project
from projects.presentation.report.build import build_report
from projects.presentation.report.target import report_targets
from projects.presentation.report.values import MigrationReport
from projects.selectors.evidence import proof_of
from projects.services.assessments.stored_documents import stored_record, stored_targets
from projects.services.indexes import indexes_of
from scanner.domain.evidence.declared import read_declared
from scanner.domain.matching.explain import explain_cell
from scanner.domain.releases.pooling import pool_files
from scanner.domain.releases.python_changes import PythonVersion
from scanner.domain.targets.target import Target, parse_target
from scanner.selectors.candidates import release_files, release_indexes, stored_packages
from scanner.services.index_sets import IndexSet


def report_of(
    record: AssessmentRecord,
    target: Target,
    *,
    project: str,
    indexes: IndexSet,
    now: datetime,
    as_of: datetime | None = None,
    current: PythonVersion | None = None,
    proof: DatedProof | None = None,
) -> MigrationReport:
    """Return the report of one of the record's targets. A few queries.

    With `as_of`, files that were uploaded later do not count.
    """
    entry = next(entry for entry in report_targets(record) if entry.target == target)
    planned = read_planned_set(indexes, entry.pins, target, as_of=as_of)
    return build_report(record, target, project=project, now=now, planned=planned, current=current, proof=proof)


def stored_report(project: Project, slug: str, now: datetime) -> MigrationReport | None:
    """Return the report of a project's newest assessment; None when it lacks this target."""
    targets = stored_targets(project)
    if slug not in targets:
        return None
    target = parse_target(slug)
    # The report compares with the other Pythons on the same platform.
    same = [other for other in targets if parse_target(other).platform == target.platform]
    record = stored_record(project, dict.fromkeys(same))
    if record is None:
        return None
    result = next(one for one in record.results if one.target == slug)
    proof = proof_of(project, slug, result.installed_set)
    return report_of(record, target, project=project.name, indexes=indexes_of(project), now=now, proof=proof)


def read_planned_set(
    indexes: IndexSet, pins: Mapping[str, str], target: Target, *, as_of: datetime | None = None
) -> PlannedSet:
    """Read the file of each pinned release that an installer takes on the target. Four queries at most."""
    packages = stored_packages(indexes.keys, pins)
    releases = {
        name: release
        for name, package in sorted(packages.items())
        for release in package.releases
        if release.version == Version(pins[name])
    }
    files = release_files(pk for release in releases.values() for pk in release.pks)
    evidence, uploaded = [], {}
    for name, release in releases.items():
        there = [
            file
            for file in pool_files(files.get(pk, ()) for pk in release.pks)
            if as_of is None or file.uploaded_at is None or file.uploaded_at <= as_of
        ]
        cell = explain_cell(there, target, source_detail=release.build_detail or None)
        day = cell.uploaded_at.date().isoformat() if cell.uploaded_at else ""
        said = read_declared(release.declared)
        declared = said.on(target.python).value if release.declared else ""
        evidence.append(
            PinnedFile(
                *(name, pins[name], cell.file or "", day, cell.availability.value, declared), said.free_threading
            )
        )
        if uploads := [file.uploaded_at for file in there if file.uploaded_at is not None]:
            uploaded[name, pins[name]] = min(uploads)
    checked = [package.checked_at for package in packages.values() if package.checked_at is not None]
    never_closed: frozenset[tuple[str, str]] = frozenset()
    if not indexes.close_releases(indexes.keys):
        on = release_indexes(pk for release in releases.values() for pk in release.pks)
        never_closed = frozenset(
            (name, pins[name])
            for name, release in releases.items()
            if not indexes.close_releases(on[pk] for pk in release.pks)
        )
    return PlannedSet(evidence, uploaded, min(checked, default=None), never_closed)
