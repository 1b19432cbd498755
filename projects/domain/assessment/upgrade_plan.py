"""An upgrade plan as an assessment stores it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from msgspec import Struct, field
from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.rewriting.limit_changes import LimitChange
from scanner.domain.resolution.explain.conflict import ConflictExplanation
from scanner.domain.resolution.explain.plan_reason import PlanReason
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.model.plans import Blocker, Plan, VersionChange
from scanner.domain.resolution.upgrade import Strategy


class UpgradePlan(Struct, frozen=True):
    """A set that holds on the plan's targets, or the reason why there is none.

    `pins` is the whole set. `changes` are the packages whose version differs from the one in use, direct ones first;
    `added` and `dropped` are the packages that come with the changes and those that nothing needs any more. Of a plan
    that is not feasible, `blockers` are the packages without a version that installs, and changes and pins are what
    clears the rest. `limits` are the conditions of the project and its locks that leave a target out. `conflict` says
    why requirements contradict each other even so.
    """

    strategy: Strategy = Strategy.MINIMAL
    feasible: bool = False
    reason: PlanReason | None = None
    changes: tuple[VersionChange, ...] = ()
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    pins: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[LimitChange, ...] = ()
    conflict: ConflictExplanation | None = None

    @property
    def direct_changes(self) -> tuple[VersionChange, ...]:
        """Return the changes of packages that the project's files name: what a person writes."""
        return tuple(change for change in self.changes if change.direct)

    @property
    def major_changes(self) -> tuple[VersionChange, ...]:
        """Return the changes that are a major step."""
        return tuple(change for change in self.changes if change.size is Step.MAJOR)

    @classmethod
    def of(cls, plan: Plan, strategy: Strategy, limits: tuple[LimitChange, ...] = ()) -> Self:
        """Return the record of a plan that the resolver found."""
        return cls(
            strategy=strategy,
            feasible=plan.feasible,
            reason=plan.reason,
            changes=plan.changes,
            added=tuple(plan.added),
            dropped=tuple(plan.dropped),
            blockers=plan.blockers,
            pins={name: str(version) for name, version in sorted((plan.pins or {}).items())},
            limits=limits,
            conflict=plan.conflict.explanation if plan.conflict is not None and not plan.blockers else None,
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote, or a plan that an earlier version stored, whose reasons are sentences."""
        return cls(
            strategy=Strategy(data["strategy"]),
            feasible=data["feasible"],
            reason=PlanReason.from_json(data["reason"]) if data["reason"] else None,
            changes=tuple(
                VersionChange(
                    NormalizedName(one["name"]),
                    Version(one["from"]),
                    Version(one["to"]),
                    one["direct"],
                    Step(one["size"]),
                    PlanReason.from_json(one["why"]),
                )
                for one in data["changes"]
            ),
            added=tuple(data["added"]),
            dropped=tuple(data["dropped"]),
            blockers=tuple(Blocker(one["name"], PlanReason.from_json(one["reason"])) for one in data["stuck"]),
            pins=data["pins"],
            limits=tuple(map(LimitChange.from_json, data.get("limits", ()))),
            conflict=ConflictExplanation.from_json(data["conflict"]) if data.get("conflict") else None,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the stored plan: JSON values under the keys of schema 1, with data in place of sentences."""
        return {
            "strategy": self.strategy.value,
            "feasible": self.feasible,
            "reason": self.reason.to_json() if self.reason is not None else None,
            "changes": [
                {
                    "name": one.name,
                    "from": str(one.before),
                    "to": str(one.after),
                    "direct": one.direct,
                    "size": one.size.value,
                    "why": one.reason.to_json(),
                }
                for one in self.changes
            ],
            "added": list(self.added),
            "dropped": list(self.dropped),
            "stuck": [{"name": one.name, "reason": one.reason.to_json()} for one in self.blockers],
            "pins": dict(self.pins),
            "limits": [one.to_json() for one in self.limits],
            "conflict": self.conflict.to_json() if self.conflict is not None else None,
        }
