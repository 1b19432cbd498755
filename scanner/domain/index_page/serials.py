"""Which rows of an index's page of all packages must be compared to learn what moved. Pure: "now" is an argument.

The serials of one index grow together: each change anywhere takes the next number. So after a comparison that ended at
the number N, only rows above N can have moved. Three things make that untrue, and each has its answer:

- A change may become visible after one with a higher number, as transactions end in another order than they begin:
  rows are compared from SLACK numbers below N on.
- A package that is gone has no row, and so no number: when the page has fewer rows than before, all are compared.
- Other software may count otherwise, or begin anew: when the highest number went back, all are compared, and in any
  case now and then.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scanner.domain.index_page.page import RootPage

# Some hours of the public index, where ten changes a minute are usual.
SLACK = 2_000
# From so many rows on, asking for each by its name costs more than comparing all that are watched.
MANY = 5_000


@dataclass(frozen=True, slots=True)
class SerialCheckpoint:
    """What the last comparison left. newest: the highest serial, None before the first one. names: rows of that page.
    compared_at: when all rows were compared last."""

    newest: int | None = None
    names: int = 0
    compared_at: datetime | None = None


def serial_threshold(seen: SerialCheckpoint, now: datetime, every: timedelta) -> int | None:
    """The serial above which rows are compared; None when all are, as they are `every` so often."""
    if seen.newest is None or seen.compared_at is None:
        return None
    # A comparison in the future was noted by a clock that jumped.
    return seen.newest - SLACK if timedelta(0) <= now - seen.compared_at < every else None


def is_continuous(seen: SerialCheckpoint, page: RootPage) -> bool:
    """Whether the rows of `page` above `rows_above` tell all that moved since."""
    if seen.newest is None or page.newest is None or page.newest < seen.newest:
        return False
    return page.names >= seen.names and len(page.serials) <= MANY
