"""Politeness that processes share, in the database and in Redis."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from scanner.index.errors import HostGated
from scanner.index.host_limiter import Gate, GateStore, Politeness
from scanner.services.rate_limits import DatabaseGateStore, RedisGateStore

pytestmark = pytest.mark.django_db

HOST = "index.example"
NONE = timedelta(0)


@pytest.fixture(params=["database", "redis"])
def store(request: pytest.FixtureRequest) -> Callable[[], GateStore]:
    """Makes stores as processes of one installation have them."""
    if request.param == "database":
        return DatabaseGateStore
    url = request.getfixturevalue("redis_url")
    first = RedisGateStore(url)
    first._redis.flushdb()
    return lambda: RedisGateStore(url)


@pytest.fixture
def dead_redis() -> RedisGateStore:
    return RedisGateStore("redis://127.0.0.1:1/0")


def test_a_host_that_one_process_heard_close_is_closed_for_all(store: Callable[[], GateStore]) -> None:
    with pytest.raises(HostGated):
        Gate(store()).heard(HOST, "https://index.example/", 429, "120")
    other = Gate(store())
    until = other.closed_until(HOST)
    assert until is not None
    assert timedelta(seconds=110) < until - timezone.now() <= timedelta(seconds=120)
    with pytest.raises(HostGated), other.passing(HOST, "https://index.example/"):
        pytest.fail("the host was to be left alone")
    assert other.closed_until("files.example") is None


def test_a_host_never_opens_earlier_than_any_process_has_said(store: Callable[[], GateStore]) -> None:
    late = timezone.now() + timedelta(seconds=200)
    store().close(HOST, late)
    store().close(HOST, late - timedelta(seconds=100))
    until = store().closed_until(HOST)
    assert until is not None
    assert abs(until - late) < timedelta(seconds=1)


def test_places_in_redis_are_the_installations(redis_url: str) -> None:
    one, other = RedisGateStore(redis_url), RedisGateStore(redis_url)
    one._redis.flushdb()
    assert one.enter(HOST, 2, NONE)
    assert other.enter(HOST, 2, NONE)
    assert not other.enter(HOST, 2, NONE)
    one.leave(HOST)
    assert other.enter(HOST, 2, NONE)


def test_a_place_of_a_dead_process_comes_free(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.services.rate_limits.PLACE_FOR", timedelta(seconds=-1))
    dead = RedisGateStore(redis_url)
    dead._redis.flushdb()
    assert dead.enter(HOST, 1, NONE)
    assert RedisGateStore(redis_url).enter(HOST, 1, NONE)


def test_without_redis_a_process_is_polite_by_itself(dead_redis: RedisGateStore) -> None:
    gate = Gate(dead_redis, politeness=Politeness(places=1, patience=NONE))
    with (
        gate.passing(HOST, "https://index.example/"),
        pytest.raises(HostGated),
        gate.passing(HOST, "https://index.example/"),
    ):
        pytest.fail("there was one place")
    with pytest.raises(HostGated):
        gate.heard(HOST, "https://index.example/", 503, "60")
    assert gate.closed_until(HOST) is not None
