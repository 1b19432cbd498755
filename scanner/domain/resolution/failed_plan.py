"""The plan of an upgrade for which no set was found: what is in the way, and what can be done all the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec.structs import replace
from packaging.utils import NormalizedName

from scanner.domain.resolution.blockers import explain_in, find_blockers
from scanner.domain.resolution.explain.account import ConflictAccount
from scanner.domain.resolution.explain.conflict import ConflictExplanation, ConflictLine, LineKind
from scanner.domain.resolution.explain.moves import blocker_reason
from scanner.domain.resolution.explain.plan_reason import PlanReason, PlanReasonKind, cut_short_reason
from scanner.domain.resolution.model.missing import Search
from scanner.domain.resolution.model.outcomes import LimitReached
from scanner.domain.resolution.model.plans import Blocker, Plan
from scanner.domain.resolution.plan_of_set import plan_of_set_search
from scanner.domain.resolution.prevented import running_set_search
from scanner.domain.resolution.problem import ResolutionProblem
from scanner.domain.resolution.pubgrub.solver import Unsolvable
from scanner.domain.resolution.upgrade import Upgrade

__all__ = ["cut_short_plan", "failed_plan_search"]

_STATEMENTS = (LineKind.ASKED, LineKind.LIMITED, LineKind.OVERRIDDEN, LineKind.NEEDS)
_LACKS = (LineKind.UNAVAILABLE, LineKind.NOT_FOUND, LineKind.UNREADABLE, LineKind.BREAKS)


def failed_plan_search(upgrade: Upgrade, problem: ResolutionProblem, failure: Unsolvable) -> Search[Plan]:
    """Return the plan that names what blocks it, and the changes that clear the rest, unless pre-releases hold.

    `failure` is why `problem`, which has the loosest form of the requirements, has no solution.
    """
    found = yield from find_blockers(problem)
    if found.limit is not None:
        return cut_short_plan(upgrade, found.problem, found.limit)
    conflict = explain_in(problem, failure.proof) if failure.proof is not None else None
    if found.choices is None:
        return Plan(
            tuple(upgrade.targets),
            feasible=False,
            reason=PlanReason(PlanReasonKind.CONTRADICTION, sides=_sides(conflict)),
            conflict=conflict,
            missing=found.problem.missing(),
        )
    choices, _ = yield from running_set_search(found.problem, found.choices)
    around = yield from plan_of_set_search(upgrade, found.problem, choices)
    blockers: dict[NormalizedName, Blocker] = {}
    for provider, resolution in zip(found.problem.providers, around.resolutions, strict=True):
        for edge in resolution.edges:
            name = edge.requirement.name
            candidates = provider.candidates(name)
            version = resolution.pins.get(name)
            choice = 0 if candidates is None or version is None else candidates.package.choice(version)
            if candidates is not None and name not in resolution.urls and not choice & candidates.usable:
                blockers.setdefault(name, Blocker(name, blocker_reason(provider, name, found.problem.targets)))
    if not blockers:
        # Pre-releases, which count where no final release is usable, hold together.
        return around
    kept_back = {name for name in blockers if name in upgrade.current}
    return replace(
        around,
        feasible=False,
        changes=tuple(change for change in around.changes if change.name not in kept_back),
        pins={name: version for name, version in (around.pins or {}).items() if name not in blockers},
        blockers=tuple(blockers.values()),
        reason=PlanReason(PlanReasonKind.BLOCKED, parts=tuple(one.reason for one in blockers.values())),
        conflict=conflict,
    )


def cut_short_plan(upgrade: Upgrade, problem: ResolutionProblem, limit: LimitReached) -> Plan:
    """Return the plan, without a set, of a search that reached its limit."""
    reason = cut_short_reason(limit.steps)
    return Plan(tuple(upgrade.targets), feasible=False, reason=reason, missing=problem.missing(), limit=limit)


def _sides(conflict: ConflictAccount | None) -> tuple[ConflictLine, ...]:
    """Return the first two statements about the package that has no version left, or one and what its versions lack."""
    explanation = conflict.explanation if conflict is not None else ConflictExplanation()

    def about(kinds: Collection[LineKind]) -> Iterator[ConflictLine]:
        for line in explanation.lines:
            name = line.required if line.kind is LineKind.NEEDS else line.name
            if line.kind in kinds and name == explanation.exhausted:
                yield line

    return (*about(_STATEMENTS), *about(_LACKS))[:2]
