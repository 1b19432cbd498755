"""A clock that jumps ahead and comes back: whatever it wrote, nothing waits for that time to come."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from scanner.domain.next_poll import RELEASE_OPEN_FOR
from scanner.index.errors import HostThrottled
from scanner.index.host_limiter import LONGEST_CLOSURE, HostLimiter, LimiterStore, MemoryLimiterStore
from scanner.models import CLAIM_FOR, Package, PackageState, Release
from scanner.selectors.lacking_metadata import lacking_metadata
from scanner.services import rate_limits
from scanner.services.polling import schedule
from scanner.services.polling.claims import claim_poll, is_followed
from scanner.services.polling.schedule import repair_times
from scanner.services.settle_releases import is_quiet
from tests.replay import ReplayIndex
from tests.scanner.services.conftest import NOON, Poll

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
JUMPS = [HOUR, timedelta(days=40), timedelta(days=3 * 365), timedelta(days=90 * 365)]
by_an_hour_and_by_years = pytest.mark.parametrize("jump", JUMPS, ids=["an hour", "40 days", "3 years", "90 years"])
URL = "https://index.example/simple/demo/"


@by_an_hour_and_by_years
def test_a_claim_and_a_place_in_the_queue_of_the_future_do_not_count(jump: timedelta, demo: Package) -> None:
    assert claim_poll(demo.pk, NOON + jump) is not None
    assert list(schedule.queue_due(NOON)) == [[demo.pk]]
    Package.objects.update(queued_until=NOON + jump + CLAIM_FOR)
    assert list(schedule.queue_due(NOON)) == [[demo.pk]]
    assert claim_poll(demo.pk, NOON) is not None


@by_an_hour_and_by_years
def test_a_package_polled_in_the_future_is_due_again_now(
    jump: timedelta, demo: Package, poll: Poll, replay: ReplayIndex
) -> None:
    replay.add_package("demo", ["demo-1.0.tar.gz"])
    poll(NOON + jump)
    assert repair_times(NOON) == 1
    demo.refresh_from_db()
    assert (demo.checked_at, demo.changed_at, demo.due_at) == (NOON, NOON, NOON)
    assert list(schedule.queue_due(NOON)) == [[demo.pk]]
    assert repair_times(NOON) == 0


@pytest.mark.parametrize("jump", JUMPS[1:], ids=["40 days", "3 years", "90 years"])
def test_a_package_that_failed_in_the_future_is_due_again_now(jump: timedelta, demo: Package) -> None:
    # Its last answer is of the past: only the time of its next try gives it away.
    Package.objects.update(checked_at=NOON - HOUR, failures=3, due_at=NOON + jump)
    assert repair_times(NOON) == 1
    assert list(schedule.queue_due(NOON)) == [[demo.pk]]


def test_what_the_rules_put_off_is_left_alone(demo: Package) -> None:
    Package.objects.update(checked_at=NOON, changed_at=NOON, due_at=NOON + timedelta(days=7))
    assert repair_times(NOON) == 0
    Package.objects.update(due_at=None, state=PackageState.MISSING, checked_at=NOON + 1000 * HOUR)
    repair_times(NOON)
    demo.refresh_from_db()
    assert demo.due_at is None, "an ended package stays ended"


@by_an_hour_and_by_years
def test_a_clock_that_leaps_ahead_makes_things_due_and_stops_nothing(
    jump: timedelta, demo: Package, poll: Poll, replay: ReplayIndex
) -> None:
    replay.add_package("demo", ["demo-1.0.tar.gz"])
    poll(NOON)
    later = NOON + jump + RELEASE_OPEN_FOR
    assert list(schedule.queue_due(later)) == [[demo.pk]]
    assert poll(later).value == "unchanged"


@pytest.fixture(params=["memory", "database", "redis"])
def store(request: pytest.FixtureRequest) -> Callable[[], LimiterStore]:
    if request.param == "memory":
        kept = MemoryLimiterStore()
        return lambda: kept
    if request.param == "database":
        return rate_limits.DatabaseLimiterStore
    url = request.getfixturevalue("redis_url")
    rate_limits.RedisLimiterStore(url)._redis.flushdb()
    return lambda: rate_limits.RedisLimiterStore(url)


@by_an_hour_and_by_years
def test_a_host_closed_in_the_future_is_open_now_and_can_be_closed_again(
    jump: timedelta, store: Callable[[], LimiterStore]
) -> None:
    with pytest.raises(HostThrottled):
        HostLimiter(store(), clock=lambda: NOON + jump).check_answer("index.example", URL, 503, "120")
    limiter = HostLimiter(store(), clock=lambda: NOON)
    assert limiter.closed_until("index.example") is None
    assert rate_limits.throttled_hosts(NOON) == []
    with pytest.raises(HostThrottled):
        limiter.check_answer("index.example", URL, 503, "120")
    assert limiter.closed_until("index.example") == NOON + timedelta(seconds=120)


def test_slots_of_a_redis_whose_clock_was_set_back_become_free(redis_url: str) -> None:
    store = rate_limits.RedisLimiterStore(redis_url)
    store._redis.flushdb()
    store._redis.zadd("wheelway:places:index.example", {"of the future": 4e9})
    assert store.acquire("index.example", 1, timedelta(0))


@by_an_hour_and_by_years
def test_a_root_page_read_in_the_future_does_not_keep_packages_from_being_polled(jump: timedelta) -> None:
    patience = timedelta(minutes=50)
    assert is_followed(NOON, NOON, patience)
    assert not is_followed(NOON + jump, NOON, patience)


@by_an_hour_and_by_years
def test_a_release_seen_in_the_future_is_settled_now(jump: timedelta) -> None:
    assert is_quiet(None, NOON + jump, NOON)
    assert is_quiet(NOON + jump, NOON + jump, NOON)
    assert not is_quiet(None, NOON, NOON)


def test_no_host_is_ever_closed_for_longer_than_that() -> None:
    limiter = HostLimiter(clock=lambda: NOON)
    with pytest.raises(HostThrottled):
        limiter.check_answer("index.example", URL, 429, "Fri, 31 Dec 2100 23:59:59 GMT")
    assert limiter.closed_until("index.example") == NOON + LONGEST_CLOSURE


@by_an_hour_and_by_years
def test_a_release_whose_needs_were_asked_for_in_the_future_is_asked_for_now(
    jump: timedelta, demo: Package, poll: Poll, replay: ReplayIndex
) -> None:
    replay.add_package("demo", ["demo-1.0.tar.gz"])
    poll(NOON)
    release = Release.objects.get()
    Release.objects.update(metadata_tried_at=NOON + jump, metadata_failures=9)
    assert lacking_metadata([release.pk], NOON) == {demo.index_id: {release.pk: "demo 1.0"}}
    Release.objects.update(metadata_tried_at=NOON)
    assert lacking_metadata([release.pk], NOON) == {}
