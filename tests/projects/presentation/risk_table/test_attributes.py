"""The filter by attributes: each narrows the rows, together they hold for one cell, and a query keeps them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.assessment.package_result import AvailableVersion, PackageResult
from projects.domain.assessment.reasons import BreakEvidence, PackageReason, ReasonKind
from projects.domain.assessment.verdicts import SEVERITIES, Severity
from projects.presentation.cell_summary import cells_from_text, cells_to_json, summarise_cell
from projects.presentation.columns import columns_of
from projects.presentation.risk_table.attributes import Arrives, AttributeFilter, Content, Evidence
from projects.presentation.risk_table.controls import dropdowns, empty_text
from projects.presentation.risk_table.query import STATES, RiskQuery
from projects.presentation.risk_table.table import RiskTable, risk_table
from scanner.domain.matching.availability import Availability
from tests.cast import LINUX_313, TARGETS, WINDOWS_313, make_package

COLUMNS = columns_of(TARGETS)
TODAY = date(2026, 11, 27)
ALL = frozenset(STATES)


def moment(day: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


BROKEN = PackageReason(ReasonKind.KNOWN_BREAK, known_break=BreakEvidence("import", "fails", "a report"))
PACKAGES = [
    make_package("blocked", "blocked", severity=Severity.CRITICAL, uploaded_at=None),
    make_package("pure", availability=Availability.PURE, direct=False, uploaded_at=moment(1, 3)),
    make_package("fresh", uploaded_at=moment(20)),
    make_package("withdrawn", yanked=True),
    make_package("soon", "upgrade", first_available=AvailableVersion("2.0", "soon.whl", moment(26))),
    make_package("built", "degraded", availability=Availability.SOURCE, build_detail="pure", has_stated_needs=True),
    make_package("broken", "blocked", availability=Availability.NATIVE, reason=BROKEN),
    make_package("unread", "unknown"),
]


def names(query: RiskQuery, packages: list[PackageResult] | None = None) -> set[str]:
    return {row.name for row in table(query, packages).rows}


def table(query: RiskQuery, packages: list[PackageResult] | None = None) -> RiskTable:
    cells = [summarise_cell(one) for one in packages or PACKAGES]
    return risk_table({LINUX_313: cells}, COLUMNS, query, TODAY)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"severity": Severity.CRITICAL}, {"blocked", "broken"}),
        ({"severity": Severity.MODERATE}, {"blocked", "broken", "soon"}),
        ({"arrives": Arrives.TRANSITIVE}, {"pure"}),
        ({"content": Content.PURE}, {"pure", "built"}),
        ({"content": Content.COMPILED}, {"blocked", "fresh", "withdrawn", "broken"}),
        ({"evidence": Evidence.WHEEL}, {"pure", "fresh", "withdrawn"}),
        ({"evidence": Evidence.BUILD}, {"built"}),
        ({"evidence": Evidence.STATED}, {"built"}),
        ({"evidence": Evidence.BREAK}, {"broken"}),
        ({"yanked": True}, {"withdrawn"}),
        ({"gained": True}, {"fresh", "soon"}),
        ({"gained": True, "content": Content.COMPILED}, {"fresh"}),
    ],
)
def test_an_attribute_leaves_the_packages_that_have_it(asked: dict[str, Any], found: set[str]) -> None:
    assert names(RiskQuery(states=ALL, attributes=AttributeFilter(**asked))) == found


def test_a_group_has_what_it_requires_and_what_comes_with_it() -> None:
    packages = [grouped("flask", ""), grouped("pytest", "dev"), grouped("pluggy", "dev"), grouped("click", "", "dev")]
    assert names(RiskQuery(states=ALL, attributes=AttributeFilter(group="dev")), packages) == {
        "pytest",
        "pluggy",
        "click",
    }
    assert names(RiskQuery(states=ALL, attributes=AttributeFilter(group="main")), packages) == {"flask", "click"}
    assert table(RiskQuery(), packages).groups == ("main", "dev")
    assert table(RiskQuery()).groups == ()


def grouped(name: str, *groups: str) -> PackageResult:
    row = make_package(name).to_json()
    return PackageResult.from_json({**row, "groups": list(groups)})


def test_all_attributes_must_hold_for_the_same_cell() -> None:
    here = summarise_cell(make_package("one", severity=Severity.CRITICAL, availability=Availability.PURE))
    there = summarise_cell(make_package("one", severity=Severity.LOW))
    query = RiskQuery(states=ALL, attributes=AttributeFilter(severity=Severity.HIGH, content=Content.COMPILED))
    assert risk_table({LINUX_313: [here], WINDOWS_313: [there]}, COLUMNS, query, TODAY).rows == ()


def test_counts_are_those_of_the_attributes_and_what_states_hide_is_counted() -> None:
    found = table(RiskQuery(attributes=AttributeFilter(evidence=Evidence.WHEEL)))
    assert ({row.name for row in found.rows}, found.hidden, sum(found.counts.values())) == ({"withdrawn"}, 2, 3)
    assert (found.total, found.yanked, found.gained) == (len(PACKAGES), 1, 2)
    nothing = RiskQuery(attributes=AttributeFilter(yanked=True, gained=True))
    assert empty_text(table(nothing), nothing) == "No package has all that the filters ask for."


_filters = st.builds(
    AttributeFilter,
    severity=st.none() | st.sampled_from(SEVERITIES[1:]),
    arrives=st.none() | st.sampled_from(Arrives),
    content=st.none() | st.sampled_from(Content),
    evidence=st.none() | st.sampled_from(Evidence),
    group=st.none() | st.text("abc-. &=é", min_size=1, max_size=8),
    yanked=st.booleans(),
    gained=st.booleans(),
)


@given(_filters)
def test_a_query_reads_back_the_attributes_that_it_writes(attributes: AttributeFilter) -> None:
    query = RiskQuery(attributes=attributes)
    assert RiskQuery.parse(parse_qs(query.encode()), TARGETS) == query
    assert RiskQuery.parse(parse_qs(query.without_attributes()), TARGETS) == RiskQuery()


@given(_filters)
def test_a_filter_by_attributes_only_takes_rows_away(attributes: AttributeFilter) -> None:
    assert names(RiskQuery(states=ALL, attributes=attributes)) <= {one.name for one in PACKAGES}


def test_the_lists_show_what_is_chosen_also_a_group_that_is_gone() -> None:
    query = RiskQuery(attributes=AttributeFilter(group="old", arrives=Arrives.DIRECT))
    chosen = {
        one.name: choice.value for one in dropdowns(table(query), query) for choice in one.choices if choice.chosen
    }
    assert chosen == {"severity": "", "arrives": "direct", "content": "", "evidence": "", "group": "old"}


def test_stored_cells_keep_their_attributes() -> None:
    stored = cells_from_text(json.dumps(cells_to_json(PACKAGES)))
    assert stored == tuple(map(summarise_cell, PACKAGES))


@pytest.mark.parametrize(
    "stored",
    [
        None,
        "null",
        "{}",
        '{"version": 7, "cells": [["a", "1.0", "ready", "wheel", "a wheel", "direct"]]}',
        '{"version": 8, "cells": [["a", 1]]}',
        '{"version": "8", "cells": []}',
    ],
)
def test_cells_that_another_version_stored_do_not_serve(stored: str | None) -> None:
    assert cells_from_text(stored) is None
