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
from projects.presentation.shares import some_packages
from projects.presentation.words import severity_word
from scanner.domain.translation import gettext, noop

_ARRIVES: Mapping[str, str] = {Arrives.DIRECT: noop("directly"), Arrives.TRANSITIVE: noop("through another package")}
_CONTENT: Mapping[str, str] = {Content.COMPILED: noop("compiled"), Content.PURE: noop("pure Python")}
_EVIDENCE: Mapping[str, str] = {
    Evidence.WHEEL: noop("a wheel that fits"),
    Evidence.BUILD: noop("a build from source"),
    Evidence.DECLARED: noop("what the release declares"),
    Evidence.STATED: noop("needs that an sdist states"),
    Evidence.BREAK: noop("a known break"),
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
    """A drop-down filter of the risk table. Its first choice, with an empty value, leaves out nothing.

    `is_data`: the other choices are names of the project's own.
    """

    name: str
    label: str
    choices: tuple[Choice, ...]
    is_data: bool = False


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
    labels = {column.slug: column.label for column in table.columns}
    keys = {"name": gettext("Package"), "severity": gettext("Severity"), **labels}
    if table.single:
        keys = {
            "name": gettext("Package"),
            "version": gettext("Current version"),
            **labels,
            "evidence": gettext("Evidence"),
            "severity": gettext("Severity"),
            "reason": gettext("Reason"),
            "first": gettext("Works from"),
            "latest": gettext("Latest"),
        }
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
    worst, or_worse = SEVERITIES[-1], gettext("{severity} or worse")
    severity = {one.value: or_worse.format(severity=severity_word(one)) for one in reversed(SEVERITIES[1:-1])}
    groups = dict.fromkeys(table.groups)
    if asked.group:
        groups.setdefault(asked.group)
    made = [
        _dropdown("severity", gettext("Severity"), {worst.value: severity_word(worst), **severity}, asked.severity),
        _dropdown("arrives", gettext("Arrives"), _translated(_ARRIVES), asked.arrives),
        _dropdown("content", gettext("Content"), _translated(_CONTENT), asked.content),
        _dropdown("evidence", gettext("Rests on"), _translated(_EVIDENCE), asked.evidence),
        _dropdown("group", gettext("Group or extra"), {name: name for name in groups}, asked.group, is_data=True),
    ]
    return tuple(one for one in made if len(one.choices) > 1)


def _translated(choices: Mapping[str, str]) -> dict[str, str]:
    return {value: gettext(text) for value, text in choices.items()}


def _dropdown(
    name: str, label: str, choices: Mapping[str, str], chosen: str | None, *, is_data: bool = False
) -> Dropdown:
    offered = {"": gettext("any"), **choices}
    made = tuple(Choice(value, text, value == (chosen or "")) for value, text in offered.items())
    return Dropdown(name, label, made, is_data)


def count_text(table: RiskTable) -> str:
    """Return the live result count, such as "12 of 64 packages"."""
    return some_packages(len(table.rows), table.total)


def empty_text(table: RiskTable, query: RiskQuery) -> str:
    """Return why the table is empty."""
    if not table.total:
        return gettext("No packages yet: they appear here as soon as the requirements are read.")
    if query.attributes.is_active and table.hidden:
        return gettext("All packages that the filters by attribute and name leave have another state.")
    if query.attributes.is_active:
        return gettext("No package has all that the filters ask for.")
    if query.name:
        return gettext("No package with “{name}” in its name has one of the chosen states.").format(name=query.name)
    if table.counts[Verdict.READY] == table.total:
        return gettext("Nothing: every package is ready here.")
    return gettext("No package has one of the chosen states.")
