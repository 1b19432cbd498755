"""The facts about packages at one time, for checking claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from projects.domain.assessment.index_snapshot import FilesOf, IndexSnapshot, PackageSnapshot
from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.run_evidence import evidence_of
from projects.domain.assessment.target_result import TargetResult
from projects.domain.claims.claim import Claim
from projects.domain.claims.facts import MeasuredRelease, PackageFacts
from projects.domain.received_proof import ReceivedProof
from projects.presentation.evidence import reading_text
from projects.services.assessments.read_index import IndexReader, read_files
from scanner.domain.evidence.known_breaks import BreaksInSet
from scanner.domain.evidence.wheel_reading import WheelReading
from scanner.domain.matching.availability import Availability
from scanner.domain.matching.explain import explain_cell
from scanner.domain.matching.reason_text import reason_text
from scanner.domain.resolution.explain.sentences import plan_reason_text
from scanner.domain.resolution.model.versions import Candidate
from scanner.selectors.wheel_readings import wheel_readings
from scanner.services.index_sets import IndexSet
from scanner.services.refresh import refresh

_COMPILED = {Availability.NATIVE, Availability.ABI3}


def read_facts(
    request: AssessmentRequest,
    result: TargetResult,
    claims: Sequence[Claim],
    *,
    indexes: IndexSet,
    as_of: datetime | None,
) -> dict[str, PackageFacts]:
    """Return the facts about all packages of the result and of the claims, by name.

    Polls the claimed packages that the requirements do not lead to. A few queries.
    """
    target = request.targets[0]
    packages: dict[str, PackageResult] = {package.name: package for package in result.packages}
    claimed = {claim.name: claim for claim in claims}
    extra = claimed.keys() - packages.keys()
    refresh(indexes, extra, on_polled=lambda name, done, total: None)
    reader = IndexReader(indexes, request, as_of=as_of)
    reader.read({*packages, *claimed})
    pins = {canonicalize_name(name): Version(version) for name, version in result.installed_set.items()}
    breaks = BreaksInSet(request.known_breaks, target, pins)
    proof = request.proofs.get(target.slug)
    chosen = {
        name: _chosen(reader.snapshot, name, packages.get(name), claimed.get(name), breaks, proof)
        for name in {*packages, *claimed}
    }
    candidates = [candidate for found in chosen.values() for candidate in found.values() if candidate is not None]
    files_of = read_files(candidates, as_of=as_of)
    readings = wheel_readings([package.file for package in result.packages if package.file])
    planned = {str(change.name): change for change in (result.plan.changes if result.plan else ())}
    return {
        name: PackageFacts(
            **{
                role: _measured(candidate, name, breaks, files_of, proof, readings) for role, candidate in found.items()
            },
            planned=str(planned[name].after) if name in planned else None,
            plan_reason=plan_reason_text(planned[name].reason) if name in planned else "",
            paths=packages[name].provenance.paths if name in packages else (),
            is_direct=name in packages and packages[name].provenance.direct is not False,
        )
        for name, found in chosen.items()
    }


def _chosen(
    snapshot: IndexSnapshot,
    name: str,
    result: PackageResult | None,
    claim: Claim | None,
    breaks: BreaksInSet,
    proof: ReceivedProof | None,
) -> dict[str, Candidate | None]:
    """Return the candidates for the fields of PackageFacts that hold releases."""
    package = snapshot.packages.get(name)
    start = _version(claim.current if claim else None)
    later = [
        candidate
        for candidate in (package.candidates if package else ())
        if (start is None or candidate.version >= start)
        and not candidate.version.is_prerelease
        and not candidate.offers[0].yanked
    ]
    wheels = [
        candidate
        for candidate in later
        if candidate.offers[0].availability.installs_wheel
        and breaks.runs(canonicalize_name(name), candidate.version)
        and _ran(proof, name, candidate) is not False
    ]
    compiled = (candidate for candidate in wheels if candidate.offers[0].availability in _COMPILED)
    return {
        "used": _candidate(package, result.version if result else None),
        "first": wheels[0] if wheels else None,
        "first_compiled": next(compiled, None),
    }


def _candidate(package: PackageSnapshot | None, version: str | None) -> Candidate | None:
    parsed = _version(version)
    return package.candidate(parsed) if package is not None and parsed is not None else None


def _version(text: str | None) -> Version | None:
    try:
        return Version(text) if text else None
    except InvalidVersion:
        return None


def _ran(proof: ReceivedProof | None, name: str, candidate: Candidate) -> bool | None:
    return proof.ran_in(canonicalize_name(name), str(candidate.version)) if proof is not None else None


def _measured(
    candidate: Candidate | None,
    name: str,
    breaks: BreaksInSet,
    files_of: FilesOf,
    proof: ReceivedProof | None,
    readings: Mapping[str, WheelReading],
) -> MeasuredRelease | None:
    if candidate is None:
        return None
    cell = explain_cell(files_of(candidate), breaks.target, source_detail=candidate.build)
    day = cell.uploaded_at.date().isoformat() if cell.uploaded_at else "unknown date"
    fact = breaks.fact_against(canonicalize_name(name), candidate.version)
    reading = readings.get(cell.file or "")
    return MeasuredRelease(
        *(str(candidate.version), cell.availability, cell.file or "", day, reason_text(cell.reason)),
        declaration=evidence_of(candidate, None, breaks.target.python).declaration,
        broken=f"{fact.action} fails with {fact.symptom}" if fact is not None else "",
        ran=_ran(proof, name, candidate),
        read=reading_text(reading, breaks.target.python) if reading is not None else "",
    )
