"""What an endpoint can be sent: the events, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Self

from msgspec import Struct
from msgspec.structs import asdict

from projects.domain.assessment.diff import compare, made_worse
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import Verdict
from projects.domain.gate.baseline import TargetBaseline
from projects.domain.gate.comparison import compare_with_baseline


class EventKind(StrEnum):
    """What happened; the value is the `type` of the message."""

    BLOCKER_FELL = "blocker.fell"
    BLOCKER_NEW = "blocker.new"
    TARGET_READY = "target.ready"
    PUSH_WORSE = "push.worse"
    MOVE_OPENED = "move.opened"
    TEST = "endpoint.test"


# What an endpoint may choose; a test goes to each.
CHOSEN_EVENTS = tuple(kind for kind in EventKind if kind is not EventKind.TEST)


class EndpointEvent(Struct, frozen=True):
    """One event of a project.

    `target` is a slug, empty where the event is of none. `packages` are those that it is about, `remaining` those that
    still block the target. `commit` is that of a push, `link` the change request that was opened.
    """

    kind: EventKind
    project: str
    target: str = ""
    packages: tuple[str, ...] = ()
    remaining: tuple[str, ...] = ()
    commit: str = ""
    link: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {**asdict(self), "packages": list(self.packages), "remaining": list(self.remaining)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        lists = {name: tuple(data[name]) for name in ("packages", "remaining")}
        return cls(**{**data, **lists, "kind": EventKind(data["kind"])})


def events_between(
    project: str, before: Sequence[TargetResult], after: Sequence[TargetResult], pushed: str | None
) -> Iterator[EndpointEvent]:
    """Yield the events of two complete assessments of a project, given by its slug.

    `pushed` is the commit if the later one is of a push that came between, else None. Targets that only one of them has
    are left out.
    """
    earlier = {one.target: one for one in before}
    for result in after:
        if result.target in earlier:
            yield from _of_target(project, earlier[result.target], result)
    if pushed is None:
        return
    changes = compare({one.target: one.packages for one in before}, {one.target: one.packages for one in after})
    worse: dict[str, list[str]] = {}
    for change in made_worse(changes):
        worse.setdefault(change.target, []).append(change.name)
    for target, names in worse.items():
        yield EndpointEvent(EventKind.PUSH_WORSE, project, target, tuple(names), commit=pushed)


def _of_target(project: str, before: TargetResult, after: TargetResult) -> Iterator[EndpointEvent]:
    change = compare_with_baseline(TargetBaseline.of(before), after)
    remaining = tuple(after.names(Verdict.BLOCKED))
    if change.new:
        yield EndpointEvent(EventKind.BLOCKER_NEW, project, after.target, change.new, remaining)
    if change.fallen:
        yield EndpointEvent(EventKind.BLOCKER_FELL, project, after.target, change.fallen, remaining)
    if change.became_ready:
        yield EndpointEvent(EventKind.TARGET_READY, project, after.target)
