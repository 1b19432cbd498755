"""Upgrade plans for tests, as the resolver records them and as a stored assessment holds them."""

from collections.abc import Mapping, Sequence
from typing import Any

from projects.domain.assessment.upgrade_plan import PlannedChange, StuckPackage, UpgradePlan


def change(
    name: str, before: str, after: str, *, direct: bool = True, size: str = "minor", why: str = "it must"
) -> PlannedChange:
    return PlannedChange(name, before, after, direct, size, why)


def plan_of(
    changes: Sequence[PlannedChange] = (),
    *,
    feasible: bool = True,
    pins: Mapping[str, str] | None = None,
    stuck: Mapping[str, str] | None = None,
    reason: str = "",
) -> UpgradePlan:
    """Return a minimal plan. Its pins are the new versions unless given; `stuck` maps names to reasons."""
    return UpgradePlan(
        strategy="minimal",
        feasible=feasible,
        reason=reason,
        changes=tuple(changes),
        stuck=tuple(StuckPackage(name, text) for name, text in (stuck or {}).items()),
        pins=dict(pins if pins is not None else {one.name: one.after for one in changes}),
    )


def stored_plan(changes: Sequence[PlannedChange] = (), **more: Any) -> dict[str, Any]:
    """Return the same plan as an assessment stores it."""
    return plan_of(changes, **more).to_json()
