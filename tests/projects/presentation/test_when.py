"""When the last blocker of a target may fall, in one sentence."""

from datetime import date

from projects.domain.assessment.package_result import NewestMismatch
from projects.domain.assessment.verdicts import Verdict
from projects.presentation.when import _estimate
from scanner.domain.matching.availability import Availability
from scanner.domain.matching.reason import MismatchKind, WheelMismatch
from scanner.domain.releases.first_wheels import WheelForecast
from scanner.domain.targets.pythons import PYTHONS
from tests.cast import files_reason, make_package

PYTHON = make_package("orjson", Verdict.BLOCKED)
FLOOR = make_package(
    "ray",
    Verdict.BLOCKED,
    newest_mismatch=NewestMismatch(
        "1.0", files_reason(Availability.NONE, WheelMismatch(MismatchKind.FLOOR, ("2.39",), "2.28"))
    ),
)
FORECAST = WheelForecast(PYTHONS[0], date(2026, 10, 1), (), date(2026, 12, 1), date(2027, 1, 1), is_overdue=False)


def test_a_blocker_that_waits_for_its_platform_is_not_told_from_past_pythons() -> None:
    said = "No date: what ray lacks does not depend on the Python, so past releases say nothing."
    assert _estimate([PYTHON, FLOOR], {"orjson": FORECAST}) == said


def test_a_blocker_of_which_too_little_is_known_has_no_date() -> None:
    assert _estimate([PYTHON], {}) == "No date: too little is known of how soon orjson follows."
    assert _estimate([PYTHON], {"orjson": FORECAST}).startswith("Between 1 December 2026 and 1 January 2027")
