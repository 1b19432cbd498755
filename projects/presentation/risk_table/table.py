"""The risk table: rows of packages with a cell for each target, filtered and sorted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from packaging.version import InvalidVersion, Version

from projects.domain.assessment.verdicts import SEVERITIES, Severity, Verdict
from projects.presentation.cell_summary import MAIN_GROUP, CellSummary
from projects.presentation.columns import Column
from projects.presentation.risk_table.attributes import recent_since
from projects.presentation.risk_table.query import DEFAULT_STATES, STATES, RiskQuery
from projects.presentation.words import severity_word, verdict_word
from scanner.domain.translation import gettext

_RANK = {verdict.value: rank for rank, verdict in enumerate(STATES)}
_SEVERITY_RANK = {severity.value: rank for rank, severity in enumerate(SEVERITIES)}
# What is not known is sorted above what is known to matter little.
_UNKNOWN_RANK = _SEVERITY_RANK[Severity.MODERATE.value]


class PackageRow(Struct, frozen=True):
    """One package over the chosen targets, a cell for each of the table's columns. `state` is the worst cell's.

    `version` joins the versions when targets differ. `reason`, `evidence`, `first` and `latest` are those of the one
    chosen target and empty when several are chosen.
    """

    name: str
    version: str
    via: str
    severity: Severity
    state: Verdict
    cells: tuple[CellSummary, ...]
    yanked: bool
    reason: str = ""
    evidence: str = ""
    first: str = ""
    latest: str = ""

    @property
    def is_unknown(self) -> bool:
        """Whether nothing is known that has a severity."""
        return self.severity is Severity.NONE and self.state in (Verdict.UNKNOWN, Verdict.NOT_JUDGED)

    @property
    def severity_text(self) -> str:
        """The severity in a word, "unknown" where that is all there is to say."""
        return verdict_word(Verdict.UNKNOWN) if self.is_unknown else severity_word(self.severity)


class RiskTable(Struct, frozen=True):
    """The rows that pass the filter, in order.

    `counts` are before the filter by state and name, `total` before any; `yanked` and `gained` count rows of all.
    `groups` are the extras and groups to choose from, and `hidden` counts the rows that only their state hides.
    """

    columns: tuple[Column, ...]
    rows: tuple[PackageRow, ...]
    counts: Mapping[Verdict, int]
    total: int
    yanked: int = 0
    gained: int = 0
    groups: tuple[str, ...] = ()
    hidden: int = 0

    @property
    def single(self) -> bool:
        """Whether one target is chosen, so that there is room for the details."""
        return len(self.columns) == 1


def risk_table(
    shown: Mapping[str, Sequence[CellSummary]], columns: Sequence[Column], query: RiskQuery, today: date
) -> RiskTable:
    """Return the table of `columns`, filtered and sorted as the query says. `shown` maps a target to its packages.

    A package that no chosen target has is no row; one that a chosen target lacks has an inactive cell there. A row has
    the attributes that the query asks for when one of its cells has all of them.
    """
    every = _all_rows(shown, columns)
    attributes, recent = query.attributes, recent_since(today)
    rows = every
    if attributes.is_active:
        rows = [row for row in every if any(attributes.admits(cell, recent) for cell in row.cells)]
    counts = dict.fromkeys(STATES, 0)
    for row in rows:
        counts[row.state] += 1
    wanted = query.name.casefold()
    # A yanked release in use is work, although it installs: only a choice of states hides it.
    also = query.states == DEFAULT_STATES
    named = [row for row in rows if wanted in row.name.casefold()]
    kept = [row for row in named if row.state in query.states or (also and row.yanked)]
    return RiskTable(
        columns=tuple(columns),
        rows=tuple(_sorted(kept, columns, query)),
        counts=counts,
        total=len(every),
        yanked=sum(row.yanked for row in every),
        # Lists, as here and below generators would take a third longer for thousands of cells.
        gained=sum([max([cell.gained for cell in row.cells]) > recent for row in every]),
        groups=_groups(every),
        hidden=len(named) - len(kept),
    )


def _groups(rows: Iterable[PackageRow]) -> tuple[str, ...]:
    """Return the groups to choose from, main first; none where all packages are of one."""
    joined = {cell.groups for row in rows for cell in row.cells}
    names = {group for one in joined for group in one.split(",") if group}
    return tuple(sorted(names, key=lambda name: (name != MAIN_GROUP, name))) if len(names) > 1 else ()


def _all_rows(shown: Mapping[str, Sequence[CellSummary]], columns: Sequence[Column]) -> list[PackageRow]:
    by_name: dict[str, list[tuple[int, CellSummary]]] = {}
    for position, column in enumerate(columns):
        for one in shown.get(column.slug, ()):
            by_name.setdefault(one.name, []).append((position, one))
    # The cell of a target that does not need the package.
    reason = gettext("This target does not need the package.")
    not_needed = CellSummary("", "", Verdict.INACTIVE.value, verdict_word(Verdict.INACTIVE), reason, "")
    return [_row(name, found, [not_needed] * len(columns)) for name, found in by_name.items()]


def _row(name: str, found: Sequence[tuple[int, CellSummary]], cells: list[CellSummary]) -> PackageRow:
    for position, one in found:
        cells[position] = one
    first = found[0][1]
    only = first if len(cells) == 1 else None
    return PackageRow(
        name=name,
        version=", ".join({one.version: None for _, one in found}),
        via=first.arrival,
        severity=SEVERITIES[max([_SEVERITY_RANK.get(one.severity, 0) for _, one in found])],
        state=STATES[min([_RANK[one.verdict] for one in cells])],
        cells=tuple(cells),
        yanked=True in [one.yanked for _, one in found],
        reason=only.reason if only else "",
        evidence=only.evidence if only else "",
        first=only.first if only else "",
        latest=only.latest if only else "",
    )


def _sorted(rows: Iterable[PackageRow], columns: Sequence[Column], query: RiskQuery) -> list[PackageRow]:
    """By the asked column, then name. What has no value there comes last whichever way it sorts."""
    ordered = sorted(rows, key=lambda row: row.name)
    keyed = [(_sort_value(row, columns, query.sort_key), row) for row in ordered]
    with_value = [pair for pair in keyed if pair[0] is not None]
    # sorted() is stable also in reverse, so equal rows stay in the order of their names.
    with_value.sort(key=lambda pair: pair[0], reverse=query.descending)
    return [row for _, row in with_value] + [row for value, row in keyed if value is None]


def _sort_value(row: PackageRow, columns: Sequence[Column], key: str) -> Any:
    match key:
        case "severity":
            return (max(_SEVERITY_RANK[row.severity.value], _UNKNOWN_RANK * row.is_unknown), -_RANK[row.state])
        case "version" | "first" | "latest":
            return _version_key(getattr(row, key))
        case "reason":
            return row.reason or None
        case "evidence":
            return row.evidence or None
        case "name":
            return row.name
    for column, cell in zip(columns, row.cells, strict=True):
        if column.slug == key:
            return _RANK[cell.verdict]
    return row.name


def _version_key(text: str) -> Version | None:
    try:
        return Version(text.split(",", maxsplit=1)[0])
    except InvalidVersion:
        return None
