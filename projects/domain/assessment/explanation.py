"""The results that verdicts and the files of the releases that they name make.

A step of its own, because those files are read only when all verdicts are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from packaging.utils import NormalizedName

from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.file_choices import Exclusion
from projects.domain.assessment.index_snapshot import IndexSnapshot, PackageSnapshot
from projects.domain.assessment.judgement import HeldBack, Judgement, installed_release, refused_requirement
from projects.domain.assessment.package_result import AvailableVersion, NewestMismatch, PackageResult
from projects.domain.assessment.reasons import PackageReason, ReasonKind
from scanner.domain.files.sdist_metadata import MetadataGrade
from scanner.domain.matching.explain import Cell
from scanner.domain.next_poll import RELEASE_OPEN_FOR
from scanner.domain.resolution.model.versions import Candidate
from scanner.domain.targets.target import Target


def explain(
    judgement: Judgement,
    target: Target,
    package: PackageSnapshot | None,
    explanations: WheelExplanations,
    now: datetime,
    column: int,
) -> PackageResult:
    """Return the result that a judgement and the files of its releases make, on the target in this column."""
    cell = explanations.cell(judgement.release, target) if judgement.release is not None else judgement.cell
    newest = package.newest if package else None
    return PackageResult(
        name=judgement.name,
        version=str(judgement.version) if judgement.version is not None else None,
        provenance=judgement.provenance,
        availability=judgement.availability,
        build_detail=cell.detail if cell else None,
        yanked=cell.yanked if cell else False,
        verdict=judgement.verdict,
        severity=judgement.severity,
        file=cell.file if cell else None,
        tag=cell.tag if cell else None,
        uploaded_at=cell.uploaded_at if cell else None,
        reason=judgement.reason
        or _held_back_reason(judgement.held_back, target, explanations)
        or _reason(cell, judgement.release, column),
        held_at=str(judgement.held_back.version) if judgement.held_back else None,
        has_stated_needs=judgement.release is not None and judgement.release.metadata_grade is MetadataGrade.STATED,
        refused_requirement=refused_requirement(judgement.release),
        waiver=judgement.waiver,
        newest_mismatch=_newest_mismatch(judgement.newest, target, explanations, column),
        first_available=_available(judgement.first, target, explanations),
        latest_available=_available(judgement.latest, target, explanations),
        newest_version=str(newest.version) if newest else None,
        may_get_files=_may_get_files(package, now),
        package_status=package.status if package else "active",
        evidence=explanations.evidence(installed_release(judgement, package), package, target.python),
    )


def explain_all(
    judgements: Mapping[NormalizedName, Judgement],
    target: Target,
    snapshot: IndexSnapshot,
    explanations: WheelExplanations,
    now: datetime,
) -> tuple[PackageResult, ...]:
    """Return the results of all packages of a target, in their order."""
    column = snapshot.column(target)
    return tuple(
        explain(judgement, target, snapshot.packages.get(name), explanations, now, column)
        for name, judgement in judgements.items()
    )


def _held_back_reason(held: HeldBack | None, target: Target, explanations: WheelExplanations) -> PackageReason | None:
    if held is None or held.bar is None:
        return None
    through = tuple(map(str, held.through))
    files = explanations.cell(held.bar, target).reason
    present = held.present.slug if held.present is not None else ""
    return PackageReason(
        ReasonKind.HELD_BACK, str(held.version), files, through, ", ".join(held.lacking), present=present
    )


def _reason(cell: Cell | None, release: Candidate | None = None, column: int = 0) -> PackageReason:
    is_lacking = cell is not None and not cell.availability.installs_wheel
    if release is not None and is_lacking and _is_exclusion_decisive(release, column):
        return PackageReason(ReasonKind.EXCLUDED, release.excluded_by)
    return PackageReason(ReasonKind.FILES, files=cell.reason) if cell else PackageReason(ReasonKind.TEXT)


def _is_exclusion_decisive(release: Candidate, column: int) -> bool:
    """Return whether a file would fit that does not count; of hashes that are not listed this is known."""
    if release.excluded_by != Exclusion.HASHES:
        return bool(release.excluded_by)
    return bool(release.renewed_offers) and release.renewed_offers[column].availability.installs_wheel


def _newest_mismatch(
    newest: Candidate | None, target: Target, explanations: WheelExplanations, column: int
) -> NewestMismatch | None:
    if newest is None:
        return None
    return NewestMismatch(str(newest.version), _reason(explanations.cell(newest, target), newest, column))


def _available(release: Candidate | None, target: Target, explanations: WheelExplanations) -> AvailableVersion | None:
    if release is None:
        return None
    cell = explanations.cell(release, target)
    return AvailableVersion(str(release.version), cell.file, cell.uploaded_at)


def _may_get_files(package: PackageSnapshot | None, now: datetime) -> bool:
    """Return whether the package's newest release may still get files."""
    if package is None:
        return False
    last = package.last_upload
    return package.stays_open or (last is not None and now - last < RELEASE_OPEN_FOR)
