"""The page that answers when a project can move to a target: root blockers, what waits for them, and a forecast."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.presentation.advice import advise
from projects.presentation.cell_summary import ArrivalKind, CellSummary
from projects.presentation.conflicts import ConflictTable, conflict_table
from projects.presentation.forecasts import ForecastText, describe_forecast
from projects.presentation.heatmap import LOOKS
from projects.presentation.package.status import status_word
from projects.presentation.sentences import describe_cause
from projects.presentation.target_standing import TargetStanding
from projects.presentation.upgrade.sentences import target_namer
from projects.presentation.waiting import WaitingTree, waiting_tree
from scanner.domain.matching.reason import MismatchKind
from scanner.domain.phrases import day_text, join_words
from scanner.domain.releases.first_wheels import WheelForecast
from scanner.domain.translation import gettext, ngettext


class RootBlocker(Struct, frozen=True):
    """A package without a version that installs, which is in the set for its own sake and not for another blocker.

    `place` is the line of the project that requires it, `paths` lead to it through others. `behind` are the packages
    that block only through it. `status` is its project status when it is not active. `is_watched`: by the user, alone.
    """

    name: str
    version: str
    cause: str
    place: str
    paths: tuple[str, ...]
    behind: tuple[str, ...]
    status: str
    advice: str
    may_get_files: bool
    forecast: ForecastText | None
    is_watched: bool


class WhenPage(Struct, frozen=True):
    """One target of a project: what blocks it, what must be upgraded beside that, and when it may be free.

    `own` are the upgrades of packages that the project requires itself. `waiting` is None where nothing waits for
    others.
    """

    standing: TargetStanding
    look: Verdict
    headline: str
    cause: str
    estimate: str
    roots: tuple[RootBlocker, ...]
    own: tuple[CellSummary, ...]
    held_back: tuple[CellSummary, ...]
    waiting: WaitingTree | None
    conflict: ConflictTable | None
    is_watched: bool

    @property
    def can_be_watched(self) -> bool:
        """Whether there is anything to wait for."""
        return not self.standing.is_clear


# What a new Python does not change.
_OF_PLATFORM = frozenset({MismatchKind.FLOOR, MismatchKind.ARCHITECTURE, MismatchKind.SYSTEM})


def when_page(
    standing: TargetStanding,
    work: Sequence[PackageResult],
    forecasts: Mapping[str, WheelForecast],
    *,
    watched: Collection[str],
    is_watched: bool,
) -> WhenPage:
    """Return the page. `work` are the results of the packages that need work.

    `watched` are those that the user watches there.
    """
    results = [result for result in work if result.verdict is Verdict.BLOCKED]
    blocked = {result.name for result in results}
    roots = [result for result in results if _is_root(result, blocked)]
    behind = _behind(results, [root.name for root in roots])
    headline, cause = _answer(standing)
    return WhenPage(
        standing=standing,
        look=LOOKS[standing.verdict],
        headline=headline,
        cause=cause,
        estimate=_estimate(roots, forecasts) if roots else "",
        roots=tuple(
            _root(
                standing.column.slug,
                root,
                behind.get(root.name, ()),
                forecasts.get(root.name),
                is_watched=root.name in watched,
            )
            for root in roots
        ),
        own=tuple(cell for cell in standing.upgrades if cell.arrival_kind != ArrivalKind.ARRIVES),
        held_back=standing.held_back,
        waiting=waiting_tree(work),
        conflict=conflict_table(standing.conflict, target_namer([standing.column])) if standing.conflict else None,
        is_watched=is_watched,
    )


def _is_root(result: PackageResult, blocked: AbstractSet[str]) -> bool:
    """Return whether some way into the set leads through no other blocked package."""
    paths = [path[:-1] for path in result.provenance.paths]
    return result.provenance.direct is not False or not paths or any(blocked.isdisjoint(path) for path in paths)


def waits_for_python(result: PackageResult) -> bool:
    """Return whether the newest version lacks a wheel for the Python: only then past Pythons say when it may come."""
    return _missing_kind(result) is MismatchKind.PYTHON


def _missing_kind(result: PackageResult) -> MismatchKind | None:
    """Return what keeps the newest version's wheels from the target."""
    newest = result.newest_mismatch
    files = newest.reason.files if newest is not None else None
    return files.mismatch.kind if files is not None and files.mismatch is not None else None


