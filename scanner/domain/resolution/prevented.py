"""Breaks that a package in the set prevents, where it is another package that may bring that one."""

from __future__ import annotations

from scanner.domain.evidence.known_breaks import KnownBreak, KnownBreaks
from scanner.domain.resolution.explain.conflict import LineKind
from scanner.domain.resolution.explain.plan_reason import PlanReasonKind
from scanner.domain.resolution.explain.reasons import Obstacle
from scanner.domain.resolution.model.missing import Search
from scanner.domain.resolution.model.plans import Plan
from scanner.domain.resolution.model.policy import Order
from scanner.domain.resolution.problem import Choices, ResolutionProblem
from scanner.domain.resolution.pubgrub.solver import Solved

__all__ = ["breaking_in", "is_further", "preventable", "running_set_search"]


def preventable(plan: Plan, known: KnownBreaks) -> frozenset[KnownBreak]:
    """Return the facts that something in the set may prevent, if one of them is why a plan does not exist."""
    if plan.feasible or plan.reason is None:
        return frozenset()
    if plan.reason.kind not in {PlanReasonKind.BLOCKED, PlanReasonKind.CONTRADICTION}:
        return frozenset()
    found = frozenset(fact for fact in known.facts if fact.unless and any(map(fact.is_on, plan.targets)))
    in_the_way: set[str] = {blocker.name for blocker in plan.blockers}
    explanation = plan.conflict.explanation if plan.conflict is not None else None
    for line in explanation.lines if explanation is not None else ():
        if line.kind is LineKind.BREAKS or line.obstacle is Obstacle.KNOWN_BREAK:
            in_the_way.add(line.name)
    # Of a long account the middle is left out.
    is_open = explanation is not None and bool(explanation.omitted)
    return found if is_open or any(fact.package in in_the_way for fact in found) else frozenset()


def breaking_in(plan: Plan, facts: frozenset[KnownBreak]) -> frozenset[KnownBreak]:
    """Return those of the facts that happen in the set of a plan."""
    return frozenset(
        fact
        for target, resolution in zip(plan.targets, plan.resolutions, strict=False)
        for fact in facts
        if (version := resolution.pins.get(fact.package)) and fact.happens(target, version, resolution.pins)
    )


def is_further(plan: Plan, other: Plan, known: KnownBreaks) -> bool:
    """Return whether a plan is a set in which nothing breaks, or is blocked by fewer packages than another one."""
    if plan.feasible:
        pairs = zip(plan.targets, plan.resolutions, strict=True)
        return not any(known.in_set(target, resolution.pins) for target, resolution in pairs)
    blockers = {blocker.name for blocker in plan.blockers}
    return bool(blockers) and blockers < {blocker.name for blocker in other.blockers}


def running_set_search(problem: ResolutionProblem, choices: Choices) -> Search[tuple[Choices, bool]]:
    """Return a set in which no break happens that was assumed to be prevented, and whether it is one.

    If these choices are none, the newest may be, or else those nearest to the versions in use: another release of some
    package brings what prevents the break.
    """
    if not problem.assumed_prevented or (yield from problem.holds(choices)):
        return choices, True
    other = problem.in_order(Order.LATEST if problem.preference.order is Order.KEEP else Order.KEEP)
    found = yield from other.solve()
    if isinstance(found, Solved):
        choices = other.choices(found)
    return choices, (yield from problem.holds(choices))
