"""How often a page asks again for what is still to come."""

from __future__ import annotations

from datetime import timedelta

_SELDOM = 60


def ask_every(left: timedelta, least: int) -> int:
    """Return how many seconds a page waits between its requests while nothing can change for so long.

    At least so many, and at most a minute: what is waited for may come early.
    """
    return max(least, min(_SELDOM, int(left.total_seconds())))
