"""Upgrade plans: what changes, the whole set, or why there is no path."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.explain.account import ConflictAccount
from scanner.domain.resolution.explain.plan_reason import PlanReason, PlanReasonKind
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.resolution.model.outcomes import LimitReached, Resolution
from scanner.domain.resolution.model.root_requirements import RootRequirements
from scanner.domain.targets.target import Target

__all__ = ["Blocker", "Plan", "VersionChange"]

_REFUTED = {PlanReasonKind.BLOCKED, PlanReasonKind.CONTRADICTION}


class VersionChange(Struct, frozen=True):
    """A package that moves. `direct` means that the project itself requires it."""

    name: NormalizedName
    before: Version
    after: Version
    direct: bool
    size: Step
    reason: PlanReason


class Blocker(Struct, frozen=True):
    """A package without a version that works within the requirements, and why."""

    name: NormalizedName
    reason: PlanReason


class Plan(Struct, frozen=True):
    """A set that holds on all of `targets`, or the reason why there is none.

    `pins` is the whole set; `resolutions` has the part of each target. If the plan is not feasible, `reason` says why,
    `blockers` are the packages without a version that works, and `changes` and `pins` are what clears the rest; a
    contradiction leaves them empty. `added` are packages that come with the changes, `dropped` those that are no
    longer needed. `conflict` says why no set holds. `roots` is the form of the requirements that the set satisfies:
    as written, or loosened.
    """

    targets: tuple[Target, ...]
    feasible: bool
    changes: tuple[VersionChange, ...] = ()
    pins: Mapping[NormalizedName, Version] | None = None
    added: tuple[NormalizedName, ...] = ()
    dropped: tuple[NormalizedName, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    reason: PlanReason | None = None
    conflict: ConflictAccount | None = None
    missing: Missing = field(default_factory=Missing)
    limit: LimitReached | None = None
    resolutions: tuple[Resolution, ...] = ()
    roots: RootRequirements | None = None

    @property
    def is_open(self) -> bool:
        """Whether what is missing, or more time, may change if there is a set.

        What was not read counts as requiring nothing: where no set holds even so, none does.
        """
        is_refuted = self.reason is not None and self.reason.kind in _REFUTED
        return self.limit is not None or (bool(self.missing) and not is_refuted)

    @property
    def direct_changes(self) -> tuple[VersionChange, ...]:
        """The changes that a person has to write into the project's files."""
        return tuple(change for change in self.changes if change.direct)
