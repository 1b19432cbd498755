"""How old an answer is, in words."""

from datetime import timedelta

import pytest

from projects.presentation.freshness import STALE_AFTER, format_age, is_stale
from tests.cast import NOON


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=119), "1 hour ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=800), "2 years ago"),
        (-timedelta(seconds=5), "in a moment"),
        (-timedelta(hours=5), "in 5 hours"),
    ],
)
def test_a_moment_is_said_in_its_largest_unit(distance: timedelta, words: str) -> None:
    assert format_age(NOON - distance, NOON) == words


def test_an_answer_is_stale_when_even_a_quiet_package_should_have_been_polled() -> None:
    assert is_stale(NOON - STALE_AFTER - timedelta(seconds=1), NOON)
    assert not is_stale(NOON - STALE_AFTER, NOON)
    assert not is_stale(None, NOON)
