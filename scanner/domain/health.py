"""Figures about the scanner at one moment, for its operator."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

# The span over which `PollingHealth.answered_lately` is counted.
RATE_SPAN = timedelta(minutes=10)


class PollingHealth(Struct, frozen=True):
    """The state of polling. Ages are None when nothing waits; answered_lately: packages polled within RATE_SPAN."""

    packages: int
    due: int
    ended: int
    queued: int
    claimed: int
    failing: int
    never_answered: int
    answered_lately: int
    oldest_due: timedelta | None
    oldest_queued: timedelta | None
    events_waiting: int
    oldest_event: timedelta | None
    releases_unsettled: int
    last_answer_at: datetime | None


class ResultCount(Struct, frozen=True):
    """The polls of a span that ended in one result. size: bytes of pages read."""

    result: str
    polls: int
    size: int


class ThrottledHost(Struct, frozen=True):
    """A host that answered 429, 503 or 504 and is sent no request until `until`."""

    host: str
    until: datetime
