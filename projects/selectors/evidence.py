"""What is known of the packages in use beyond their verdicts: readings of wheels, and proofs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.target_result import TargetResult
from projects.domain.received_proof import DatedProof, ReceivedProof
from projects.models import Assessment, Project, Snapshot, StoredProof, TargetAssessment
from projects.presentation.proofs import ProofLine, proof_line
from scanner.domain.evidence.wheel_reading import WheelReading
from scanner.selectors.wheel_readings import wheel_readings


def reading_of(package: PackageResult) -> WheelReading | None:
    """Return what was read of the wheel that a package installs; None where it was not read. One query at most."""
    return wheel_readings([package.file]).get(package.file) if package.file else None


def readings_of(results: Iterable[TargetResult]) -> dict[str, WheelReading]:
    """Return what was read of the wheels that packages of these targets install, by file name. One query at most."""
    files = {package.file for result in results for package in result.packages if package.file}
    return wheel_readings(files) if files else {}


def proof_of(project: Project, target: str, pins: Mapping[str, str] | None = None) -> DatedProof | None:
    """Return the last proof of a target, current if it is of the set `pins`. One query."""
    row = StoredProof.objects.filter(project=project, target=target).first()
    return _dated(row, pins) if row is not None else None


def proof_lines(project: Project) -> tuple[ProofLine, ...]:
    """Return what a project's page says of its proofs, in the order of its targets. Four queries, one without any."""
    return tuple(map(proof_line, dated_proofs(project)))


def dated_proofs(project: Project) -> tuple[DatedProof, ...]:
    """Return the last proof of each target of the newest assessment that has one. Four queries, one without any."""
    rows = {row.target: row for row in StoredProof.objects.filter(project=project)}
    if not rows:
        return ()
    sets = {slug: result.installed_set for slug, result in _results(project, rows.keys()).items()}
    return tuple(_dated(rows[slug], pins) for slug, pins in sets.items())


def _dated(row: StoredProof, pins: Mapping[str, str] | None) -> DatedProof:
    proof = ReceivedProof.from_json(row.content)
    return DatedProof(proof, row.received_at, pins is not None and proof.is_of(pins))


def _results(project: Project, targets: Collection[str]) -> dict[str, TargetResult]:
    snapshot = Snapshot.objects.filter(project=project).order_by("-pk").first()
    newest = Assessment.objects.filter(snapshot=snapshot).newest_first().first() if snapshot is not None else None
    if newest is None:
        return {}
    found = TargetAssessment.objects.filter(assessment=newest, target__in=targets)
    return {row.target: row.to_result() for row in found}
