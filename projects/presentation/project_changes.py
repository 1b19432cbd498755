"""The text of a change of a project itself, for e-mail: what happened, what it is about, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from projects.domain.assessment.verdicts import Verdict
from projects.domain.project_changes import ProjectChange, WorsePackage
from projects.presentation.limits import limit_advice
from projects.presentation.target_names import describe_targets
from projects.presentation.upstream_notes import UpstreamNote, note_look
from scanner.domain.phrases import join_first
from scanner.domain.translation import gettext, ngettext

_COMMIT_LENGTH = 10
_MOST_NAMED = 10
_MOST_GROUPS = 8
_ORDER = (Verdict.BLOCKED, Verdict.UPGRADE, Verdict.HELD_BACK, Verdict.DEGRADED)


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
    commit = change.commit[:_COMMIT_LENGTH]
    if len(names) == 1:
        headline = gettext("The push {commit} makes {package} worse").format(commit=commit, package=names[0])
    else:
        headline = ngettext(
            "The push {commit} makes {count} package worse",
            "The push {commit} makes {count} packages worse",
            len(names),
        ).format(commit=commit, count=len(names))
    return headline, _groups(change.worse), gettext("See on the project's page why, and what helps.")


def _groups(worse: Sequence[WorsePackage]) -> list[str]:
    """Return a sentence for each list of packages that are alike on some targets, the worst first."""
    by_target: dict[tuple[Verdict, tuple[str, ...]], list[str]] = {}
    rows = sorted(worse, key=lambda one: (one.target, one.verdict, one.name))
    for (target, verdict), group in groupby(rows, key=lambda one: (one.target, one.verdict)):
        names = tuple(f"{one.name} {one.version}".strip() for one in group)
        by_target.setdefault((verdict, names), []).append(target)
    found = sorted(by_target.items(), key=lambda one: _ORDER.index(one[0][0]) if one[0][0] in _ORDER else len(_ORDER))
    sentences = [
        _effect(verdict, len(names)).format(targets=describe_targets(targets), packages=join_first(names, _MOST_NAMED))
        for (verdict, names), targets in found
    ]
    more = len(sentences) - _MOST_GROUPS
    return [*sentences[:_MOST_GROUPS], gettext("There are more on other targets.")] if more > 0 else sentences


def _effect(verdict: Verdict, number: int) -> str:
    """Return the sentence about so many packages that got worse, with places for the targets and their names."""
    match verdict:
        case Verdict.BLOCKED:
            return ngettext(
                "{targets}: {packages} has no version that installs.",
                "{targets}: {packages} have no version that installs.",
                number,
            )
        case Verdict.UPGRADE:
            return ngettext("{targets}: {packages} needs an upgrade.", "{targets}: {packages} need an upgrade.", number)
        case Verdict.HELD_BACK:
            return ngettext(
                "{targets}: {packages} installs in an old version only.",
                "{targets}: {packages} install in an old version only.",
                number,
            )
        case Verdict.DEGRADED:
            return ngettext(
                "{targets}: {packages} installs without its compiled part.",
                "{targets}: {packages} install without their compiled part.",
                number,
            )
        case _:
            return ngettext(
                "{targets}: {packages} cannot be judged any more.",
                "{targets}: {packages} cannot be judged any more.",
                number,
            )


def _cap(change: ProjectChange) -> tuple[str, Sequence[str], str]:
    assert change.limit is not None
    headline = gettext("You can lift the cap now: requires-python {limit} in {file}").format(
        limit=change.limit.before, file=change.limit.path
    )
    why = gettext("Nothing else keeps the project from {targets} any more.").format(
        targets=describe_targets(change.targets)
    )
    return headline, [why], limit_advice(change.limit)
