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
from projects.presentation.formats.wheels import wheel_documents
from scanner.domain.evidence.compiled_modules import CompiledFault, CompiledFinding, CompiledReading
from scanner.domain.evidence.wheel_reading import ImportGuard, WheelImport, WheelReading
from tests.cast import WINDOWS_313, make_package

PAGE = (Path(__file__).parents[4] / "docs" / "schema.md").read_text()


GONE = WheelImport("distutils", "a", "a/core.py", 3, ImportGuard.OTHER_MODULE, frozenset({(3, 13)}))
OLD = CompiledFinding(CompiledFault.GLIBC, "a/fast.so", "GLIBC_2.34", "2.17")
READING = WheelReading(("a",), (GONE,), 5, 1, CompiledReading((OLD,), 2, 0, 1))


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
        wheels={"a-1.0-py3-none-any.whl": READING},
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
        "A wheel": set(document["wheels"][0]),
    }


@pytest.mark.parametrize("section", keys())
def test_every_key_is_documented(section: str) -> None:
    assert documented(section) == keys()[section]


def test_the_findings_of_a_wheel_name_their_place_and_what_they_need() -> None:
    (found,) = wheel_documents({"a-1.0-py3-none-any.whl": READING})
    assert found["imports"] == [
        {
            "module": "distutils",
            "path": "a/core.py",
            "line": 3,
            "guard": "other-module",
            "pythons": "!=3.13,>=3.12",
        }
    ]
    assert found["compiled"] == {
        "findings": [{"fault": "glibc", "path": "a/fast.so", "needs": "GLIBC_2.34", "promised": "2.17"}],
        "modules": 2,
        "unread": 0,
        "numpy": 1,
        "error": None,
    }
    (unread,) = wheel_documents({"a-1.0-py3-none-any.whl": WheelReading(("a",), (), 5)})
    assert unread["compiled"] is None


def test_every_csv_column_is_documented() -> None:
    text = PAGE[PAGE.index("## CSV") :]
    assert [name for name in re.findall(r"`(\w+)`", text) if name in CSV_COLUMNS] == list(CSV_COLUMNS)
