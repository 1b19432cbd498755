"""The options of an upgrade side by side: staying, the smallest move, the newest of everything, one set for two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.presentation.columns import columns_of, place_text
from projects.presentation.heatmap import heat_cell
from projects.presentation.upgrade.query import UpgradeQuery
from projects.presentation.upgrade.sentences import size_word
from projects.presentation.upgrade.values import PlannedUpgrade
from scanner.domain.phrases import join_words
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.upgrade import Strategy
from scanner.domain.translation import gettext, ngettext, pgettext

_SIZES = (Step.MAJOR, Step.MINOR, Step.PATCH)


class Option(Struct, frozen=True):
    """One option: what it is called, and the query that shows it in full."""

    title: str
    query: UpgradeQuery


class OptionRow(Struct, frozen=True):
    """One option with its outcome. `link` is the query string of its page; `youngest` dates its newest release.

    `has_page`: it is planned, and not to stay.
    """

    title: str
    look: Verdict
    outcome: str
    changes: str
    direct: str
    steps: str
    largest: str
    youngest: datetime | None
    link: str
    chosen: bool
    has_page: bool = True


def usual_options(query: UpgradeQuery, current: Sequence[str], target: str) -> tuple[Option, ...]:
    """Return the options beside staying: those of the query's what-if, with its caps and holds.

    `current` are the targets on which the project runs today.
    """
    plain = replace(query, strategy=Strategy.MINIMAL, together=(), looks=0, compares=False, unread=())
    found = [
        Option(gettext("Smallest move"), plain),
        Option(gettext("Newest of everything"), replace(plain, strategy=Strategy.LATEST)),
    ]
    today = next((slug for slug in current if slug != target), None)
    if today is not None:
        place = place_text(columns_of([today]))
        title = gettext("One set that also holds on {place}").format(place=place)
        found.append(Option(title, replace(plain, together=(today,))))
    asked = replace(query, looks=0, compares=False, unread=())
    if all(option.query != asked for option in found):
        found.append(Option(gettext("The plan of this page"), asked))
    return tuple(found)


def option_rows(
    options: Sequence[Option],
    planned: Sequence[PlannedUpgrade],
    stored: TargetResult,
    query: UpgradeQuery,
    released: Mapping[tuple[str, str], datetime | None],
) -> tuple[OptionRow, ...]:
    """Return the rows, staying as it is first. `released` says when a release came out."""
    asked = replace(query, looks=0, compares=False, unread=())
    rows = [_stay(stored)]
    for option, one in zip(options, planned, strict=True):
        rows.append(_row(option.title, option.query, one, stored, released, chosen=option.query == asked))
    return tuple(rows)


def _stay(stored: TargetResult) -> OptionRow:
    (column,) = columns_of([stored.target])
    cell = heat_cell(column, stored.verdict, stored.counts)
    outcome = f"{cell.text} ({cell.rest})" if cell.rest else cell.text
    return OptionRow(
        title=gettext("Stay as it is"),
        look=cell.look,
        outcome=outcome,
        changes=pgettext("number of changes", "none"),
        direct="",
        steps="",
        largest="",
        youngest=None,
        link="",
        chosen=False,
        has_page=False,
    )


def _row(
    title: str,
    query: UpgradeQuery,
    planned: PlannedUpgrade,
    stored: TargetResult,
    released: Mapping[tuple[str, str], datetime | None],
    *,
    chosen: bool,
) -> OptionRow:
    link, plan = query.encode(), planned.plan
    if plan is None:
        if query.is_stored and stored.verdict is not ProjectVerdict.UNKNOWN:
            none = gettext("none needed")
            return replace(_stay(stored), title=title, changes=none, link=link, chosen=chosen, has_page=True)
        outcome = gettext("the search took too long") if planned.cut_short else gettext("not known yet")
        if missing := planned.missing:
            text = ngettext("{count} release must be read first", "{count} releases must be read first", missing)
            outcome = text.format(count=missing)
        return OptionRow(title, Verdict.UNKNOWN, outcome, "", "", "", "", None, link, chosen)
    look, outcome = Verdict.UPGRADE if plan.changes else Verdict.READY, gettext("holds")
    if not plan.feasible:
        stuck = [str(one.name) for one in plan.blockers]
        look, outcome = Verdict.BLOCKED, gettext("no path")
        if stuck:
            outcome = gettext("no version of {packages} works").format(packages=join_words(stuck))
    number, direct = len(plan.changes), len(plan.direct_changes)
    dates = [released.get((str(change.name), str(change.after))) for change in plan.changes]
    return OptionRow(
        title=title,
        look=look,
        outcome=outcome,
        changes=ngettext("{count} change", "{count} changes", number).format(count=number),
        direct=ngettext("{count} in your files", "{count} in your files", direct).format(count=direct),
        steps=_steps(plan),
        largest=_largest(plan),
        youngest=max(filter(None, dates), default=None),
        link=link,
        chosen=chosen,
    )


def _steps(plan: UpgradePlan) -> str:
    sizes = Counter(change.size for change in plan.changes)
    return ", ".join(f"{sizes[size]} {size_word(size)}" for size in _SIZES if sizes[size])


def _largest(plan: UpgradePlan) -> str:
    largest = min(plan.changes, key=lambda change: _SIZES.index(change.size), default=None)
    return f"{largest.name} {largest.before} → {largest.after}" if largest is not None else ""
