"""The risk table: stored package rows (design §10) → rows, cells and counts that a page shows.

Pure. A stored row is the mapping that an assessment keeps for one package on one target.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from packaging.version import InvalidVersion, Version

from projects.domain.columns import Column
from projects.domain.risk_query import STATES, RiskQuery
from projects.domain.verdicts import SEVERITIES, Severity, Verdict
from scanner.domain.matching import Availability

StoredRow = Mapping[str, Any]
_RANK = {verdict: rank for rank, verdict in enumerate(STATES)}
_SEVERITY_RANK = {severity.value: rank for rank, severity in enumerate(SEVERITIES)}
_READY_WORDS = {Availability.NATIVE: "wheel", Availability.ABI3: "abi3", Availability.PURE: "pure"}


@dataclass(frozen=True, slots=True)
class RiskCell:
    """One package on one target: the state, the shortest telling words, and the longer reason."""

    target: str
    verdict: Verdict
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class RiskRow:
    """One package over the chosen targets. `state` is its worst cell.

    `version` joins the versions when targets differ. `reason`, `first` and `latest` are those of the one
    chosen target and empty when several are chosen.
    """

    name: str
    version: str
    via: str
    severity: Severity
    state: Verdict
    cells: tuple[RiskCell, ...]
    yanked: bool
    unofficial: bool
    reason: str = ""
    first: str = ""
    latest: str = ""


@dataclass(frozen=True, slots=True)
class RiskTable:
    """The rows that pass the filter, in order. `counts` and `total` are before the filter by state and name."""

    columns: tuple[Column, ...]
    rows: tuple[RiskRow, ...]
    counts: Mapping[Verdict, int]
    total: int

    @property
    def single(self) -> bool:
        """Whether one target is chosen, so that there is room for the details."""
        return len(self.columns) == 1


def risk_table(packages: Mapping[str, Sequence[StoredRow]], columns: Sequence[Column], query: RiskQuery) -> RiskTable:
    """The table of `columns`, filtered and sorted as `query` asks. `packages` maps a target to its stored rows.

    A package that no chosen target has is no row; one that a chosen target lacks has an inactive cell there.
    """
    rows = _all_rows(packages, columns)
    counts = dict.fromkeys(STATES, 0)
    for row in rows:
        counts[row.state] += 1
    wanted = query.name.casefold()
    shown = [row for row in rows if row.state in query.states and wanted in row.name.casefold()]
    return RiskTable(tuple(columns), tuple(_sorted(shown, columns, query)), counts, len(rows))


def _all_rows(packages: Mapping[str, Sequence[StoredRow]], columns: Sequence[Column]) -> list[RiskRow]:
    by_name: dict[str, dict[str, StoredRow]] = {}
    for column in columns:
        for stored in packages.get(column.slug, ()):
            by_name.setdefault(stored["name"], {})[column.slug] = stored
    return [_row(name, found, columns) for name, found in by_name.items()]


def _row(name: str, found: Mapping[str, StoredRow], columns: Sequence[Column]) -> RiskRow:
    stored = list(found.values())
    cells = tuple(cell_of(column.slug, found.get(column.slug)) for column in columns)
    only = stored[0] if len(columns) == 1 else None
    return RiskRow(
        name=name,
        version=", ".join(dict.fromkeys(row["version"] or row.get("specifier") or "any version" for row in stored)),
        via=via(stored[0]),
        severity=SEVERITIES[max(_SEVERITY_RANK.get(row.get("severity") or "none", 0) for row in stored)],
        state=min((cell.verdict for cell in cells), key=_RANK.__getitem__),
        cells=cells,
        yanked=any(row.get("yanked") for row in stored),
        unofficial=any(row.get("unofficial") for row in stored),
        reason=(only.get("reason") or "") if only else "",
        first=version_of(only.get("first_available")) if only else "",
        latest=version_of(only.get("latest_available")) if only else "",
    )


def cell_of(target: str, stored: StoredRow | None) -> RiskCell:
    """The cell of a stored row; without one the target does not need the package."""
    if stored is None:
        return RiskCell(target, Verdict.INACTIVE, "not needed", "This target does not need the package.")
    return RiskCell(target, Verdict(stored["verdict"]), cell_text(stored), stored.get("reason") or "")


def cell_text(stored: StoredRow) -> str:
    """The shortest telling thing: "3.10.7", "no version", "pure", "abi3", "not polled"."""
    availability = stored.get("availability")
    match Verdict(stored["verdict"]):
        case Verdict.UPGRADE:
            return version_of(stored.get("first_available")) or "newer"
        case Verdict.BLOCKED:
            return "not found" if availability == Availability.ABSENT else "no version"
        case Verdict.DEGRADED:
            return "pure" if availability == Availability.FALLBACK else "builds"
        case Verdict.UNKNOWN:
            if availability == Availability.SOURCE:
                return "build unseen"
            # A package that comes from elsewhere is never polled, so the words must not promise that it will be.
            return "not polled" if stored.get("pending") else "not known"
        case Verdict.INACTIVE:
            return "not needed"
        case Verdict.READY:
            return _READY_WORDS.get(availability, "wheel") if availability else "wheel"


def via(stored: StoredRow) -> str:
    """How the package arrives, short: "direct", or the shortest path that brings it.

    "listed": a file names it and does not say whether the project itself asks for it.
    """
    direct = stored["direct"]
    if direct:
        return "direct"
    # A list that is asked for whole gives each of its lines a way of one step, which tells nothing.
    ways = sorted((path for path in stored.get("paths") or [] if len(path) > 1), key=lambda path: (len(path), path))
    if direct is None:
        return f"listed, also by {' → '.join(ways[0])}" if ways else "listed"
    return f"arrives by {' → '.join(ways[0])}" if ways else "pinned"


def version_of(offered: Mapping[str, Any] | None) -> str:
    """The version of a stored `first_available` or `latest_available`; empty without one."""
    return str(offered["version"]) if offered else ""


def _sorted(rows: Iterable[RiskRow], columns: Sequence[Column], query: RiskQuery) -> list[RiskRow]:
    """By the asked column, then name. What has no value there comes last whichever way it sorts."""
    ordered = sorted(rows, key=lambda row: row.name)
    keyed = [(_sort_value(row, columns, query.sort_key), row) for row in ordered]
    with_value = [pair for pair in keyed if pair[0] is not None]
    # sorted() is stable also in reverse, so equal rows stay in the order of their names.
    with_value.sort(key=lambda pair: pair[0], reverse=query.descending)
    return [row for _, row in with_value] + [row for value, row in keyed if value is None]


def _sort_value(row: RiskRow, columns: Sequence[Column], key: str) -> Any:
    match key:
        case "severity":
            return (_SEVERITY_RANK[row.severity.value], -_RANK[row.state])
        case "version" | "first" | "latest":
            return _version_key(getattr(row, key))
        case "reason":
            return row.reason or None
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
