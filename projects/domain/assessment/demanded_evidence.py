"""The verdicts where a project demands more of a release than that it installs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace
from packaging.utils import NormalizedName

from projects.domain.assessment.index_snapshot import IndexSnapshot, installable_from
from projects.domain.assessment.judgement import Judgement, installed_release
from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.domain.assessment.run_evidence import DemandedEvidence, evidence_of
from projects.domain.assessment.verdicts import Verdict, judge_severity
from scanner.domain.evidence.declared import Declaration, read_declared
from scanner.domain.evidence.known_breaks import BreaksInSet
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.resolution.model.versions import Candidate

if TYPE_CHECKING:
    from projects.domain.received_proof import ReceivedProof


def demand_evidence(
    judgements: Mapping[NormalizedName, Judgement],
    demanded: DemandedEvidence,
    proof: ReceivedProof | None,
    snapshot: IndexSnapshot,
    breaks: BreaksInSet,
    policy: BuildPolicy,
) -> dict[NormalizedName, Judgement]:
    """Return the judgements in which a package that installs, and of which no more is known, is not ready.

    `proof` is the last one of the target. What does not install, or is unknown, stays as it is.
    """
    if demanded is DemandedEvidence.INSTALLS:
        return dict(judgements)
    demand = _Demand(snapshot, breaks, policy)
    return {
        name: one
        if not one.verdict.installs
        else demand.declared(one)
        if demanded is DemandedEvidence.DECLARED
        else _proven(one, proof)
        for name, one in judgements.items()
    }


class _Demand:
    def __init__(self, snapshot: IndexSnapshot, breaks: BreaksInSet, policy: BuildPolicy) -> None:
        self._snapshot, self._breaks, self._policy = snapshot, breaks, policy

    def declared(self, one: Judgement) -> Judgement:
        """Return the judgement of a package that installs, where its release must declare the Python."""
        package = self._snapshot.packages.get(one.name)
        release = installed_release(one, package)
        evidence = evidence_of(release, None, self._breaks.target.python)
        if evidence.declaration.is_declared:
            return one
        if evidence.declaration is Declaration.NOT_READ:
            # Of a file that is not from the index nothing is ever read.
            verdict = Verdict.UNKNOWN if release is not None else Verdict.NOT_JUDGED
            return _lacking(one, verdict, PackageReason(ReasonKind.UNREAD_DECLARATION))
        reason = PackageReason(ReasonKind.NOT_DECLARED, evidence.newest_declared)
        later = self._declaring_after(one)
        if not later:
            return _lacking(one, Verdict.BLOCKED, reason)
        return replace(_lacking(one, Verdict.UPGRADE, reason), first=later[0], latest=later[-1])

    def _declaring_after(self, one: Judgement) -> list[Candidate]:
        """Return the releases that install, run, and are known to declare the Python, ascending."""
        package = self._snapshot.packages.get(one.name)
        if package is None:
            return []
        column, python = self._snapshot.column(self._breaks.target), self._breaks.target.python
        return [
            later
            for later in installable_from(package, column, self._policy, one.version)
            if later.declared and read_declared(later.declared).on(python).is_declared
            if self._breaks.runs(one.name, later.version)
        ]


def lacks_evidence(one: Judgement) -> bool:
    """Return whether a package is not ready because of what is demanded, and is known to lack it."""
    is_demanded = one.reason is not None and one.reason.kind in {ReasonKind.NOT_DECLARED, ReasonKind.FAILED_PROOF}
    return is_demanded and one.verdict in {Verdict.UPGRADE, Verdict.BLOCKED}


def _proven(one: Judgement, proof: ReceivedProof | None) -> Judgement:
    version = one.held_back.version if one.held_back is not None else one.version
    ran = proof.ran_in(one.name, str(version)) if proof is not None else None
    if ran or proof is None or ran is None:
        return one if ran else _lacking(one, Verdict.NOT_JUDGED, PackageReason(ReasonKind.NOT_PROVEN))
    return _lacking(one, Verdict.BLOCKED, PackageReason(ReasonKind.FAILED_PROOF, proof.error_of(one.name)))


def _lacking(one: Judgement, verdict: Verdict, reason: PackageReason) -> Judgement:
    severity = judge_severity(verdict, direct=one.provenance.direct, major_step=False, dependents_share=0.0)
    return replace(one, verdict=verdict, severity=severity, reason=reason)
