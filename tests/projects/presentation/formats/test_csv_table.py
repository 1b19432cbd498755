"""The CSV of an assessment, whoever asks for it."""

from __future__ import annotations

import csv
import io
from typing import Any

from projects.presentation.formats.csv_table import CSV_COLUMNS, Judged, csv_text
from projects.presentation.formats.text import as_csv
from tests.cast import WINDOWS_313, package_row


def read(text: str) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_line_has_every_column_and_names_versions_of_offers_only() -> None:
    (line,) = read(csv_text([Judged(WINDOWS_313, "conditional", package_row("orjson", "upgrade"))]))
    assert tuple(line) == CSV_COLUMNS
    assert (line["target"], line["target_verdict"], line["name"]) == (WINDOWS_313, "conditional", "orjson")
    assert (line["first_available"], line["latest_available"], line["direct"]) == ("9.0", "9.0", "True")
    assert (line["file"], line["line"]) == ("", "3")


def test_what_a_row_does_not_say_is_empty() -> None:
    (line,) = read(csv_text([Judged(WINDOWS_313, "unknown", {"name": "a", "direct": None})]))
    assert {column: value for column, value in line.items() if value} == {
        "target": WINDOWS_313,
        "target_verdict": "unknown",
        "name": "a",
    }


def test_a_cell_is_no_formula() -> None:
    row = package_row("a", "blocked", version='=HYPERLINK("x")', reason="+1", file="@b")
    (line,) = read(csv_text([Judged(WINDOWS_313, "no-go", row)]))
    assert (line["version"], line["reason"], line["file"]) == ('\'=HYPERLINK("x")', "'+1", "'@b")


def test_the_command_writes_the_same_lines_as_the_page() -> None:
    rows = [package_row("a"), package_row("b", "blocked")]
    document = {"assessments": [{"target": WINDOWS_313, "verdict": "no-go", "packages": rows}]}
    assert as_csv(document) == csv_text(Judged(WINDOWS_313, "no-go", row) for row in rows)
