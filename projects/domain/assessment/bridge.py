"""One set of versions for several targets at once: upgrade first, switch the interpreter after. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.evaluate import ResolvedTarget
from projects.domain.assessment.index_snapshot import IndexSnapshot
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.root_requirements import question_of
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.plans import Plan
from scanner.domain.resolution.upgrade import Upgrade, plan


def bridge_over(request: AssessmentRequest, snapshot: IndexSnapshot, resolved: Sequence[ResolvedTarget]) -> Plan | None:
    """The set that holds on all resolved targets; None when the wish asks for none, or when data is missing yet.

    In use counts what the first target resolves to, then what only later ones have.
    """
    if not request.bridge or not resolved or any(one.closure.missing or one.closure.limit for one in resolved):
        return None
    current: dict[NormalizedName, Version] = {}
    for one in reversed(resolved):
        current.update(one.closure.pins)
    upgrade = Upgrade(
        ResolutionCache(snapshot),
        [one.target for one in resolved],
        question_of(request.requirements),
        request.resolver_policy,
        current,
        request.strategy,
        request.step,
        request.holds,
        limits=request.limits(),
    )
    return plan(upgrade)
