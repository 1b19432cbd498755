"""The machine-readable assessment has the keys that docs/schema.md lists, and no others."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from projects.domain.assessment.record import AssessmentRecord
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.dependency_files import read
from projects.domain.rewriting.written_plan import WrittenPlan
from projects.presentation.formats.csv_table import CSV_COLUMNS
from projects.presentation.formats.schema import assessment_document
from tests.cast import WINDOWS_313, make_package

PAGE = (Path(__file__).parents[4] / "docs" / "schema.md").read_text()


def documented(section: str) -> set[str]:
    """The keys in the first column of a section's table."""
    (text,) = re.findall(rf"^## {section}\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
    cells = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", text, re.MULTILINE)
    return {key for cell in cells for key in re.findall(r"`(\w+)`", cell)}


def keys() -> dict[str, set[str]]:
    result = TargetResult(WINDOWS_313, ProjectVerdict.UNKNOWN, (make_package("a"),), plan=UpgradePlan())
    record = AssessmentRecord(
        read({"requirements.txt": b"a==1.0\n"}, ["requirements.txt"]),
        [result],
        datetime(2026, 3, 2, tzinfo=UTC),
        "https://index.example/simple/",
        written={WINDOWS_313: WrittenPlan()},
    )
    document = assessment_document(record)
    (target,), (requirement,) = document["assessments"], document["requirements"]
    return {
        # The command adds what is new since a baseline.
        "The document": {*document, "changes"},
        "A requirement": set(requirement),
        "A target": set(target),
        "A package on a target": set(target["packages"][0]),
        "A plan": set(target["plan"]),
    }


@pytest.mark.parametrize("section", keys())
def test_every_key_is_documented(section: str) -> None:
    assert documented(section) == keys()[section]


def test_every_csv_column_is_documented() -> None:
    text = PAGE[PAGE.index("## CSV") :]
    assert [name for name in re.findall(r"`(\w+)`", text) if name in CSV_COLUMNS] == list(CSV_COLUMNS)