def _behind(results: Sequence[PackageResult], roots: Collection[str]) -> dict[str, list[str]]:
    """Return, for each root, the blocked packages that come only through it or other blockers."""
    found: dict[str, list[str]] = {}
    for result in results:
        if result.name not in roots:
            for name in dict.fromkeys(step for path in result.provenance.paths for step in path if step in roots):
                found.setdefault(name, []).append(result.name)
    return found


def _root(
    target: str, result: PackageResult, behind: Sequence[str], forecast: WheelForecast | None, *, is_watched: bool
) -> RootBlocker:
    provenance = result.provenance
    place = provenance.source or ""
    if provenance.line:
        line = gettext("line {number}").format(number=provenance.line)
        place = f"{place} {line}" if place else line
    return RootBlocker(
        name=result.name,
        version=result.shown_version,
        cause=describe_cause(result),
        place=place,
        paths=tuple(" → ".join(path) for path in provenance.paths if len(path) > 1),
        behind=tuple(behind),
        status="" if result.package_status == "active" else status_word(result.package_status),
        advice=advise(result, target),
        may_get_files=result.may_get_files,
        forecast=describe_forecast(forecast) if forecast else None,
        is_watched=is_watched,
    )


def _answer(standing: TargetStanding) -> tuple[str, str]:
    match standing.verdict:
        case ProjectVerdict.GO:
            return gettext("Now: it is ready."), gettext("Every package installs as written.")
        case ProjectVerdict.CONDITIONAL:
            number = len(standing.upgrades)
            after = ngettext("Now, after {count} upgrade.", "Now, after {count} upgrades.", number)
            headline = after.format(count=number) if number else gettext("Now, with care.")
            return headline, f"{standing.share_text}."
        case ProjectVerdict.NO_GO if standing.blocked:
            number = len(standing.blocked)
            cause = ngettext(
                "{count} package has no version that works there.",
                "{count} packages have no version that works there.",
                number,
            )
            return gettext("Not yet."), cause.format(count=number)
        case ProjectVerdict.NO_GO:
            return gettext("Not yet."), gettext("Its requirements contradict each other there.")
        case ProjectVerdict.UNKNOWN:
            return gettext("Not known yet."), gettext("The assessment of this target is not complete.")


def _estimate(results: Sequence[PackageResult], forecasts: Mapping[str, WheelForecast]) -> str:
    """Return when the last of these blockers may fall: a range only if there is one for each of them."""
    roots = [result.name for result in results]
    others = [result.name for result in results if _missing_kind(result) in _OF_PLATFORM]
    lacking = [name for name in roots if name not in forecasts]
    if others:
        return ngettext(
            "No date: what {packages} lacks does not depend on the Python, so past releases say nothing.",
            "No date: what {packages} lack does not depend on the Python, so past releases say nothing.",
            len(others),
        ).format(packages=join_words(others))
    if lacking:
        return ngettext(
            "No date: too little is known of how soon {packages} follows.",
            "No date: too little is known about how soon {packages} follow.",
            len(lacking),
        ).format(packages=join_words(lacking))
    overdue = [name for name in roots if forecasts[name].is_overdue]
    if overdue:
        return ngettext(
            "No date: {packages} takes longer already than after the last Pythons.",
            "No date: {packages} take longer already than after the last Pythons.",
            len(overdue),
        ).format(packages=join_words(overdue))
    earliest = max(forecasts[name].earliest for name in roots)
    latest = max(forecasts[name].latest for name in roots)
    if earliest == latest:
        text = gettext("Around {latest}, if each blocker follows as it did before.")
    else:
        text = gettext("Between {earliest} and {latest}, if each blocker follows as it did before.")
    return text.format(earliest=day_text(earliest), latest=day_text(latest))
