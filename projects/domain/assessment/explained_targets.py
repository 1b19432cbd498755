"""The result of each target: its verdict, packages, blockers, conflict and plan.

A step after the searches, because it needs files that are worth reading only for the releases that judgements name.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace
from packaging.utils import NormalizedName

from projects.domain.assessment.conflict_sources import as_stated, with_sources
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.explanation import explain_all
from projects.domain.assessment.index_snapshot import IndexSnapshot
from projects.domain.assessment.renewed_files import renewed_files
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.resolved_target import ResolvedTarget
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict, judge_project
from projects.domain.rewriting.limit_changes import LimitChange, limit_changes
from scanner.domain.resolution.explain.conflict import ConflictExplanation
from scanner.domain.resolution.explain.plan_reason import PlanReason, cut_short_reason, incomplete_reason
from scanner.domain.resolution.model.versions import Candidate


def releases_to_explain(resolved: Iterable[ResolvedTarget]) -> list[Candidate]:
    """Return the releases whose files must be read before `explain_targets`."""
    return [release for one in resolved for judgement in one.judgements.values() for release in judgement.releases]


def explain_targets(
    request: AssessmentRequest,
    resolved: Iterable[ResolvedTarget],
    snapshot: IndexSnapshot,
    explanations: WheelExplanations,
) -> list[TargetResult]:
    """Return the result of each target, in the same order."""
    return [_explain(request, one, snapshot, explanations) for one in resolved]


def _explain(
    request: AssessmentRequest, one: ResolvedTarget, snapshot: IndexSnapshot, explanations: WheelExplanations
) -> TargetResult:
    limits = (*limit_changes(request.limits, [one.target]), *renewed_files(request, one.judgements, one.plan))
    verdict = _verdict(request, one, limits)
    return TargetResult(
        target=one.target.slug,
        verdict=verdict,
        packages=explain_all(one.judgements, one.target, snapshot, explanations, request.now),
        blockers=tuple(name for name in dict.fromkeys(_in_the_way(one)) if name not in one.ignored),
        conflict=_conflict(request, one, verdict),
        plan=_plan(request, one, limits),
        unread=request.unread,
        open_reason=_open_reason(one) if verdict is ProjectVerdict.UNKNOWN else None,
    )


def _conflict(request: AssessmentRequest, one: ResolvedTarget, verdict: ProjectVerdict) -> ConflictExplanation | None:
    """Return why requirements contradict each other.

    Where each package has a version that installs and yet no plan was found, others do not admit these versions.
    """
    is_blocked = any(judgement.verdict is Verdict.BLOCKED for judgement in one.judgements.values())
    if one.closure.conflict is not None:
        found = one.closure.conflict.explanation
    elif verdict is ProjectVerdict.NO_GO and one.plan is not None and one.plan.conflict is not None and not is_blocked:
        found = as_stated(one.plan.conflict.explanation, request.requirements)
    else:
        return None
    return with_sources(replace(found, relaxations=one.ways_out), request.requirements)


def _open_reason(one: ResolvedTarget) -> PlanReason | None:
    """Return what the search of a target lacks; None where it has ended."""
    found, plan = one.closure, one.plan
    if found.missing:
        return incomplete_reason(found.missing)
    if found.limit is not None:
        return cut_short_reason(found.limit.steps)
    return plan.reason if plan is not None and plan.is_open else None


def _in_the_way(one: ResolvedTarget) -> Iterable[NormalizedName]:
    # A set has no order that would be the same in each process.
    return (*one.closure.blockers, *one.breaks.found, *_lacking_extras(one), *sorted(one.lacking))


def _lacking_extras(one: ResolvedTarget) -> Iterable[NormalizedName]:
    """Yield the packages whose only release that installs lacks a requested extra."""
    return (
        name
        for name, judgement in one.judgements.items()
        if judgement.held_back is not None and judgement.verdict is Verdict.BLOCKED
    )


def _plan(request: AssessmentRequest, one: ResolvedTarget, limits: tuple[LimitChange, ...]) -> UpgradePlan | None:
    if one.plan is not None:
        return UpgradePlan.of(one.plan, request.strategy, limits)
    if not limits or not request.with_plans or not one.closure.holds:
        return None
    pins = {str(name): str(version) for name, version in sorted(one.closure.pins.items())}
    return UpgradePlan(request.strategy, feasible=True, pins=pins, limits=limits)


def _verdict(request: AssessmentRequest, one: ResolvedTarget, limits: tuple[LimitChange, ...]) -> ProjectVerdict:
    found = one.closure
    if not request.asks_for_packages:
        return ProjectVerdict.UNKNOWN
    incomplete = bool(found.missing or found.limit or (one.plan and one.plan.is_open))
    verdict = judge_project(
        [judgement.verdict for judgement in one.judgements.values()],
        holds=one.holds,
        incomplete=incomplete,
        plan_found=one.plan.feasible if one.plan is not None else None,
        conflict=found.conflict is not None,
    )
    is_limited = bool(limits or request.unread)
    return ProjectVerdict.CONDITIONAL if verdict is ProjectVerdict.GO and is_limited else verdict
