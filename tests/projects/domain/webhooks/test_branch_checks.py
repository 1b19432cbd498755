"""When followed branches are looked at, and which ones together."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.webhooks.branch_checks import (
    PER_HOST,
    first_check,
    is_fresh,
    latest_check,
    next_check,
    select_round,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHARES = st.floats(0, 1)
WAITS = st.timedeltas(timedelta(minutes=1), timedelta(days=400))


@pytest.mark.parametrize(
    ("failures", "share", "hours"), [(0, 0.0, 0.8), (0, 0.5, 1), (0, 1.0, 1.2), (1, 0.5, 2), (3, 0.5, 8), (9, 0.5, 24)]
)
def test_the_wait_is_spread_and_doubles_with_each_failure_up_to_a_day(
    failures: int, share: float, hours: float
) -> None:
    assert next_check(NOW, HOUR, failures, share) - NOW == pytest.approx(hours * HOUR, abs=timedelta(seconds=1))


@given(WAITS, st.integers(0, 10_000), SHARES)
def test_no_check_comes_sooner_than_four_fifths_of_the_wait_or_later_than_the_latest(
    every: timedelta, failures: int, share: float
) -> None:
    moment = next_check(NOW, every, failures, share)
    assert NOW + every * 0.8 - timedelta(seconds=1) <= moment <= latest_check(NOW, every) + timedelta(seconds=1)
    assert NOW <= first_check(NOW, every, share) <= NOW + every


def test_a_check_is_spared_once_a_delivery_told_of_the_branch() -> None:
    assert is_fresh(NOW - timedelta(minutes=30), NOW, HOUR)
    assert not is_fresh(NOW - timedelta(minutes=48), NOW, HOUR)
    assert not is_fresh(None, NOW, HOUR)


def test_a_round_asks_one_host_for_a_few_repositories_only() -> None:
    due = [(number, f"https://git.example/team/app-{number}.git") for number in range(9)]
    due += [(20, "git@other.example:app"), (21, "no address"), (22, "https://git.example:8443/app")]
    taken = list(select_round(due))
    assert [pk for host, pk in taken if host == "git.example"] == list(range(PER_HOST))
    assert taken[PER_HOST:] == [("other.example", 20), ("", 21)]
