"""Plan an upgrade: from requirements that do not hold to the smallest or the newest set that does."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from scanner.domain.resolution.blockers import certain_blockers
from scanner.domain.resolution.explain.plan_reason import incomplete_reason
from scanner.domain.resolution.failed_plan import cut_short_plan, failed_plan_search
from scanner.domain.resolution.model.missing import Search, finish
from scanner.domain.resolution.model.outcomes import LimitReached
from scanner.domain.resolution.model.plans import Plan
from scanner.domain.resolution.plan_of_set import plan_of_set_search
from scanner.domain.resolution.prevented import breaking_in, is_further, preventable, running_set_search
from scanner.domain.resolution.problem import ResolutionProblem
from scanner.domain.resolution.pubgrub.solver import Exhausted, Solved
from scanner.domain.resolution.upgrade import Upgrade

__all__ = ["plan", "plan_search"]


def plan(upgrade: Upgrade) -> Plan:
    """Find a set that holds on all targets of the upgrade at once, by its strategy.

    A minimal plan keeps the versions in use where it can. What must move goes to the lowest version that works, upper
    bounds are loosened only if pins alone do not help, and taking back any single change breaks the set. Never raises:
    a plan may say that there is no path, that data is missing, or that the search was cut short. Facts that the cache
    does not know are given up.
    """
    return finish(plan_search(upgrade), upgrade.cache)


def plan_search(upgrade: Upgrade) -> Search[Plan]:
    """Search as `plan` does, yielding what is missing.

    Where nothing holds because of breaks that a package in the set would prevent, it searches again as if one did, and
    takes the set only if none of them happens in it.
    """
    first = yield from _search(upgrade)
    prevented = preventable(first, upgrade.known_breaks)
    if not first.feasible and (first.missing.packages or (first.missing and prevented)):
        # What was not read might bring what prevents the break.
        first = replace(first, reason=incomplete_reason(first.missing))
    if not any(upgrade.cache.has_met(fact.package) for fact in prevented):
        # The search would be the same again: it came to none of these packages.
        return first
    while prevented:
        made = yield from _search(replace(upgrade, assumed_prevented=prevented))
        breaking = breaking_in(made, prevented)
        if not breaking:
            return made if is_further(made, first, upgrade.known_breaks) else first
        # The others may be prevented while these are not.
        prevented -= breaking
    return first


def _search(upgrade: Upgrade) -> Search[Plan]:
    forms = upgrade.forms()
    for roots in forms:
        problem = upgrade.problem(roots)
        if roots is not forms[-1] and (yield from problem.known(partial(_certainly_fails, problem))):
            continue
        found = yield from problem.solve()
        if isinstance(found, Exhausted):
            return cut_short_plan(upgrade, problem, LimitReached(found.steps, found.reason))
        if isinstance(found, Solved):
            choices, is_running = yield from running_set_search(problem, problem.choices(found))
            if not is_running and roots is not forms[-1]:
                continue
            return (yield from plan_of_set_search(upgrade, problem, choices))
        if roots is forms[-1]:
            return (yield from failed_plan_search(upgrade, problem, found))
    raise AssertionError("the last form is always tried")


def _certainly_fails(problem: ResolutionProblem) -> bool:
    return any(any(certain_blockers(provider)) for provider in problem.providers)
