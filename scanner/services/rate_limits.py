"""The stores of the host limiter that all processes share: in Redis, else in the database."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any, TypeVar

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from scanner.domain.health import ThrottledHost
from scanner.domain.next_poll import CLOCK_SKEW
from scanner.index.host_limiter import LONGEST_CLOSURE, HostLimiter, LimiterPolicy, MemoryLimiterStore, later_reopening
from scanner.models import HostThrottle

logger = logging.getLogger(__name__)

# The slot of a process that died is free again after the longest time that one request may take.
SLOT_FOR = timedelta(minutes=3)
# How often a process without Redis reads the database, in seconds.
READ_EVERY = 1.0
# How often a process that waits for a slot tries to acquire it, in seconds.
_TRY_EVERY = 0.02
_T = TypeVar("_T")


@cache
def host_limiter() -> HostLimiter:
    """Return the limiter of this installation for all hosts."""
    store = RedisLimiterStore(settings.REDIS_URL) if settings.REDIS_URL else DatabaseLimiterStore()
    return HostLimiter(store, policy=LimiterPolicy(slots=settings.WHEELWAY_INDEX_CONNECTIONS))


def throttled_hosts(now: datetime) -> list[ThrottledHost]:
    """Return the hosts that are sent no requests now, in order of their names."""
    if settings.REDIS_URL:
        return RedisLimiterStore(settings.REDIS_URL).closed(now)
    latest = now + LONGEST_CLOSURE + CLOCK_SKEW
    rows = HostThrottle.objects.filter(closed_until__gt=now, closed_until__lte=latest).order_by("host")
    return [ThrottledHost(row.host, row.closed_until) for row in rows]


class DatabaseLimiterStore(MemoryLimiterStore):
    """A store that shares closed hosts through the database, also across restarts. Slots are counted per process."""

    def __init__(self) -> None:
        super().__init__()
        self._read_at: dict[str, float] = {}

    def closed_until(self, host: str) -> datetime | None:
        """Return when the host reopens. What another process stored is seen within a second."""
        if time.monotonic() - self._read_at.get(host, -READ_EVERY) >= READ_EVERY:
            self._read_at[host] = time.monotonic()
            stored = HostThrottle.objects.filter(pk=host).values_list("closed_until", flat=True).first()
            if stored is not None:
                super().close(host, stored)
        return super().closed_until(host)

    def close(self, host: str, until: datetime) -> None:
        """Close the host for all processes."""
        super().close(host, until)
        try:
            with transaction.atomic():
                later = HostThrottle.objects.filter(
                    pk=host, closed_until__gte=until, closed_until__lte=until + LONGEST_CLOSURE
                )
                if not later.exists():
                    HostThrottle.objects.update_or_create(pk=host, defaults={"closed_until": until})
        except DatabaseError:
            # This process keeps it in memory.
            logger.warning("throttled host not stored host=%s", host, exc_info=True)


class RedisLimiterStore:
    """A store in Redis. While Redis does not answer, each process uses its own memory."""

    def __init__(self, url: str) -> None:
        import redis

        self._error: type[Exception] = redis.RedisError
        self._redis: Any = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=2)
        self._acquire_script: Any = self._redis.register_script(_ACQUIRE)
        self._memory = MemoryLimiterStore()
        self._thread = threading.local()

    def closed_until(self, host: str) -> datetime | None:
        """Return when the host reopens."""
        stored = self._call(lambda: self._redis.get(f"wheelway:closed:{host}"), None)
        mine = self._memory.closed_until(host)
        if stored is None:
            return mine
        return later_reopening(datetime.fromtimestamp(float(stored), UTC), mine)

    def close(self, host: str, until: datetime) -> None:
        """Close the host for all processes."""
        self._memory.close(host, until)
        until = later_reopening(until, self.closed_until(host))
        left = max(1, int((until - timezone.now()).total_seconds()) + 1)
        self._call(lambda: self._redis.set(f"wheelway:closed:{host}", until.timestamp(), ex=left), None)

    def closed(self, now: datetime) -> list[ThrottledHost]:
        """Return all closed hosts, in order of their names."""
        keys: list[bytes] = self._call(lambda: list(self._redis.scan_iter("wheelway:closed:*")), [])
        hosts = sorted(key.decode().removeprefix("wheelway:closed:") for key in keys)
        known = ((host, self.closed_until(host)) for host in hosts)
        latest = now + LONGEST_CLOSURE + CLOCK_SKEW
        return [ThrottledHost(host, until) for host, until in known if until is not None and now < until <= latest]

    def acquire(self, host: str, slots: int, patience: timedelta) -> bool:
        """Acquire one of the installation's slots for the host."""
        token = secrets.token_hex(8)
        end, held = time.monotonic() + patience.total_seconds(), SLOT_FOR.total_seconds()
        while True:
            taken = self._call(partial(self._acquire_script, [f"wheelway:places:{host}"], [held, slots, token]), None)
            if taken is None:
                self._held().append(None)
                if self._memory.acquire(host, slots, patience):
                    return True
                self._held().pop()
                return False
            if taken:
                self._held().append(token)
                return True
            if time.monotonic() >= end:
                return False
            time.sleep(_TRY_EVERY)

    def release(self, host: str) -> None:
        """Release the slot. Called by the thread that acquired it."""
        token = self._held().pop()
        if token is None:
            self._memory.release(host)
        else:
            self._call(lambda: self._redis.zrem(f"wheelway:places:{host}", token), None)

    def _held(self) -> list[str | None]:
        if not hasattr(self._thread, "tokens"):
            self._thread.tokens = []
        tokens: list[str | None] = self._thread.tokens
        return tokens

    def _call(self, command: Callable[[], _T], default: _T) -> _T:
        try:
            return command()
        except self._error as error:
            logger.warning("redis does not answer, host limits are those of this process alone: %s", error)
            return default


# Slots are a sorted set of tokens by expiry. The clock of the Redis server counts, which is one for all; an expiry too
# far ahead was written before that clock was set back.
_ACQUIRE = """
redis.replicate_commands()
local now = tonumber(redis.call('TIME')[1])
local ends = now + tonumber(ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. ends, '+inf')
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], ends, ARGV[3])
redis.call('EXPIRE', KEYS[1], 600)
return 1
"""
