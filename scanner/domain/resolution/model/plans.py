"""Upgrade plans as values: what changes, what the whole set then is, or why there is no path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.explain.derivation import Derivation
from scanner.domain.resolution.explain.plan_reason import PlanReason
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.model.candidates import RootRequirements
from scanner.domain.resolution.model.outcomes import LimitReached, Missing, Resolution
from scanner.domain.targets.target import Target

__all__ = ["Blocker", "Plan", "VersionChange"]


@dataclass(frozen=True, slots=True)
class VersionChange:
    """One package moves. `direct` means that the project itself names it; `why` is a clause of a sentence."""

    name: NormalizedName
    before: Version
    after: Version
    direct: bool
    size: Step
    reason: PlanReason


@dataclass(frozen=True, slots=True)
class Blocker:
    """A package that no admitted version clears, and why."""

    name: NormalizedName
    reason: PlanReason


@dataclass(frozen=True, slots=True)
class Plan:
    """One way to a set that holds on all of `targets`, or the news that there is none.

    `pins` is the whole set (of a bridge: of all targets together, while `resolutions` has each target's part). When
    the plan is not feasible, `stuck` names the packages that nothing clears, `changes` and `pins` are what would clear
    the rest, and `reason` says it in a sentence; a conflict leaves changes and pins empty. `added` are packages that
    come with the changes, `dropped` those that go. `question` is the form of the question that the set answers: as
    written, or as far loosened as it took.
    """

    targets: tuple[Target, ...]
    feasible: bool
    changes: tuple[VersionChange, ...] = ()
    pins: Mapping[NormalizedName, Version] | None = None
    added: tuple[NormalizedName, ...] = ()
    dropped: tuple[NormalizedName, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    reason: PlanReason | None = None
    derivation: Derivation | None = None
    missing: Missing = field(default_factory=Missing)
    limit: LimitReached | None = None
    resolutions: tuple[Resolution, ...] = ()
    roots: RootRequirements | None = None

    @property
    def direct_changes(self) -> tuple[VersionChange, ...]:
        """The changes a person has to write down."""
        return tuple(change for change in self.changes if change.direct)
