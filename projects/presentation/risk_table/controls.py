"""The controls around the risk table: the filters, the sorting headings, and the count."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from msgspec import Struct

from projects.domain.assessment.verdicts import SEVERITIES, Verdict
from projects.presentation.columns import Column
from projects.presentation.risk_table.attributes import Arrives, Content, Evidence
from projects.presentation.risk_table.query import STATES, RiskQuery
from projects.presentation.risk_table.table import RiskTable
from scanner.domain.phrases import count

_ARRIVES: Mapping[str, str] = {Arrives.DIRECT: "directly", Arrives.TRANSITIVE: "through another package"}
_CONTENT: Mapping[str, str] = {Content.COMPILED: "compiled", Content.PURE: "pure Python"}
_EVIDENCE: Mapping[str, str] = {
    Evidence.WHEEL: "a wheel that fits",
    Evidence.BUILD: "a build from source",
    Evidence.DECLARED: "what the release declares",
    Evidence.STATED: "needs that an sdist states",
    Evidence.BREAK: "a known break",
}
_ALWAYS_SEEN = (Verdict.BLOCKED, Verdict.UPGRADE, Verdict.READY)


class Pill(Struct, frozen=True):
    """One state of the filter, with how many packages have it."""

    state: Verdict
    count: int
    shown: bool
    is_idle: bool


class HeadingGroup(Struct, frozen=True):
    """A platform above the columns of its Pythons; `width` is their number."""

    platform: str
    floor: str
    width: int


class Choice(Struct, frozen=True):
    """One value of a drop-down filter."""

    value: str
    label: str
    chosen: bool


class Dropdown(Struct, frozen=True):
    """A drop-down filter of the risk table. Its first choice, with an empty value, leaves out nothing."""

    name: str
    label: str
    choices: tuple[Choice, ...]


class Heading(Struct, frozen=True):
    """One column of the risk table. `query` sorts by it; `order` is its aria-sort, empty when it does not sort now."""

    label: str
    query: str
    order: str
    column: Column | None = None


def state_pills(table: RiskTable, query: RiskQuery) -> tuple[Pill, ...]:
    """Return the states of the filter, worst first. One that no package has is idle: in the query, but hidden."""
    return tuple(
        Pill(
            state=state,
            count=table.counts[state],
            shown=state in query.states,
            is_idle=not table.counts[state] and state not in _ALWAYS_SEEN,
        )
        for state in STATES
    )


def table_headings(table: RiskTable, query: RiskQuery) -> tuple[Heading, ...]:
    """Return the headings of the risk table in the order of its cells."""
    keys = {"name": "Package", "severity": "Severity", **{column.slug: column.label for column in table.columns}}
    if table.single:
        (column,) = table.columns
        details = {"severity": "Severity", "reason": "Reason", "first": "Works from", "latest": "Latest"}
        cells = {column.slug: column.label, "evidence": "Evidence"}
        keys = {"name": "Package", "version": "Current version", **cells, **details}
    columns = {column.slug: column for column in table.columns}
    order = "descending" if query.descending else "ascending"
    addresses = query.encode_sorted(*map(query.sort_by, keys))
    return tuple(
        Heading(label, address, order if key == query.sort_key else "", columns.get(key))
        for (key, label), address in zip(keys.items(), addresses, strict=True)
    )


def heading_groups(table: RiskTable) -> tuple[HeadingGroup, ...]:
    """Return the platforms above the columns; none for a single target, whose heading names its own."""
    if table.single:
        return ()
    runs = [list(run) for _, run in groupby(table.columns, key=lambda column: column.platform_slug)]
    return tuple(HeadingGroup(run[0].platform, run[0].floor, len(run)) for run in runs)


def dropdowns(table: RiskTable, query: RiskQuery) -> tuple[Dropdown, ...]:
    """Return the drop-down filters; the one by group only where there are several groups."""
    asked = query.attributes
    severity = {one.value: f"{one} or worse" for one in reversed(SEVERITIES[1:-1])}
    groups = dict.fromkeys(table.groups)
    if asked.group:
        groups.setdefault(asked.group)
    made = [
        _dropdown("severity", "Severity", {SEVERITIES[-1].value: SEVERITIES[-1].value, **severity}, asked.severity),
        _dropdown("arrives", "Arrives", _ARRIVES, asked.arrives),
        _dropdown("content", "Content", _CONTENT, asked.content),
        _dropdown("evidence", "Rests on", _EVIDENCE, asked.evidence),
        _dropdown("group", "Group or extra", {name: name for name in groups}, asked.group),
    ]
    return tuple(one for one in made if len(one.choices) > 1)


def _dropdown(name: str, label: str, choices: Mapping[str, str], chosen: str | None) -> Dropdown:
    offered = {"": "any", **choices}
    return Dropdown(name, label, tuple(Choice(value, text, value == (chosen or "")) for value, text in offered.items()))


def count_text(table: RiskTable) -> str:
    """Return the live result count, such as "12 of 64 packages"."""
    return f"{len(table.rows)} of {count(table.total, 'package')}"


def empty_text(table: RiskTable, query: RiskQuery) -> str:
    """Return why the table is empty."""
    if not table.total:
        return "No packages yet: they appear here as soon as the requirements are read."
    if query.attributes.is_active and table.hidden:
        return "All packages that the filters by attribute and name leave have another state."
    if query.attributes.is_active:
        return "No package has all that the filters ask for."
    if query.name:
        return f"No package with “{query.name}” in its name has one of the chosen states."
    if table.counts[Verdict.READY] == table.total:
        return "Nothing: every package is ready here."
    return "No package has one of the chosen states."
