"""What is stored of results is made once for each of them."""

from collections.abc import Iterable
from typing import Any

import pytest

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.presentation.cell_summary import cells_to_json
from projects.services.assessments.stored_results import StoredResults, stored_results


def result(target: str, *blockers: str) -> TargetResult:
    return TargetResult(target, ProjectVerdict.UNKNOWN, (), blockers)


def test_of_results_that_were_stored_before_what_was_made_is_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    def counted(packages: Iterable[PackageResult]) -> dict[str, Any]:
        made.append(packages)
        return cells_to_json(packages)

    monkeypatch.setattr("projects.services.assessments.stored_results.cells_to_json", counted)
    first, second = result("one", "six"), result("two")
    stored_results([first, second])
    again = stored_results([second, result("three"), first])
    assert len(made) == 3
    assert [row.position for row in again.rows()] == [0, 1, 2]
    assert [(row.target, row.blockers) for row in again.rows()] == [("two", []), ("three", []), ("one", ["six"])]


def test_both_digests_change_with_what_is_said_and_with_nothing_else() -> None:
    one, same, other = (StoredResults.of([result("one", name)]) for name in ("six", "six", "attrs"))
    assert one.digest([]) == same.digest([]) != other.digest([])
    assert one.quick_digest([]) == same.quick_digest([]) != other.quick_digest([])
    assert one.quick_digest(["an index"]) != one.quick_digest([])
