"""Which Pythons a project reaches on the report's platform: without a change, with upgrades, or not yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.presentation.limits import limits_text
from projects.presentation.report.target import ReportTarget
from projects.presentation.report.values import ReachablePython
from scanner.domain.phrases import count, join_first
from scanner.domain.targets.pythons import PYTHON_BRANCHES
from scanner.domain.targets.target import Target
from scanner.domain.translation import gettext

_MAX_NAMES = 4


def reachable_pythons(entries: Iterable[ReportTarget], today: date, here: Target) -> tuple[ReachablePython, ...]:
    """Return the Pythons of `here`'s platform that were assessed, oldest first."""
    there = [entry for entry in entries if entry.target.platform == here.platform]
    return tuple(_reachable(entry, today, is_this=entry.target == here) for entry in sorted(there, key=_order))


def _order(entry: ReportTarget) -> tuple[str, tuple[int, int], bool]:
    python = entry.target.python
    return python.implementation.value, python.version, python.free_threaded


def _reachable(entry: ReportTarget, today: date, *, is_this: bool) -> ReachablePython:
    branch = PYTHON_BRANCHES.get(entry.target.python.version)
    end = branch.end_of_life if branch else None
    return ReachablePython(
        target=entry.target.slug,
        python=entry.target.python.label,
        reach=entry.result.verdict.value,
        text=_text(entry),
        end_of_life=_ends(end, today),
        is_this=is_this,
    )


def _ends(end: date | None, today: date) -> str:
    if end is None:
        return gettext("not set")
    return gettext("ended {day}").format(day=end) if end < today else end.isoformat()


def _text(entry: ReportTarget) -> str:
    match entry.result.verdict:
        case ProjectVerdict.GO:
            return gettext("no change")
        case ProjectVerdict.CONDITIONAL:
            if not entry.plan.changes and entry.plan.limits:
                return gettext("no package changes; {limits}").format(limits=limits_text(entry.plan.limits))
            return _changes(len(entry.plan.changes), len(entry.plan.direct_changes))
        case ProjectVerdict.NO_GO:
            blocked = entry.names(Verdict.BLOCKED)
            if not blocked:
                return gettext("not: the requirements contradict each other there")
            return gettext("not: {packages}").format(packages=join_first(blocked, _MAX_NAMES))
    return gettext("not known yet")


def _changes(total: int, own: int) -> str:
    changes = count(total, "change")
    if total == 1 and own:
        return gettext("with {changes}, which is in the project's files").format(changes=changes)
    if total == 1:
        return gettext("with {changes}, which is not in the project's files").format(changes=changes)
    if not own:
        return gettext("with {changes}, none of them in the project's files").format(changes=changes)
    if own == total:
        return gettext("with {changes}, all of them in the project's files").format(changes=changes)
    return gettext("with {changes}, {own} of them in the project's files").format(changes=changes, own=own)
