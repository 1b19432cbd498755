"""Real files, and what is right of them, end to end through the assess command on recorded pages."""

from pathlib import Path

import pytest

from tests.cases import first_table, known_breaks, second_table, third_table
from tests.cases.case import Case, differences
from tests.replay import ReplayIndex

pytestmark = pytest.mark.django_db(transaction=True)

CASES = [*first_table.CASES, *second_table.CASES, *third_table.CASES, *known_breaks.CASES]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=case.name,
            marks=pytest.mark.xfail(strict=True, reason=case.wrong_today) if case.wrong_today else (),
        )
        for case in CASES
    ],
)
def test_a_real_file_is_judged_rightly(case: Case, replay: ReplayIndex, tmp_path: Path) -> None:
    assert differences(case, replay, tmp_path) == []
