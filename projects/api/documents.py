"""Documents of the API, made from what selectors return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from projects.api.answers import moment, moment_or_none
from projects.api.schemas.assessments import AssessmentItem, ProofDocument, VerdictDocument
from projects.api.schemas.packages import MatrixDocument, MatrixOffer, MatrixRelease, PackageInUse
from projects.api.schemas.projects import ProjectDocument, TargetDocument
from projects.api.schemas.snapshots import SnapshotDocument, SnapshotRepository
from projects.api.schemas.watches import WatchDocument
from projects.domain.assessment.package_result import PackageResult
from projects.domain.received_proof import DatedProof
from projects.presentation.formats.schema import package_document
from projects.presentation.subscriptions import TargetWatchRow, WatchRow
from projects.selectors.overviews import AssessmentLine, ProjectOverview, TargetVerdict, UsedPackage
from projects.selectors.snapshots import SnapshotRow
from scanner.domain.releases.package_details import PackageDetails, ReleaseOffers
from scanner.domain.targets.names import NamedTarget


def target_of(one: NamedTarget) -> TargetDocument:
    """Return a target of the catalogue."""
    return TargetDocument(slug=one.target.slug, name=one.name, label=one.target.label, aliases=list(one.aliases))


def _verdicts(found: Sequence[TargetVerdict]) -> list[VerdictDocument]:
    return [
        VerdictDocument(target=one.target, verdict=one.verdict, counts=dict(one.counts), blockers=list(one.blockers))
        for one in found
    ]


def project_of(one: ProjectOverview) -> ProjectDocument:
    """Return a project, with the verdicts of its newest assessment."""
    line = one.assessment
    return ProjectDocument(
        slug=one.slug,
        name=one.name,
        tags=list(one.tags),
        role=one.role,
        targets=list(one.targets),
        url=settings.PUBLIC_URL + reverse("project", args=[one.slug]),
        assessed_at=moment(line.confirmed_at) if line is not None else None,
        is_complete=line is not None and line.is_complete,
        verdicts=_verdicts(line.verdicts) if line is not None else [],
    )


def snapshot_of(one: SnapshotRow) -> SnapshotDocument:
    """Return a snapshot."""
    return SnapshotDocument(
        id=one.pk,
        commit=one.commit,
        ref=one.ref,
        origin=one.origin,
        author=one.author,
        taken_at=moment(one.taken_at),
        requirements=one.requirements,
        files=one.files,
        repositories=[
            SnapshotRepository(name=source.name, folder=source.folder, commit=source.commit) for source in one.sources
        ],
    )


def assessment_of(one: AssessmentLine) -> AssessmentItem:
    """Return an assessment."""
    return AssessmentItem(
        id=one.pk,
        snapshot=one.snapshot,
        state=one.state,
        trigger=one.trigger,
        created_at=moment(one.created_at),
        confirmed_at=moment(one.confirmed_at),
        verdicts=_verdicts(one.verdicts),
    )


def row_of(found: tuple[str, PackageResult]) -> Mapping[str, Any]:
    """Return a package on a target, as in the machine-readable assessment."""
    target, package = found
    return {"target": target, **package_document(package, target)}


def watch_of(one: WatchRow | TargetWatchRow) -> WatchDocument:
    """Return a watch."""
    return WatchDocument(
        id=one.pk,
        project=one.project_slug,
        target=one.target,
        package=one.package if isinstance(one, WatchRow) else None,
        state=one.state,
        since=moment(one.since),
    )


def use_of(one: UsedPackage) -> PackageInUse:
    """Return a package that projects use."""
    return PackageInUse(name=one.name, projects=list(one.projects), checked_at=moment_or_none(one.checked_at))


def matrix_of(details: PackageDetails, slugs: Sequence[str]) -> MatrixDocument:
    """Return what releases of a package offer, given the slugs of the targets in the order of the offers."""
    return MatrixDocument(
        name=details.name,
        status=details.status,
        checked_at=moment_or_none(details.checked_at),
        releases=[_release(one, slugs) for one in details.releases],
        release_count=details.release_count,
    )


def _release(one: ReleaseOffers, slugs: Sequence[str]) -> MatrixRelease:
    return MatrixRelease(
        version=one.version,
        uploaded_at=moment_or_none(one.uploaded_at),
        cells=[
            MatrixOffer(
                target=slug,
                availability=offer.availability,
                yanked=offer.yanked,
            )
            for slug, offer in zip(slugs, one.offers, strict=True)
        ],
    )


def proof_of(one: DatedProof) -> ProofDocument:
    """Return a proof."""
    proof = one.proof
    return ProofDocument(
        target=proof.target,
        ran=proof.ran,
        is_current=one.is_current,
        received_at=moment(one.received_at),
        python=proof.python,
        machine=proof.machine,
        isolation=proof.isolation,
        tests_passed=proof.tests_passed,
        failed=[{"package": each.package, "module": each.module, "tail": each.tail} for each in proof.failed],
        pins={str(name): version for name, version in proof.pins.items()},
    )
