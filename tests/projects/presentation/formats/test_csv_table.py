"""The CSV of an assessment, whoever asks for it."""

from __future__ import annotations

import csv
import io
from typing import Any

from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.presentation.formats.csv_table import CSV_COLUMNS, CsvLine, csv_text
from projects.presentation.formats.text import as_csv
from tests.cast import WINDOWS_313, make_package


def read(text: str) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_line_has_every_column_and_names_versions_of_offers_only() -> None:
    package = make_package("orjson", "upgrade")
    (line,) = read(csv_text([CsvLine(WINDOWS_313, ProjectVerdict.CONDITIONAL, package)]))
    assert tuple(line) == CSV_COLUMNS
    assert (line["target"], line["target_verdict"], line["name"]) == (WINDOWS_313, "conditional", "orjson")
    assert (line["first_available"], line["latest_available"], line["direct"]) == ("9.0", "9.0", "True")
    assert (line["file"], line["line"]) == ("", "3")
    assert line["reason"] == "no wheel for cp313; has cp38 to cp312"


def test_a_cell_is_no_formula() -> None:
    reason = PackageReason(ReasonKind.TEXT, "+1")
    package = make_package("a", "blocked", version='=HYPERLINK("x")', reason=reason, newest_mismatch=None, file="@b")
    (line,) = read(csv_text([CsvLine(WINDOWS_313, ProjectVerdict.NO_GO, package)]))
    assert (line["version"], line["reason"], line["file"]) == ('\'=HYPERLINK("x")', "'+1", "'@b")


def test_the_command_writes_the_same_lines_as_the_page() -> None:
    packages = (make_package("a"), make_package("b", "blocked"))
    result = TargetResult(WINDOWS_313, ProjectVerdict.NO_GO, packages)
    assert as_csv([result]) == csv_text(CsvLine(WINDOWS_313, ProjectVerdict.NO_GO, package) for package in packages)
