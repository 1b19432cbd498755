"""Limit the requests to a host: a number at once, and none while it answers 429, 503 or 504 (Retry-After).

`HostLimiter` decides. A `LimiterStore` holds the state: many workers share one (in a database or Redis), a single
process keeps it in memory.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

from msgspec import Struct

from scanner.domain.index_faults import ALL_IN_USE, ANSWERED
from scanner.domain.next_poll import CLOCK_SKEW
from scanner.index.errors import HostThrottled

Clock = Callable[[], datetime]
# Too many requests, service unavailable, gateway time-out.
THROTTLING_STATUSES = frozenset({429, 503, 504})


# No host is closed for longer. A time further ahead was written by a clock that jumped, and is ignored.
LONGEST_CLOSURE = timedelta(minutes=5)


def later_reopening(until: datetime, before: datetime | None) -> datetime:
    """Return the later of two times at which a host reopens; `before` counts only within LONGEST_CLOSURE."""
    return before if before is not None and until < before <= until + LONGEST_CLOSURE else until


class LimiterStore(Protocol):
    """The state of hosts. Each method is atomic for all processes that share the store."""

    def closed_until(self, host: str) -> datetime | None:
        """Return when a closed host reopens. A time in the past counts as open."""

    def close(self, host: str, until: datetime) -> None:
        """Close the host until then, or until a later time that is already stored."""

    def acquire(self, host: str, slots: int, patience: timedelta) -> bool:
        """Acquire one of the host's slots, waiting up to `patience`. False if none became free."""

    def release(self, host: str) -> None:
        """Release a slot."""


class MemoryLimiterStore:
    """A store for the threads of one process."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._until: dict[str, datetime] = {}
        self._inside: dict[str, int] = {}
        self._waiting: dict[str, deque[object]] = {}

    def closed_until(self, host: str) -> datetime | None:
        """Return when the host reopens."""
        return self._until.get(host)

    def close(self, host: str, until: datetime) -> None:
        """Close the host for this process."""
        with self._changed:
            self._until[host] = later_reopening(until, self._until.get(host))

    def acquire(self, host: str, slots: int, patience: timedelta) -> bool:
        """Acquire one of the host's slots, in the order of the calls."""
        mine = object()
        with self._changed:
            waiting = self._waiting.setdefault(host, deque())
            waiting.append(mine)
            # In order: otherwise a thread that releases and acquires at once would keep the others out.
            try:
                acquired = self._changed.wait_for(
                    lambda: waiting[0] is mine and self._inside.get(host, 0) < slots, patience.total_seconds()
                )
                if acquired:
                    self._inside[host] = self._inside.get(host, 0) + 1
                return acquired
            finally:
                # Also when the time limit of a job ends the wait: a place that is left would keep out all others.
                waiting.remove(mine)
                self._changed.notify_all()

    def release(self, host: str) -> None:
        """Release a slot."""
        with self._changed:
            self._inside[host] -= 1
            self._changed.notify_all()


class LimiterPolicy(Struct, frozen=True):
    """The limits for a host.

    slots: requests at once. patience: how long to wait for a slot. default_wait: the closure without a usable
    Retry-After. longest_wait: the longest closure.
    """

    slots: int = 2
    patience: timedelta = timedelta(seconds=60)
    default_wait: timedelta = timedelta(seconds=30)
    longest_wait: timedelta = LONGEST_CLOSURE


class HostLimiter:
    """A limiter that lets requests to a host pass or raises HostThrottled. Safe to share between threads."""

    def __init__(
        self, store: LimiterStore | None = None, *, policy: LimiterPolicy | None = None, clock: Clock | None = None
    ) -> None:
        self._store = store or MemoryLimiterStore()
        self._policy = policy or LimiterPolicy()
        self._clock = clock or _utc_now

    @contextmanager
    def slot(self, host: str, url: str) -> Iterator[None]:
        """Hold a slot for one request to the host inside the context. url: for the error, without credentials."""
        self._check(host, url)
        if not self._store.acquire(host, self._policy.slots, self._policy.patience):
            until = self._clock() + self._policy.patience
            raise HostThrottled(url, host, until, ALL_IN_USE)
        try:
            # The host may have been closed while this thread waited for a slot.
            self._check(host, url)
            yield
        finally:
            self._store.release(host)

    def closed_until(self, host: str) -> datetime | None:
        """Return when a closed host reopens, None for an open one."""
        until, now = self._store.closed_until(host), self._clock()
        return until if until is not None and now < until <= now + self._policy.longest_wait + CLOCK_SKEW else None

    def check_answer(self, host: str, url: str, status: int, retry_after: str | None) -> None:
        """Close the host and raise HostThrottled if its answer has one of THROTTLING_STATUSES."""
        if status not in THROTTLING_STATUSES:
            return
        now = self._clock()
        wait = parse_retry_after(retry_after, now)
        if wait is None:
            wait = self._policy.default_wait
        until = now + min(wait, self._policy.longest_wait)
        self._store.close(host, until)
        raise HostThrottled(url, host, until, ANSWERED.format(status=status))

    def _check(self, host: str, url: str) -> None:
        until = self.closed_until(host)
        if until is not None:
            raise HostThrottled(url, host, until)


def parse_retry_after(retry_after: str | None, now: datetime) -> timedelta | None:
    """Return the wait in Retry-After (RFC 9110 §10.2.3: seconds or a date), at least a second; None if unreadable."""
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
