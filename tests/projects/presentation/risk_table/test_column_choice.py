"""The choice of columns: boxes for the targets of the project, links for whole rows and columns."""

from __future__ import annotations

from urllib.parse import parse_qs

from projects.presentation.columns import columns_of
from projects.presentation.risk_table.column_choice import by_platform, column_choice
from projects.presentation.risk_table.query import RiskQuery
from tests.cast import LINUX_313, LINUX_314, TARGETS, WINDOWS_313

COLUMNS = columns_of(TARGETS)


def test_each_target_has_a_box_and_what_the_project_lacks_has_none() -> None:
    choice = column_choice(COLUMNS, COLUMNS[:1], RiskQuery())
    assert [line.label for line in choice.platforms] == ["Linux x86-64", "Windows x64"]
    boxes = {line.label: [box and (box.column.slug, box.checked) for box in line.boxes] for line in choice.pythons}
    assert boxes == {"3.13": [(LINUX_313, True), (WINDOWS_313, False)], "3.14": [(LINUX_314, False), None]}


def test_a_heading_shows_its_targets_alone_and_keeps_the_filter() -> None:
    choice = column_choice(COLUMNS, COLUMNS, RiskQuery(targets=(LINUX_314,), name="yaml", sort="name"))
    links = [*choice.platforms, *choice.pythons]
    assert [parse_qs(line.query)["target"] for line in links] == [
        [LINUX_313, LINUX_314],
        [WINDOWS_313],
        [LINUX_313, WINDOWS_313],
        [LINUX_314],
    ]
    assert all(parse_qs(line.query)["q"] == ["yaml"] for line in links)
    assert parse_qs(choice.every)["target"] == list(TARGETS)


def test_columns_of_a_platform_stand_side_by_side() -> None:
    assert [column.slug for column in by_platform(COLUMNS)] == [LINUX_313, LINUX_314, WINDOWS_313]
