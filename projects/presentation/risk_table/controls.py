"""The controls around the risk table: the filter by state, the sorting headings, and the count."""

from __future__ import annotations

from dataclasses import dataclass

from projects.domain.assessment.verdicts import Verdict
from projects.presentation.columns import Column
from projects.presentation.risk_table.query import STATES, RiskQuery
from projects.presentation.risk_table.table import RiskTable
from scanner.domain.phrases import count

_ALWAYS_SEEN = (Verdict.BLOCKED, Verdict.UPGRADE, Verdict.READY)


@dataclass(frozen=True, slots=True)
class Pill:
    """One state of the filter, with how many packages have it."""

    state: Verdict
    count: int
    shown: bool
    is_idle: bool


@dataclass(frozen=True, slots=True)
class Heading:
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
        keys = {"name": "Package", "version": "Current version", column.slug: column.label, **details}
    columns = {column.slug: column for column in table.columns}
    order = "descending" if query.descending else "ascending"
    addresses = query.encode_sorted(*map(query.sort_by, keys))
    return tuple(
        Heading(label, address, order if key == query.sort_key else "", columns.get(key))
        for (key, label), address in zip(keys.items(), addresses, strict=True)
    )


def count_text(table: RiskTable) -> str:
    """Return the live result count, such as "12 of 64 packages"."""
    return f"{len(table.rows)} of {count(table.total, 'package')}"


def empty_text(table: RiskTable, query: RiskQuery) -> str:
    """Return why the table is empty."""
    if not table.total:
        return "No packages yet: they appear here as soon as the requirements are read."
    if query.name:
        return f"No package with “{query.name}” in its name has one of the chosen states."
    if table.counts[Verdict.READY] == table.total:
        return "Nothing: every package is ready here."
    return "No package has one of the chosen states."
