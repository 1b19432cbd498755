"""How long packages took to follow new Pythons, and what that says of the next."""

from datetime import date, timedelta

import pytest

from scanner.domain.matching.availability import Availability
from scanner.domain.releases.first_wheels import FirstWheel, ServedBy, WheelForecast, forecast, lags
from scanner.domain.targets.pythons import PYTHON_BRANCHES, find_python
from scanner.domain.targets.target import parse_target

OLD = date(2015, 1, 1)


def released(minor: int) -> date:
    day = PYTHON_BRANCHES[3, minor].released
    assert day is not None
    return day


def first(minor: int, days: int | None, how: Availability = Availability.NATIVE, *, free: bool = False) -> FirstWheel:
    """The first wheel for a Python, so many days after its release; None: none yet."""
    target = parse_target(f"cp3{minor}{'t' if free else ''}-win_amd64")
    if days is None:
        return FirstWheel(target, None)
    return FirstWheel(target, ServedBy(f"{minor}.0", how, released(minor) + timedelta(days=days)))


def test_a_lag_is_the_time_from_the_release_of_the_python() -> None:
    found = lags([first(13, 30), first(12, -5)], OLD)
    assert [(lag.python.label, lag.days) for lag in found] == [("3.12", -5), ("3.13", 30)]


@pytest.mark.parametrize(
    "wheel",
    [
        first(13, 30, Availability.ABI3),
        first(13, 30, Availability.PURE),
        first(13, 30, free=True),
        first(13, None),
    ],
)
def test_what_nobody_waited_for_gives_no_lag(wheel: FirstWheel) -> None:
    assert lags([wheel], OLD) == ()


def test_a_package_that_is_younger_than_a_python_did_not_follow_it() -> None:
    assert lags([first(13, 30)], released(13)) == ()
    assert len(lags([first(13, 30)], released(13) - timedelta(days=1))) == 1


def the_forecast(*days: int, today: date = OLD, served: int | None = None) -> WheelForecast | None:
    """The forecast for 3.15 after lags behind the Pythons before it, newest last."""
    wheels = [first(15 - len(days) + at, lag) for at, lag in enumerate(days)]
    python = find_python("cp315")
    assert python is not None
    return forecast([*wheels, first(15, served)], python, OLD, today)


def test_a_forecast_reaches_from_the_shortest_to_the_longest_lag() -> None:
    found = the_forecast(10, 40, 20)
    assert found is not None
    assert (found.earliest, found.latest) == (
        released(15) + timedelta(days=10),
        released(15) + timedelta(days=40),
    )
    assert [lag.days for lag in found.lags] == [10, 40, 20]


def test_only_the_last_four_lags_count() -> None:
    found = the_forecast(400, 10, 20, 30, 40)
    assert found is not None
    assert found.latest == released(15) + timedelta(days=40)


def test_it_is_silent_where_too_little_is_known_or_the_wheel_is_there() -> None:
    assert the_forecast(10, 20) is None
    assert the_forecast(10, 20, 30, served=1) is None


def test_a_python_without_a_date_or_a_free_threaded_one_has_no_forecast() -> None:
    wheels = [first(minor, 10) for minor in (12, 13, 14)]
    for slug in ("cp316", "cp315t"):
        python = find_python(slug)
        assert python is not None
        assert forecast(wheels, python, OLD, released(15)) is None


def test_what_takes_longer_than_ever_is_overdue() -> None:
    late = released(15) + timedelta(days=41)
    found = the_forecast(10, 40, 20, today=late)
    assert found is not None
    assert found.is_overdue
