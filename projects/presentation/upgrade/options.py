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
from projects.presentation.upgrade.values import PlannedUpgrade
from scanner.domain.phrases import count, join_words
from scanner.domain.resolution.upgrade import Strategy

_SIZES = ("major", "minor", "patch")


class Option(Struct, frozen=True):
    """One option: what it is called, and the query that shows it in full."""

    title: str
    query: UpgradeQuery


class OptionRow(Struct, frozen=True):
    """One option with its outcome. `link` is the query string of its page; `youngest` dates its newest release."""

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


def usual_options(query: UpgradeQuery, current: Sequence[str], target: str) -> tuple[Option, ...]:
    """Return the options beside staying: those of the query's what-if, with its caps and holds.

    `current` are the targets on which the project runs today.
    """
    plain = replace(query, strategy=Strategy.MINIMAL, together=(), looks=0, compares=False, unread=())
    found = [Option("Smallest move", plain), Option("Newest of everything", replace(plain, strategy=Strategy.LATEST))]
    today = next((slug for slug in current if slug != target), None)
    if today is not None:
        place = place_text(columns_of([today]))
        found.append(Option(f"One set that also holds on {place}", replace(plain, together=(today,))))
    asked = replace(query, looks=0, compares=False, unread=())
    if all(option.query != asked for option in found):
        found.append(Option("The plan of this page", asked))
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
    return OptionRow("Stay as it is", cell.look, outcome, "none", "", "", "", None, link="", chosen=False)


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
            return replace(_stay(stored), title=title, changes="none needed", link=link, chosen=chosen)
        outcome = "the search took too long" if planned.cut_short else "not known yet"
        if planned.missing:
            outcome = f"{count(planned.missing, 'release')} must be read first"
        return OptionRow(title, Verdict.UNKNOWN, outcome, "", "", "", "", None, link, chosen)
    look, outcome = Verdict.UPGRADE if plan.changes else Verdict.READY, "holds"
    if not plan.feasible:
        stuck = [str(one.name) for one in plan.blockers]
        look, outcome = Verdict.BLOCKED, f"no version of {join_words(stuck)} works" if stuck else "no path"
    dates = [released.get((str(change.name), str(change.after))) for change in plan.changes]
    return OptionRow(
        title=title,
        look=look,
        outcome=outcome,
        changes=count(len(plan.changes), "change"),
        direct=f"{len(plan.direct_changes)} in your files",
        steps=_steps(plan),
        largest=_largest(plan),
        youngest=max(filter(None, dates), default=None),
        link=link,
        chosen=chosen,
    )


def _steps(plan: UpgradePlan) -> str:
    sizes = Counter(change.size.value for change in plan.changes)
    return ", ".join(f"{sizes[size]} {size}" for size in _SIZES if sizes[size])


def _largest(plan: UpgradePlan) -> str:
    largest = min(plan.changes, key=lambda change: _SIZES.index(change.size.value), default=None)
    return f"{largest.name} {largest.before} → {largest.after}" if largest is not None else ""
