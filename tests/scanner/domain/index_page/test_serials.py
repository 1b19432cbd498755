"""Which rows of the page of all packages must be compared."""

from datetime import UTC, datetime, timedelta

import pytest
from packaging.utils import NormalizedName

from scanner.domain.index_page.page import RootPage
from scanner.domain.index_page.serials import (
    MOST_ROWS,
    SERIAL_OVERLAP,
    SerialCheckpoint,
    is_continuous,
    serial_threshold,
)

NOON = datetime(2024, 9, 11, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SEEN = SerialCheckpoint(newest=50_000, names=10, compared_at=NOON)


@pytest.mark.parametrize(
    ("seen", "now", "above"),
    [
        (SEEN, NOON, 50_000 - SERIAL_OVERLAP),
        (SEEN, NOON + HOUR / 2, 50_000 - SERIAL_OVERLAP),
        (SEEN, NOON + HOUR, None),
        (SEEN, NOON - HOUR / 2, None),
        (SerialCheckpoint(), NOON, None),
        (SerialCheckpoint(newest=50_000, names=10), NOON, None),
        (SerialCheckpoint(compared_at=NOON), NOON, None),
    ],
    ids=["at once", "soon after", "an hour later", "the clock went back", "never", "never whole", "without serials"],
)
def test_only_rows_with_new_serials_are_compared_between_whole_comparisons(
    seen: SerialCheckpoint, now: datetime, above: int | None
) -> None:
    assert serial_threshold(seen, now, HOUR) == above


def some(number: int) -> dict[NormalizedName, int | None]:
    return {NormalizedName(f"name-{at}"): 50_000 for at in range(number)}


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (RootPage(some(1), 10, 50_000), True),
        (RootPage(some(3), 12, 50_001), True),
        (RootPage(some(1), 9, 50_001), False),
        (RootPage(some(1), 10, 49_999), False),
        (RootPage({}, 10, None), False),
        (RootPage(some(MOST_ROWS + 1), MOST_ROWS + 10, 60_000), False),
    ],
    ids=["the same", "more", "fewer names", "serials went back", "no row that new", "too many to ask for by name"],
)
def test_a_page_that_does_not_go_on_from_the_one_before_is_compared_whole(page: RootPage, expected: bool) -> None:
    assert is_continuous(SEEN, page) is expected


def test_nothing_goes_on_from_nothing() -> None:
    assert not is_continuous(SerialCheckpoint(), RootPage(some(1), 1, 50_000))
