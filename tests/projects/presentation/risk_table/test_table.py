"""The risk table: rows, counts, filters and order."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.domain.assessment.verdicts import Severity, Verdict
from projects.presentation.cell_summary import CellSummary, cell_text, summarise_cell
from projects.presentation.columns import columns_of
from projects.presentation.risk_table.controls import count_text, empty_text, state_pills, table_headings
from projects.presentation.risk_table.query import DEFAULT_STATES, SORTS, STATES, RiskQuery
from projects.presentation.risk_table.table import RiskTable, risk_table
from scanner.domain.matching.availability import Availability
from tests.cast import LINUX_313, TARGETS, WINDOWS_313, make_package

COLUMNS = columns_of(TARGETS)
ALL = frozenset(STATES)
TODAY = date(2026, 11, 27)

_names = st.text("abcdefghij-", min_size=1, max_size=6)
_rows = st.lists(
    st.builds(
        make_package,
        _names,
        st.sampled_from(Verdict),
        version=st.sampled_from([None, "1.0", "1.10", "1.9", "2.0a1", "not a version"]),
        severity=st.sampled_from(Severity),
    ),
    max_size=12,
    unique_by=lambda package: package.name,
)
_stored = st.fixed_dictionaries(dict.fromkeys(TARGETS, _rows))
_sorts = st.builds("{}{}".format, st.sampled_from(["", "-"]), st.sampled_from([*SORTS, *TARGETS]))
_states = st.frozensets(st.sampled_from(STATES))


def shown(rows: Mapping[str, list[PackageResult]]) -> dict[str, list[CellSummary]]:
    return {target: [summarise_cell(one) for one in packages] for target, packages in rows.items()}


def table(rows: dict[str, list[PackageResult]], **query: Any) -> RiskTable:
    return risk_table(shown(rows), COLUMNS, RiskQuery(**{"states": ALL, **query}), TODAY)


@given(_stored)
def test_counts_add_up_to_the_number_of_packages(stored: dict[str, Any]) -> None:
    found = table(stored)
    assert sum(found.counts.values()) == found.total == len(found.rows)
    assert found.total == len({one.name for packages in stored.values() for one in packages})


@given(_stored, _states, st.text("abcdefghij-", max_size=2), _sorts)
def test_a_filter_shows_a_subset_and_changes_no_count(stored: Any, states: Any, name: str, sort: str) -> None:
    everything, some = table(stored), table(stored, states=states, name=name, sort=sort)
    assert {row.name for row in some.rows} == {
        row.name for row in everything.rows if row.state in states and name in row.name
    }
    assert (some.counts, some.total) == (everything.counts, everything.total)


@given(_stored, _sorts)
def test_equal_rows_keep_the_order_of_their_names_whichever_way_is_sorted(stored: Any, sort: str) -> None:
    for asked in (sort.removeprefix("-"), f"-{sort.removeprefix('-')}"):
        rows = table(stored, sort=asked).rows
        for one, next_one in itertools.pairwise(rows):
            same = (one.cells, one.severity, one.state, one.version) == (
                next_one.cells,
                next_one.severity,
                next_one.state,
                next_one.version,
            )
            if same and asked.removeprefix("-") != "name":
                assert one.name < next_one.name


@given(_stored)
def test_a_row_is_as_bad_as_its_worst_cell(stored: Any) -> None:
    for row in table(stored).rows:
        assert STATES.index(row.state) == min(STATES.index(cell.verdict) for cell in row.cells)
        assert len(row.cells) == len(TARGETS)


@given(_stored)
def test_an_unknown_cell_never_hides_behind_a_ready_one(stored: Any) -> None:
    for row in table(stored).rows:
        if any(cell.verdict == Verdict.UNKNOWN for cell in row.cells):
            assert row.state not in (Verdict.READY, Verdict.DEGRADED)


def test_the_worst_comes_first_until_something_else_is_asked_for() -> None:
    rows = {
        LINUX_313: [
            make_package("b", Verdict.UPGRADE),
            make_package("a", Verdict.UPGRADE),
            make_package("c", Verdict.BLOCKED),
            make_package("d", Verdict.READY),
        ]
    }
    assert [row.name for row in table(rows).rows] == ["c", "a", "b", "d"]
    assert [row.name for row in table(rows, sort="severity").rows] == ["d", "a", "b", "c"]
    assert [row.name for row in table(rows, sort="-name").rows] == ["d", "c", "b", "a"]


def test_what_is_not_known_has_no_severity_and_stands_above_what_matters_little() -> None:
    packages = [make_package("a", "degraded"), make_package("b", "unknown"), make_package("c", "upgrade")]
    rows = table({LINUX_313: packages}).rows
    assert [(row.name, row.severity_text) for row in rows] == [("c", "moderate"), ("b", "unknown"), ("a", "low")]


def test_versions_sort_as_versions_and_what_has_none_comes_last_both_ways() -> None:
    rows = {
        LINUX_313: [
            make_package("a", version="1.10"),
            make_package("b", version="1.9"),
            make_package("c", version=None, specifier=""),
        ]
    }
    assert [row.name for row in table(rows, sort="version").rows] == ["b", "a", "c"]
    assert [row.name for row in table(rows, sort="-version").rows] == ["a", "b", "c"]


def test_a_target_that_lacks_a_package_has_a_cell_that_says_so() -> None:
    row = table({WINDOWS_313: [make_package("colorama", Verdict.BLOCKED)]}).rows[0]
    assert [cell.text for cell in row.cells] == ["not needed", "no version", "not needed"]
    assert row.state is Verdict.BLOCKED


def test_versions_that_differ_between_targets_are_all_named() -> None:
    rows = {LINUX_313: [make_package("numpy", version="2.0")], WINDOWS_313: [make_package("numpy", version="1.26")]}
    assert table(rows).rows[0].version == "2.0, 1.26"


def test_details_stand_in_the_row_only_when_one_target_is_chosen() -> None:
    rows = {LINUX_313: [make_package("orjson", Verdict.UPGRADE)]}
    one = risk_table(shown(rows), COLUMNS[:1], RiskQuery(), TODAY)
    assert one.single
    assert (one.rows[0].reason, one.rows[0].first) == ("no wheel for cp313; has cp38 to cp312", "9.0")
    assert table(rows).rows[0].reason == ""


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (make_package("a", "upgrade"), "9.0"),
        (make_package("a", "upgrade", first_available=None), "newer"),
        (make_package("a", "blocked"), "no version"),
        (make_package("a", "blocked", availability=Availability.ABSENT), "not found"),
        (make_package("a", "degraded"), "pure"),
        (make_package("a", "degraded", availability=Availability.SOURCE), "builds"),
        (make_package("a", "ready"), "wheel"),
        (make_package("a", "ready", availability=Availability.ABI3), "abi3"),
        (make_package("a", "ready", availability=Availability.PURE), "pure"),
        (make_package("a", "unknown", reason=PackageReason(ReasonKind.NOT_POLLED)), "not polled"),
        (make_package("a", "unknown", availability=Availability.SOURCE), "build unseen"),
        (make_package("a", "unknown", reason=PackageReason(ReasonKind.TEXT, "not polled yet")), "not known"),
        (make_package("a", "inactive"), "not needed"),
    ],
)
def test_a_cell_says_the_shortest_telling_thing(row: PackageResult, text: str) -> None:
    assert cell_text(row) == table({LINUX_313: [row]}).rows[0].cells[0].text == text


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (make_package("a"), "direct"),
        (make_package("a", direct=False), "pinned"),
        (make_package("a", direct=None, paths=[["a"]]), "listed"),
        (make_package("a", direct=None, paths=[["a"], ["c", "b", "a"], ["d", "a"]]), "listed, also by d → a"),
        (make_package("a", direct=False, paths=[["b", "c", "a"], ["d", "a"]]), "arrives by d → a"),
    ],
)
def test_the_way_a_package_arrives_is_the_shortest_one(row: PackageResult, text: str) -> None:
    assert summarise_cell(row).arrival == text


@given(st.lists(st.sampled_from([*TARGETS, "cp399-nowhere"])), _states, st.text(max_size=8), _sorts)
def test_a_query_reads_back_what_it_writes(targets: list[str], states: Any, name: str, sort: str) -> None:
    asked = {"target": targets, "state": [state.value for state in states], "q": [name], "sort": [sort]}
    query = RiskQuery.parse(asked, TARGETS)
    assert RiskQuery.parse(parse_qs(query.encode()), TARGETS) == query


@pytest.mark.parametrize(
    "parameters",
    [{}, {"sort": ["nothing"]}, {"target": ["cp399-x"]}, {"state": ["fine"]}, {"q": [" \0 "]}, {"sort": []}],
)
def test_what_a_query_does_not_understand_is_as_if_not_given(parameters: dict[str, list[str]]) -> None:
    query = RiskQuery.parse(parameters, TARGETS)
    assert query == RiskQuery()
    assert query.encode() == ""


def test_ready_packages_are_hidden_until_asked_for() -> None:
    assert Verdict.READY not in DEFAULT_STATES
    assert Verdict.UNKNOWN in DEFAULT_STATES
    assert Verdict.READY in RiskQuery.parse({"state": ["ready"]}, TARGETS).states


def test_a_heading_sorts_by_its_column_and_turns_round_the_one_that_sorts() -> None:
    query = RiskQuery(states=ALL)
    headings = table_headings(table({}), query)
    assert [heading.label for heading in headings[:2]] == ["Package", "Severity"]
    assert [heading.order for heading in headings] == ["", "descending", "", "", ""]
    assert query.sort_by("severity") == "severity"
    assert query.sort_by("name") == "name"
    assert RiskQuery(sort="name").sort_by("name") == "-name"


def test_one_chosen_target_has_the_headings_that_tell_all() -> None:
    headings = table_headings(risk_table({}, COLUMNS[:1], RiskQuery(), TODAY), RiskQuery())
    labels = [heading.label for heading in headings]
    assert labels == [
        "Package",
        "Current version",
        COLUMNS[0].label,
        "Evidence",
        "Severity",
        "Reason",
        "Works from",
        "Latest",
    ]


def test_the_count_names_its_denominator_and_the_pills_count_every_package() -> None:
    rows = {LINUX_313: [make_package("a", "blocked"), make_package("b"), make_package("c")]}
    found = table(rows, states=DEFAULT_STATES)
    assert count_text(found) == "1 of 3 packages"
    pills = {pill.state: (pill.count, pill.shown) for pill in state_pills(found, RiskQuery()) if not pill.is_idle}
    assert pills == {"blocked": (1, True), "upgrade": (0, True), "ready": (2, False)}


@pytest.mark.parametrize(
    ("rows", "query", "text"),
    [
        ([], {}, "No packages yet: they appear here as soon as the requirements are read."),
        ([make_package("a")], {"states": DEFAULT_STATES}, "Nothing: every package is ready here."),
        ([make_package("a")], {"name": "zz"}, "No package with “zz” in its name has one of the chosen states."),
        (
            [make_package("a"), make_package("b", "blocked")],
            {"states": frozenset({Verdict.UPGRADE})},
            "No package has one of the chosen states.",
        ),
    ],
)
def test_an_empty_table_says_why(rows: list[Any], query: dict[str, Any], text: str) -> None:
    asked = RiskQuery(**{"states": ALL, **query})
    assert empty_text(risk_table(shown({LINUX_313: rows}), COLUMNS[:1], asked, TODAY), asked) == text
