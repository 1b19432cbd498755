"""Cells of a target without the GIL say what the release declares of it, where it installs."""

import json
from datetime import date

import pytest
from packaging.utils import NormalizedName

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.run_evidence import RunEvidence
from projects.domain.received_proof import ReceivedProof
from projects.presentation.cell_summary import cells_from_text, cells_to_json, marked
from projects.presentation.columns import columns_of
from projects.presentation.risk_table.query import STATES, RiskQuery
from projects.presentation.risk_table.table import risk_table
from projects.templatetags.risk_rows import risk_rows
from scanner.domain.evidence.declared import Declaration
from scanner.domain.matching.availability import Availability
from tests.cast import make_package

TARGET = "cp314t-manylinux_2_28_x86_64"
DECLARED = RunEvidence(Declaration.CLASSIFIER, free_threading=3)


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        (make_package("a", evidence=DECLARED), "declared; free-threading level 3, stable"),
        (make_package("a", evidence=RunEvidence(Declaration.NOT_STATED)), "not stated; free-threading not stated"),
        (make_package("a", availability=Availability.PURE, evidence=RunEvidence(Declaration.CLASSIFIER)), "declared"),
        (
            make_package("a", availability=Availability.PURE, evidence=DECLARED),
            "declared; free-threading level 3, stable",
        ),
        (make_package("a", "blocked", evidence=DECLARED), ""),
    ],
)
def test_a_cell_without_the_gil_has_the_level_after_the_rung(package: PackageResult, expected: str) -> None:
    cells = cells_from_text(json.dumps(cells_to_json([package]))) or ()
    assert [cell.evidence for cell in marked(cells, None, without_gil=True)] == [expected]
    assert "free-threading" not in marked(cells, None)[0].evidence


def test_it_follows_what_a_proof_says_and_keeps_its_mark_in_the_table() -> None:
    cells = cells_from_text(json.dumps(cells_to_json([make_package("a", evidence=DECLARED)]))) or ()
    proof = ReceivedProof(TARGET, True, "3.14.0", "linux x86_64", "", {NormalizedName("a"): "1.0"})
    found = marked(cells, proof, without_gil=True)
    assert found[0].evidence == "ran; free-threading level 3, stable"
    table = risk_table({TARGET: found}, columns_of([TARGET]), RiskQuery(states=frozenset(STATES)), date(2026, 11, 28))
    row = risk_rows(table, "/projects/app/cells/", {})
    assert 'class="cell ready ran"' in row
    assert "<td>ran; free-threading level 3, stable</td>" in row
