"""Host limits that processes share, in the database and in Redis."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from scanner.index.errors import HostThrottled
from scanner.index.host_limiter import HostLimiter, LimiterPolicy, LimiterStore
from scanner.services.rate_limits import DatabaseLimiterStore, RedisLimiterStore

pytestmark = pytest.mark.django_db

HOST = "index.example"
NONE = timedelta(0)


@pytest.fixture(params=["database", "redis"])
def store(request: pytest.FixtureRequest) -> Callable[[], LimiterStore]:
    """Return a function that creates stores as the processes of one installation have them."""
    if request.param == "database":
        return DatabaseLimiterStore
    url = request.getfixturevalue("redis_url")
    first = RedisLimiterStore(url)
    first._redis.flushdb()
    return lambda: RedisLimiterStore(url)


@pytest.fixture
def dead_redis() -> RedisLimiterStore:
    return RedisLimiterStore("redis://127.0.0.1:1/0")


def test_a_host_that_one_process_heard_close_is_closed_for_all(store: Callable[[], LimiterStore]) -> None:
    with pytest.raises(HostThrottled):
        HostLimiter(store()).check_answer(HOST, "https://index.example/", 429, "120")
    other = HostLimiter(store())
    until = other.closed_until(HOST)
    assert until is not None
    assert timedelta(seconds=110) < until - timezone.now() <= timedelta(seconds=120)
    with pytest.raises(HostThrottled), other.slot(HOST, "https://index.example/"):
        pytest.fail("the host was to be left alone")
    assert other.closed_until("files.example") is None


def test_a_host_never_opens_earlier_than_any_process_has_said(store: Callable[[], LimiterStore]) -> None:
    late = timezone.now() + timedelta(seconds=200)
    store().close(HOST, late)
    store().close(HOST, late - timedelta(seconds=100))
    until = store().closed_until(HOST)
    assert until is not None
    assert abs(until - late) < timedelta(seconds=1)


def test_slots_in_redis_are_shared_by_all_processes(redis_url: str) -> None:
    one, other = RedisLimiterStore(redis_url), RedisLimiterStore(redis_url)
    one._redis.flushdb()
    assert one.acquire(HOST, 2, NONE)
    assert other.acquire(HOST, 2, NONE)
    assert not other.acquire(HOST, 2, NONE)
    one.release(HOST)
    assert other.acquire(HOST, 2, NONE)


def test_the_slot_of_a_dead_process_becomes_free(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.services.rate_limits.SLOT_FOR", timedelta(seconds=-1))
    dead = RedisLimiterStore(redis_url)
    dead._redis.flushdb()
    assert dead.acquire(HOST, 1, NONE)
    assert RedisLimiterStore(redis_url).acquire(HOST, 1, NONE)


def test_without_redis_a_process_is_polite_by_itself(dead_redis: RedisLimiterStore) -> None:
    limiter = HostLimiter(dead_redis, policy=LimiterPolicy(slots=1, patience=NONE))
    with (
        limiter.slot(HOST, "https://index.example/"),
        pytest.raises(HostThrottled),
        limiter.slot(HOST, "https://index.example/"),
    ):
        pytest.fail("there was one slot")
    with pytest.raises(HostThrottled):
        limiter.check_answer(HOST, "https://index.example/", 503, "60")
    assert limiter.closed_until(HOST) is not None
