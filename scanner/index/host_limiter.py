"""Politeness towards a host: how many requests at once, and silence when it asks for silence.

The gate decides; where it keeps its knowledge is a `LimiterStore`, so that many workers can share one (in a database or
Redis) while a single process keeps it in memory.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

from scanner.domain.polling import CLOCK_SKEW
from scanner.index.errors import HostThrottled

Clock = Callable[[], datetime]
# "Not now" in HTTP: too many requests, unavailable, and a gateway that gave up waiting.
THROTTLING_STATUSES = frozenset({429, 503, 504})


# No host is left alone for longer. A mark that lies further ahead comes from a clock that jumped, and counts for
# nothing: else the host would be left alone until the clock is there again.
LONGEST_CLOSURE = timedelta(minutes=5)


def later_reopening(until: datetime, before: datetime | None) -> datetime:
    """The later one of two moments at which a host opens again; `before` counts only where it can be true."""
    return before if before is not None and until < before <= until + LONGEST_CLOSURE else until


class LimiterStore(Protocol):
    """What is known of hosts. Each method is atomic for all who share the store."""

    def closed_until(self, host: str) -> datetime | None:
        """When a closed host opens again; a moment in the past counts as open."""

    def close(self, host: str, until: datetime) -> None:
        """Close until then; never earlier than another caller has said."""

    def acquire(self, host: str, slots: int, patience: timedelta) -> bool:
        """Take one of the host's places, waiting for one up to `patience`. False: none came free."""

    def release(self, host: str) -> None:
        """Give a place back."""


class MemoryLimiterStore:
    """For one process and its threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._until: dict[str, datetime] = {}
        self._inside: dict[str, int] = {}
        self._waiting: dict[str, deque[object]] = {}

    def closed_until(self, host: str) -> datetime | None:
        """As LimiterStore has it."""
        return self._until.get(host)

    def close(self, host: str, until: datetime) -> None:
        """As LimiterStore has it."""
        with self._changed:
            self._until[host] = later_reopening(until, self._until.get(host))

    def acquire(self, host: str, slots: int, patience: timedelta) -> bool:
        """As LimiterStore has it."""
        mine = object()
        with self._changed:
            waiting = self._waiting.setdefault(host, deque())
            waiting.append(mine)
            # In turn: else a thread that leaves and comes back at once keeps the others out.
            came = self._changed.wait_for(
                lambda: waiting[0] is mine and self._inside.get(host, 0) < slots, patience.total_seconds()
            )
            waiting.remove(mine)
            if came:
                self._inside[host] = self._inside.get(host, 0) + 1
            self._changed.notify_all()
            return came

    def release(self, host: str) -> None:
        """As LimiterStore has it."""
        with self._changed:
            self._inside[host] -= 1
            self._changed.notify_all()


@dataclass(frozen=True, slots=True)
class LimiterPolicy:
    """places: requests to one host at once. patience: how long to wait for a place. default_wait: after a "not now"
    without a usable Retry-After. longest_wait: no host closes itself for longer."""

    slots: int = 2
    patience: timedelta = timedelta(seconds=60)
    default_wait: timedelta = timedelta(seconds=30)
    longest_wait: timedelta = LONGEST_CLOSURE


class HostLimiter:
    """Lets requests through to a host, or raises HostThrottled. Safe to share between threads."""

    def __init__(
        self, store: LimiterStore | None = None, *, politeness: LimiterPolicy | None = None, clock: Clock | None = None
    ) -> None:
        self._store = store or MemoryLimiterStore()
        self._politeness = politeness or LimiterPolicy()
        self._clock = clock or _utc_now

    @contextmanager
    def slot(self, host: str, url: str) -> Iterator[None]:
        """One request to the host happens inside. url: for the error, without credentials."""
        self._check(host, url)
        if not self._store.acquire(host, self._politeness.slots, self._politeness.patience):
            until = self._clock() + self._politeness.patience
            raise HostThrottled(url, host, until, "has all its connections in use")
        try:
            # It may have closed while we waited for a place.
            self._check(host, url)
            yield
        finally:
            self._store.release(host)

    def closed_until(self, host: str) -> datetime | None:
        """When a closed host opens again, None for an open one: for the operator's page."""
        until, now = self._store.closed_until(host), self._clock()
        return until if until is not None and now < until <= now + self._politeness.longest_wait + CLOCK_SKEW else None

    def check_answer(self, host: str, url: str, status: int, retry_after: str | None) -> None:
        """Tell the gate of an answer. Closes the host and raises HostThrottled when it says "not now"."""
        if status not in THROTTLING_STATUSES:
            return
        now = self._clock()
        wait = parse_retry_after(retry_after, now)
        if wait is None:
            wait = self._politeness.default_wait
        until = now + min(wait, self._politeness.longest_wait)
        self._store.close(host, until)
        raise HostThrottled(url, host, until, f"answered {status}")

    def _check(self, host: str, url: str) -> None:
        until = self.closed_until(host)
        if until is not None:
            raise HostThrottled(url, host, until)


def parse_retry_after(retry_after: str | None, now: datetime) -> timedelta | None:
    """Retry-After (RFC 9110 §10.2.3): seconds or an HTTP date; at least one second, None when it says neither."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=max(1, int(text[:9])))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return max(timedelta(seconds=1), moment - now)
    except OverflowError:
        return None


def _utc_now() -> datetime:
    return datetime.now(UTC)
