"""The verdicts where a project demands more of a release than that it installs, and what plans may choose then."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace
from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.index_snapshot import IndexSnapshot
from projects.domain.assessment.judgement import Judgement, installed_release
from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.run_evidence import DemandedEvidence, evidence_of
from projects.domain.assessment.verdicts import Verdict, judge_severity
from scanner.domain.evidence.declared import Declaration, read_declared
from scanner.domain.evidence.known_breaks import BreaksInSet
from scanner.domain.resolution.demanded import Demand, Meets
from scanner.domain.resolution.explain.reasons import Obstacle
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.missing import Search
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.resolution.model.versions import Candidate
from scanner.domain.targets.target import Target

if TYPE_CHECKING:
    from projects.domain.received_proof import ReceivedProof


def demand_of(
    request: AssessmentRequest,
    snapshot: IndexSnapshot,
    cache: ResolutionCache,
    target: Target,
    exempt: Collection[NormalizedName] = (),
) -> Demand | None:
    """Return what the plans for a target demand of a release; None where it must only install.

    What never ran there can only be proved once it is planned, so of `ran` a plan avoids what failed in the last proof.
    """
    match request.demanded:
        case DemandedEvidence.INSTALLS:
            return None
        case DemandedEvidence.DECLARED:
            return Demand(
                cache, target, request.plan_policy, Obstacle.NOT_DECLARED, _declares(snapshot, target), exempt
            )
        case DemandedEvidence.RAN:
            meets = _did_not_fail(request.proofs.get(target.slug))
            return Demand(cache, target, request.plan_policy, Obstacle.FAILED_PROOF, meets, exempt)


def _declares(snapshot: IndexSnapshot, target: Target) -> Meets:
    def meets(name: NormalizedName, version: Version) -> bool | None:
        release = snapshot.candidate(name, version)
        if release is None or not release.declared:
            return None
        return read_declared(release.declared).on(target.python).is_declared

    return meets


def _did_not_fail(proof: ReceivedProof | None) -> Meets:
    def meets(name: NormalizedName, version: Version) -> bool:
        return proof is None or proof.ran_in(name, str(version)) is not False

    return meets


def demand_evidence(
    judgements: Mapping[NormalizedName, Judgement],
    request: AssessmentRequest,
    demand: Demand,
    snapshot: IndexSnapshot,
    breaks: BreaksInSet,
) -> Search[dict[NormalizedName, Judgement]]:
    """Return the judgements in which a package that installs, and of which no more is known, is not ready.

    What does not install, or is unknown, stays as it is.
    """
    installing = {name: one for name, one in judgements.items() if one.verdict.installs}
    if request.demanded is DemandedEvidence.RAN:
        proof = request.proofs.get(demand.target.slug)
        return {**judgements, **{name: _proven(one, proof) for name, one in installing.items()}}
    for name, one in installing.items():
        if (release := installed_release(one, snapshot.packages.get(name))) is not None:
            yield from demand.look(name, release.version)
    declared = _DeclaredJudgements(demand, snapshot, breaks, request.resolver_policy)
    return {**judgements, **{name: declared.judge(one) for name, one in installing.items()}}


class _DeclaredJudgements:
    def __init__(self, demand: Demand, snapshot: IndexSnapshot, breaks: BreaksInSet, policy: BuildPolicy) -> None:
        self._demand, self._snapshot, self._breaks, self._policy = demand, snapshot, breaks, policy

    def judge(self, one: Judgement) -> Judgement:
        """Return the judgement of a package that installs, where its release must declare the Python."""
        release = installed_release(one, self._snapshot.packages.get(one.name))
        evidence = evidence_of(release, None, self._demand.target.python)
        if evidence.declaration.is_declared:
            return one
        if release is None or evidence.declaration is Declaration.NOT_READ:
            # Of a file that is not from the index nothing is ever read.
            verdict = Verdict.UNKNOWN if release is not None else Verdict.NOT_JUDGED
            return _lacking(one, verdict, PackageReason(ReasonKind.UNREAD_DECLARATION))
        reason = PackageReason(ReasonKind.NOT_DECLARED, evidence.newest_declared)
        later = self._declaring_after(one.name, release.version)
        if not later:
            return _lacking(one, Verdict.BLOCKED, reason)
        return replace(_lacking(one, Verdict.UPGRADE, reason), first=later[0], latest=later[-1])

    def _declaring_after(self, name: NormalizedName, version: Version) -> list[Candidate]:
        """Return the releases that install, run, and were found to declare the Python, ascending."""
        column = self._snapshot.column(self._demand.target)
        found = (self._snapshot.candidate(name, later) for later in self._demand.later(name, version))
        return [
            one
            for one in found
            if one is not None and self._policy.installs_candidate(one, column) and self._breaks.runs(name, one.version)
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
