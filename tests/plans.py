"""Upgrade plans for tests, as the resolver records them and as a stored assessment holds them."""

from collections.abc import Mapping, Sequence
from typing import Any

from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.upgrade_plan import UpgradePlan
from scanner.domain.resolution.explain.plan_reason import PlanReason
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.model.plans import Blocker, VersionChange

MUST = PlanReason.from_json("it must")


def change(
    name: str, before: str, after: str, *, direct: bool = True, size: Step = Step.MINOR, why: PlanReason = MUST
) -> VersionChange:
    return VersionChange(NormalizedName(name), Version(before), Version(after), direct, size, why)


def plan_of(
    changes: Sequence[VersionChange] = (),
    *,
    feasible: bool = True,
    pins: Mapping[str, str] | None = None,
    blockers: Mapping[str, PlanReason] | None = None,
    reason: PlanReason | None = None,
) -> UpgradePlan:
    """Return a minimal plan. Its pins are the new versions unless given; `blockers` maps names to reasons."""
    return UpgradePlan(
        feasible=feasible,
        reason=reason,
        changes=tuple(changes),
        blockers=tuple(Blocker(NormalizedName(name), why) for name, why in (blockers or {}).items()),
        pins=dict(pins if pins is not None else {one.name: str(one.after) for one in changes}),
    )


def stored_plan(changes: Sequence[VersionChange] = (), **more: Any) -> dict[str, Any]:
    """Return the same plan as an assessment stores it."""
    return plan_of(changes, **more).to_json()
