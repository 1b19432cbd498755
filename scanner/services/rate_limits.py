"""Where the politeness towards hosts is kept, so that all processes share it: in Redis, else in the database."""

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
from scanner.domain.polling import CLOCK_SKEW
from scanner.index.host_limiter import LONGEST_CLOSURE, HostLimiter, LimiterPolicy, MemoryLimiterStore, later_reopening
from scanner.models import HostThrottle

logger = logging.getLogger(__name__)

# A place whose holder died is free again after the longest that one request may take.
PLACE_FOR = timedelta(minutes=3)
# How often a process without Redis looks into the database.
LOOK_EVERY = 1.0
# How often a process that waits for a place asks for it.
_ASK_EVERY = 0.02
_T = TypeVar("_T")


@cache
def host_limiter() -> HostLimiter:
    """The politeness of this installation towards every host."""
    store = RedisLimiterStore(settings.REDIS_URL) if settings.REDIS_URL else DatabaseLimiterStore()
    return HostLimiter(store, politeness=LimiterPolicy(slots=settings.WHEELWAY_INDEX_CONNECTIONS))


def throttled_hosts(now: datetime) -> list[ThrottledHost]:
    """The hosts that asked to be left alone, for the operator, in order of their names."""
    if settings.REDIS_URL:
        return RedisLimiterStore(settings.REDIS_URL).closed(now)
    latest = now + LONGEST_CLOSURE + CLOCK_SKEW
    rows = HostThrottle.objects.filter(closed_until__gt=now, closed_until__lte=latest).order_by("host")
    return [ThrottledHost(row.host, row.closed_until) for row in rows]


class DatabaseLimiterStore(MemoryLimiterStore):
    """Which hosts are closed stands in the database, for every process and after a restart; places are a process's."""

    def __init__(self) -> None:
        super().__init__()
        self._looked: dict[str, float] = {}

    def closed_until(self, host: str) -> datetime | None:
        """As LimiterStore has it; what another process said is known within a second."""
        if time.monotonic() - self._looked.get(host, -LOOK_EVERY) >= LOOK_EVERY:
            self._looked[host] = time.monotonic()
            stored = HostThrottle.objects.filter(pk=host).values_list("closed_until", flat=True).first()
            if stored is not None:
                super().close(host, stored)
        return super().closed_until(host)

    def close(self, host: str, until: datetime) -> None:
        """As LimiterStore has it."""
        super().close(host, until)
        try:
            with transaction.atomic():
                later = HostThrottle.objects.filter(
                    pk=host, closed_until__gte=until, closed_until__lte=until + LONGEST_CLOSURE
                )
                if not later.exists():
                    HostThrottle.objects.update_or_create(pk=host, defaults={"closed_until": until})
        except DatabaseError:
            # This process knows it all the same.
            logger.warning("gate not stored host=%s", host, exc_info=True)


class RedisLimiterStore:
    """Closed hosts and taken places in Redis. While Redis does not answer, this process keeps its own."""

    def __init__(self, url: str) -> None:
        import redis

        self._error: type[Exception] = redis.RedisError
        self._redis: Any = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=2)
        self._enter: Any = self._redis.register_script(_ENTER)
        self._memory = MemoryLimiterStore()
        self._mine = threading.local()

    def closed_until(self, host: str) -> datetime | None:
        """As LimiterStore has it."""
        stored = self._ask(lambda: self._redis.get(f"wheelway:closed:{host}"), None)
        mine = self._memory.closed_until(host)
        if stored is None:
            return mine
        return later_reopening(datetime.fromtimestamp(float(stored), UTC), mine)

    def close(self, host: str, until: datetime) -> None:
        """As LimiterStore has it."""
        self._memory.close(host, until)
        until = later_reopening(until, self.closed_until(host))
        left = max(1, int((until - timezone.now()).total_seconds()) + 1)
        self._ask(lambda: self._redis.set(f"wheelway:closed:{host}", until.timestamp(), ex=left), None)

    def closed(self, now: datetime) -> list[ThrottledHost]:
        """All hosts that are closed."""
        keys: list[bytes] = self._ask(lambda: list(self._redis.scan_iter("wheelway:closed:*")), [])
        hosts = sorted(key.decode().removeprefix("wheelway:closed:") for key in keys)
        known = ((host, self.closed_until(host)) for host in hosts)
        latest = now + LONGEST_CLOSURE + CLOCK_SKEW
        return [ThrottledHost(host, until) for host, until in known if until is not None and now < until <= latest]

    def acquire(self, host: str, slots: int, patience: timedelta) -> bool:
        """As LimiterStore has it; places are the installation's."""
        token = secrets.token_hex(8)
        end, held = time.monotonic() + patience.total_seconds(), PLACE_FOR.total_seconds()
        while True:
            taken = self._ask(partial(self._enter, [f"wheelway:places:{host}"], [held, slots, token]), None)
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
            time.sleep(_ASK_EVERY)

    def release(self, host: str) -> None:
        """As LimiterStore has it. Called by the thread that entered."""
        token = self._held().pop()
        if token is None:
            self._memory.release(host)
        else:
            self._ask(lambda: self._redis.zrem(f"wheelway:places:{host}", token), None)

    def _held(self) -> list[str | None]:
        if not hasattr(self._mine, "tokens"):
            self._mine.tokens = []
        tokens: list[str | None] = self._mine.tokens
        return tokens

    def _ask(self, question: Callable[[], _T], otherwise: _T) -> _T:
        try:
            return question()
        except self._error as error:
            logger.warning("redis does not answer, politeness is this process's own: %s", error)
            return otherwise


# Places are a sorted set of tokens by the moment at which they are free again whoever holds them. The server's clock
# counts, which is one for all; a moment too far ahead is of the time before that clock was set back.
_ENTER = """
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
