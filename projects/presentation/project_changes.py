"""The text of a change of a project itself, for e-mail: what happened, what it is about, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from projects.domain.assessment.verdicts import Verdict
from projects.domain.project_changes import ProjectChange, WorsePackage
from projects.presentation.limits import limit_advice
from projects.presentation.target_names import describe_targets
from projects.presentation.upstream_notes import UpstreamNote, note_look
from scanner.domain.phrases import agree, count, join_first

_COMMIT_LENGTH = 10
_MOST_NAMED = 10
_MOST_GROUPS = 8
_EFFECTS = {
    Verdict.BLOCKED: ("has no version that installs", "have no version that installs"),
    Verdict.UPGRADE: ("needs an upgrade", "need an upgrade"),
    Verdict.HELD_BACK: ("installs in an old version only", "install in an old version only"),
    Verdict.DEGRADED: ("installs without its compiled part", "install without their compiled part"),
}
_UNKNOWN = ("cannot be judged any more", "cannot be judged any more")


def describe_change(change: ProjectChange) -> UpstreamNote:
    """Return the text of a change, in the form of a note of a digest."""
    text = _cap(change) if change.limit is not None else _push(change)
    headline, why, step = text
    return UpstreamNote(
        name="",
        look=note_look(change.severity),
        severity=change.severity,
        headline=headline,
        why=tuple(why),
        files=(),
        files_left_out=0,
        last_good="",
        happened="",
        happened_at=None,
        next_step=step,
        line="",
    )


def _push(change: ProjectChange) -> tuple[str, Sequence[str], str]:
    names = list(dict.fromkeys(one.name for one in change.worse))
    what = names[0] if len(names) == 1 else count(len(names), "package")
    headline = f"The push {change.commit[:_COMMIT_LENGTH]} makes {what} worse"
    return headline, _groups(change.worse), "See on the project's page why, and what helps."


def _groups(worse: Sequence[WorsePackage]) -> list[str]:
    """Return a sentence for each list of packages that are alike on some targets, the worst first."""
    order = list(_EFFECTS)
    by_target: dict[tuple[Verdict, tuple[str, ...]], list[str]] = {}
    rows = sorted(worse, key=lambda one: (one.target, one.verdict, one.name))
    for (target, verdict), group in groupby(rows, key=lambda one: (one.target, one.verdict)):
        names = tuple(f"{one.name} {one.version}".strip() for one in group)
        by_target.setdefault((verdict, names), []).append(target)
    found = sorted(by_target.items(), key=lambda one: order.index(one[0][0]) if one[0][0] in order else len(order))
    sentences = [
        f"{describe_targets(targets)}: {join_first(names, _MOST_NAMED)} "
        f"{agree(len(names), *_EFFECTS.get(verdict, _UNKNOWN))}."
        for (verdict, names), targets in found
    ]
    more = len(sentences) - _MOST_GROUPS
    return [*sentences[:_MOST_GROUPS], "There are more on other targets."] if more > 0 else sentences


def _cap(change: ProjectChange) -> tuple[str, Sequence[str], str]:
    assert change.limit is not None
    headline = f"You can lift the cap now: requires-python {change.limit.before} in {change.limit.path}"
    why = f"Nothing else keeps the project from {describe_targets(change.targets)} any more."
    return headline, [why], limit_advice(change.limit)
