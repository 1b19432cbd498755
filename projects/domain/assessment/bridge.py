"""One set of versions for several targets at once, so that packages can be upgraded before the interpreter."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.demanded_evidence import demand_of
from projects.domain.assessment.index_snapshot import IndexSnapshot
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.resolved_target import ResolvedTarget
from projects.domain.assessment.root_requirements import root_requirements_of, versions_in_use, without_reached
from scanner.domain.resolution.demanded import demanded_plan_search
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.missing import Search
from scanner.domain.resolution.model.outcomes import SearchLimits
from scanner.domain.resolution.model.plans import Plan
from scanner.domain.resolution.upgrade import Upgrade


def bridge_search(
    request: AssessmentRequest,
    snapshot: IndexSnapshot,
    cache: ResolutionCache,
    resolved: Sequence[ResolvedTarget],
    limits: SearchLimits,
) -> Search[Plan | None]:
    """Search one set that holds on all resolved targets; None when facts are missing that a target depends on.

    The versions in use are those of the first target, then those that only later targets have.
    """
    if not resolved or any(one.closure.missing or one.closure.limit for one in resolved):
        return None
    roots = root_requirements_of(request.requirements, request.limits)
    current: dict[NormalizedName, Version] = {}
    for one in reversed(resolved):
        current.update(versions_in_use(roots, one.target, one.closure.pins))
    roots = without_reached(roots, [one.closure for one in resolved])
    upgrade = Upgrade(
        cache,
        [one.target for one in resolved],
        roots,
        request.plan_policy,
        current,
        request.strategy,
        request.step,
        request.holds,
        limits=limits,
        known_breaks=request.known_breaks,
        caps=request.caps,
    )
    demands = [demand_of(request, snapshot, cache, one.target, one.ignored) for one in resolved]
    return (yield from demanded_plan_search(upgrade, [one for one in demands if one is not None]))
