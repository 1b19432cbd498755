"""An upgrade plan as it is stored and exported: schema 1's `plan`, read and written here only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from scanner.domain.resolution.explain.sentences import plan_reason_text
from scanner.domain.resolution.model.plans import Plan
from scanner.domain.resolution.upgrade import Strategy


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """A package that the plan moves. `direct`: the project's files name it; `size` is the step; `why` is a clause."""

    name: str
    before: str
    after: str
    direct: bool
    size: str
    why: str


@dataclass(frozen=True, slots=True)
class StuckPackage:
    """A package of which no admitted version installs, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class UpgradePlan:
    """A set that holds on the plan's targets, or the reason why there is none.

    `pins` is the whole set. `changes` are the packages whose version differs from the one in use, direct ones first;
    `added` and `dropped` are the packages that come with the changes and those that nothing needs any more. Of a plan
    that is not feasible, `stuck` are the packages that nothing clears, and changes and pins are what clears the rest.
    """

    strategy: str
    feasible: bool
    reason: str = ""
    changes: tuple[PlannedChange, ...] = ()
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    stuck: tuple[StuckPackage, ...] = ()
    pins: Mapping[str, str] = field(default_factory=dict)

    @property
    def direct_changes(self) -> tuple[PlannedChange, ...]:
        """Return the changes of packages that the project's files name: what a person writes."""
        return tuple(change for change in self.changes if change.direct)

    @property
    def major_changes(self) -> tuple[PlannedChange, ...]:
        """Return the changes that are a major step."""
        return tuple(change for change in self.changes if change.size == "major")

    @classmethod
    def of(cls, plan: Plan, strategy: Strategy) -> Self:
        """Return the record of a plan that the resolver found."""
        return cls(
            strategy=strategy.value,
            feasible=plan.feasible,
            reason=plan_reason_text(plan.reason) if plan.reason is not None else "",
            changes=tuple(
                PlannedChange(
                    one.name,
                    str(one.before),
                    str(one.after),
                    direct=one.direct,
                    size=one.size.value,
                    why=plan_reason_text(one.reason),
                )
                for one in plan.changes
            ),
            added=tuple(plan.added),
            dropped=tuple(plan.dropped),
            stuck=tuple(StuckPackage(one.name, plan_reason_text(one.reason)) for one in plan.blockers),
            pins={name: str(version) for name, version in sorted((plan.pins or {}).items())},
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read a stored or exported plan."""
        return cls(
            strategy=data["strategy"],
            feasible=data["feasible"],
            reason=data["reason"] or "",
            changes=tuple(
                PlannedChange(one["name"], one["from"], one["to"], one["direct"], one["size"], one["why"])
                for one in data["changes"]
            ),
            added=tuple(data["added"]),
            dropped=tuple(data["dropped"]),
            stuck=tuple(StuckPackage(one["name"], one["reason"]) for one in data["stuck"]),
            pins=data["pins"],
        )

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON values. `requirements` is null until the plan is written into the project's files."""
        return {
            "strategy": self.strategy,
            "feasible": self.feasible,
            "reason": self.reason or None,
            "changes": [
                {
                    "name": one.name,
                    "from": one.before,
                    "to": one.after,
                    "direct": one.direct,
                    "size": one.size,
                    "why": one.why,
                }
                for one in self.changes
            ],
            "added": list(self.added),
            "dropped": list(self.dropped),
            "stuck": [{"name": one.name, "reason": one.reason} for one in self.stuck],
            "pins": dict(self.pins),
            "requirements": None,
        }
