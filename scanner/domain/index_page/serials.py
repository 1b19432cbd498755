"""Which rows of an index's root page are compared to find the packages that changed.

All packages of an index share one sequence of serials: each change takes the next number. So after a comparison that
ended at serial N only rows above N can have changed. There are three exceptions:

- Transactions may end in another order than they begin, so a change may become visible after one with a higher serial:
  rows are compared from SERIAL_OVERLAP below N.
- A removed package has no row and so no serial: when the page has fewer rows than before, all rows are compared.
- The sequence may start again, or an index may count in another way: when the highest serial went back, and at regular
  intervals in any case, all rows are compared.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from scanner.domain.index_page.page import RootPage

# Some hours of the public index, where ten changes a minute are usual.
SERIAL_OVERLAP = 2_000
# With more rows than this, comparing all watched packages is cheaper than looking up each row.
MOST_ROWS = 5_000


class SerialCheckpoint(Struct, frozen=True):
    """The result of the last comparison.

    - newest: the highest serial, None before the first comparison.
    - names: the number of rows of the page.
    - compared_at: when all rows were last compared.
    """

    newest: int | None = None
    names: int = 0
    compared_at: datetime | None = None


def serial_threshold(last: SerialCheckpoint, now: datetime, full_every: timedelta) -> int | None:
    """Return the serial above which rows are compared; None when all rows are, as once in every `full_every`."""
    if last.newest is None or last.compared_at is None:
        return None
    # A time in the future was written while the clock was wrong.
    return last.newest - SERIAL_OVERLAP if timedelta(0) <= now - last.compared_at < full_every else None


def is_continuous(last: SerialCheckpoint, page: RootPage) -> bool:
    """Return whether the rows of `page` above `serial_threshold` include every change since `last`."""
    if last.newest is None or page.newest is None or page.newest < last.newest:
        return False
    return page.names >= last.names and len(page.serials) <= MOST_ROWS
