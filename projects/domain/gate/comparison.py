"""What changed against a baseline, and what that means for the exit status of a command."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum, StrEnum

from msgspec import Struct

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.gate.baseline import TargetBaseline
from projects.domain.rewriting.limit_changes import LimitChange


class ExitStatus(IntEnum):
    """The exit status of `assess` and `audit`."""

    FINE = 0
    FAILED = 1
    UNUSABLE = 2
    UNKNOWN = 3
    PROGRESS = 4


class FailOn(StrEnum):
    """What makes `assess` fail."""

    NEVER = "never"
    NEW_BLOCKERS = "new-blockers"
    NO_GO = "no-go"
    CONDITIONAL = "conditional"


class ProgressKind(StrEnum):
    """What counts as good news with an exit status of its own."""

    BLOCKER_FELL = "blocker-fell"
    TARGET_READY = "target-ready"


class TargetChange(Struct, frozen=True):
    """One target against its baseline.

    `new` and `fallen` are packages that block now and did not, and the reverse. `new_conflict`: requirements contradict
    each other, and did not. `became_ready`: the project could not move there, and can now, as it is or after upgrades;
    `limits` are then its own conditions that still leave the target out. `is_unknown`: data is missing that was there.
    """

    target: str
    new: tuple[str, ...] = ()
    fallen: tuple[str, ...] = ()
    new_conflict: bool = False
    became_ready: bool = False
    is_unknown: bool = False
    limits: tuple[LimitChange, ...] = ()

    @property
    def is_worse(self) -> bool:
        """Whether something blocks that did not."""
        return bool(self.new) or self.new_conflict

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.is_worse or self.fallen or self.became_ready or self.is_unknown)


def compare_with_baseline(before: TargetBaseline, result: TargetResult) -> TargetChange:
    """Return what changed on a target. While the verdict is unknown, nothing has fallen."""
    now = TargetBaseline.of(result)
    is_known = now.verdict is not ProjectVerdict.UNKNOWN
    is_ready = now.verdict in {ProjectVerdict.GO, ProjectVerdict.CONDITIONAL}
    return TargetChange(
        target=result.target,
        new=tuple(sorted(now.blockers - before.blockers)),
        fallen=tuple(sorted(before.blockers - now.blockers)) if is_known else (),
        new_conflict=now.has_conflict and not before.has_conflict,
        became_ready=is_ready and before.verdict is ProjectVerdict.NO_GO,
        is_unknown=not is_known and before.verdict is not ProjectVerdict.UNKNOWN,
        limits=result.plan.limits if is_ready and result.plan is not None else (),
    )


_FAILING = {
    FailOn.NEVER: frozenset[ProjectVerdict](),
    FailOn.NEW_BLOCKERS: frozenset[ProjectVerdict](),
    FailOn.NO_GO: frozenset({ProjectVerdict.NO_GO}),
    FailOn.CONDITIONAL: frozenset({ProjectVerdict.NO_GO, ProjectVerdict.CONDITIONAL}),
}


def exit_status(
    fail_on: FailOn,
    verdicts: Iterable[ProjectVerdict],
    changes: Sequence[TargetChange],
    progress: ProgressKind | None = None,
) -> ExitStatus:
    """Return the exit status of an assessment. What fails comes before what is not known, and that before progress.

    `changes` are those against a baseline, empty without one.
    """
    seen = set(verdicts)
    if fail_on is FailOn.NEW_BLOCKERS:
        if any(change.is_worse for change in changes):
            return ExitStatus.FAILED
        if any(change.is_unknown for change in changes):
            return ExitStatus.UNKNOWN
    elif seen & _FAILING[fail_on]:
        return ExitStatus.FAILED
    elif fail_on is not FailOn.NEVER and ProjectVerdict.UNKNOWN in seen:
        return ExitStatus.UNKNOWN
    if progress is not None and any(_is_progress(change, progress) for change in changes):
        return ExitStatus.PROGRESS
    return ExitStatus.FINE


def _is_progress(change: TargetChange, wanted: ProgressKind) -> bool:
    return change.became_ready or (wanted is ProgressKind.BLOCKER_FELL and bool(change.fallen))
