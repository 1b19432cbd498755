"""Who is due, who is queued, and what a batch does."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from scanner import tasks
from scanner.models import CLAIM_FOR, Package, PackageState, ReleaseFile, WheelEvent
from scanner.services.indexes import get_index
from scanner.services.packages import ensure_packages
from scanner.services.polling import schedule
from scanner.services.polling.claims import claim_due_polls, claim_expiry, claim_poll, clear_claims, release_claims
from scanner.services.shutdown import clear_stop_request, request_stop
from tests.replay import ReplayIndex, faults
from tests.scanner.services.conftest import NOON

pytestmark = pytest.mark.django_db


def make(number: int, due_in: int = 0) -> list[Package]:
    index, due_at = get_index(), NOON + timedelta(minutes=due_in)
    return [Package.objects.create(index=index, name=f"demo-{at}-{due_in}", due_at=due_at) for at in range(number)]


def test_of_two_schedulers_each_package_goes_to_one(settings: Settings) -> None:
    settings.WHEELWAY_POLL_BATCH = 3
    due = [package.pk for package in make(7)]
    make(2, due_in=30)
    first = schedule.queue_due(NOON)
    mine = [next(first)]
    theirs = list(schedule.queue_due(NOON))
    mine += first
    queued = [pk for batch in (*mine, *theirs) for pk in batch]
    assert sorted(queued) == due
    assert all(len(batch) <= 3 for batch in (*mine, *theirs))
    assert list(schedule.queue_due(NOON)) == []


def test_who_looked_at_the_clock_first_and_comes_second_takes_nothing_away() -> None:
    packages = [package.pk for package in make(2)]
    later = NOON + timedelta(seconds=5)
    assert sum(map(len, schedule.queue_due(later))) == 2
    assert list(schedule.queue_due(NOON)) == []
    assert sorted(claim_due_polls(packages, later)) == packages
    assert claim_due_polls(packages, NOON) == {}
    assert claim_poll(packages[0], NOON) is None


def test_a_lost_message_is_queued_again() -> None:
    (package,) = make(1)
    assert list(schedule.queue_due(NOON)) == [[package.pk]]
    assert list(schedule.queue_due(NOON + CLAIM_FOR)) == [[package.pk]]
    clear_claims()
    assert list(schedule.queue_due(NOON + CLAIM_FOR)) == [[package.pk]]


def test_one_tick_queues_no_more_than_it_may(settings: Settings) -> None:
    settings.WHEELWAY_QUEUE_MOST = 2
    make(5)
    assert sum(map(len, schedule.queue_due(NOON))) == 2


def test_ended_packages_are_never_selected_until_somebody_asks(replay: ReplayIndex, settings: Settings) -> None:
    settings.WHEELWAY_INDEX_URL = replay.url
    known = ensure_packages(get_index().pk, ["gone", "not a name!"], NOON)
    assert known["not a name!"].state == PackageState.MALFORMED
    assert schedule.poll_if_due(known["gone"].pk, NOON).value == "missing"
    much_later = NOON + timedelta(days=30)
    assert list(schedule.queue_due(much_later)) == []
    ensure_packages(get_index().pk, ["gone", "not a name!"], much_later)
    assert list(schedule.queue_due(much_later)) == [[known["gone"].pk]]


def test_a_batch_polls_each_due_package_once_however_often_it_is_delivered(
    replay: ReplayIndex, settings: Settings
) -> None:
    settings.WHEELWAY_INDEX_URL = replay.url
    now = timezone.now()
    packages = ensure_packages(get_index().pk, ["greenlet", "numpy"], now)
    ids = [package.pk for package in packages.values()]
    assert tasks.poll_packages(ids) == {"changed": 2}
    assert tasks.poll_packages(ids) == {"not due": 2}
    assert len(replay.requests) == 2
    assert tasks.poll_package(ids[0]) == "not due"


def test_a_batch_that_is_out_of_time_gives_the_rest_back(replay: ReplayIndex, settings: Settings) -> None:
    settings.WHEELWAY_INDEX_URL = replay.url
    packages = make(3)
    Package.objects.update(queued_until=NOON + CLAIM_FOR)
    assert schedule.poll_batch([package.pk for package in packages], seconds=0) == {"not due": 3}
    assert replay.requests == []
    assert sum(map(len, schedule.queue_due(NOON))) == 3


def test_the_ticks_queue_batches_and_nothing_that_is_not_due(
    replay: ReplayIndex, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[list[int]] = []
    monkeypatch.setattr(tasks.poll_packages, "delay", sent.append)
    packages = make(3)
    assert tasks.poll_due_packages() == 3
    assert sent == [[package.pk for package in packages]]
    assert tasks.poll_due_packages() == 0


@pytest.fixture
def refused_file() -> str:
    """Return the name of a file that this database rejects, as it would a value out of range."""
    name = "demo-0-0-6.6.6.tar.gz"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                f"CREATE TRIGGER refuse BEFORE INSERT ON scanner_releasefile WHEN NEW.filename = '{name}'"
                " BEGIN SELECT RAISE(ABORT, 'not this file'); END"
            )
        else:
            cursor.execute(
                f"ALTER TABLE scanner_releasefile ADD CONSTRAINT refuse CHECK (filename <> '{name}') NOT VALID"
            )
    return name


def test_a_page_that_the_database_refuses_fails_its_own_package_and_not_its_batch(
    refused_file: str, replay: ReplayIndex, settings: Settings
) -> None:
    settings.WHEELWAY_INDEX_URL = replay.url
    first, second = make(2)
    replay.add_package(first.name, [refused_file])
    replay.add_package(second.name, ["demo-1-0-1.0.tar.gz"])
    assert schedule.poll_batch([first.pk, second.pk], seconds=20) == {"failed": 1, "changed": 1}
    first.refresh_from_db()
    assert first.last_error.startswith("its page could not be stored: ")
    assert (first.state, first.failures, first.claimed_until) == (PackageState.PENDING, 1, None)
    assert not ReleaseFile.objects.filter(package=first).exists()
    assert not WheelEvent.objects.filter(package=first).exists()
    assert ReleaseFile.objects.filter(package=second).count() == 1


def test_a_process_that_is_told_to_stop_begins_no_poll_and_keeps_none(replay: ReplayIndex, settings: Settings) -> None:
    settings.WHEELWAY_INDEX_URL = replay.url
    packages = [package.pk for package in make(3)]
    Package.objects.update(queued_until=NOON + CLAIM_FOR)
    replay.fail(faults.Then(request_stop))
    try:
        assert schedule.poll_batch(packages, seconds=20) == {"missing": 1}
        assert schedule.poll_if_due(packages[1], NOON).value == "not due"
    finally:
        clear_stop_request()
    assert len(replay.requests) == 1
    assert list(schedule.queue_due(NOON)) == [packages[1:]]


def test_a_batch_that_was_cut_off_from_its_database_goes_on_with_what_it_held() -> None:
    packages = [package.pk for package in make(2)]
    claims = claim_due_polls(packages, NOON)
    assert sorted(claims) == packages
    assert claim_due_polls(packages, NOON) == {}
    assert release_claims(packages, claim_expiry(NOON)) == 2
    assert sorted(claim_due_polls(packages, NOON)) == packages


def test_after_redis_lost_its_memory_everything_is_queued_anew(redis_url: str, settings: Settings) -> None:
    make(2)
    assert sum(map(len, schedule.queue_due(NOON))) == 2
    assert schedule.requeue_lost_polls() == 0, "a process without Redis cannot lose its queue alone"
    settings.REDIS_URL = redis_url
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}}
    cache.clear()
    assert schedule.requeue_lost_polls() == 2
    assert sum(map(len, schedule.queue_due(NOON))) == 2
    assert schedule.requeue_lost_polls() == 0
    cache.clear()
    assert schedule.requeue_lost_polls() == 2
    gone = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": gone}
    assert schedule.requeue_lost_polls() == 0


def test_a_batch_that_could_not_be_sent_is_no_longer_queued(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(batch: list[int]) -> None:
        raise ConnectionError("no Redis")

    monkeypatch.setattr(tasks.poll_packages, "delay", lost)
    make(2)
    with pytest.raises(ConnectionError):
        tasks.poll_due_packages()
    assert sum(map(len, schedule.queue_due(NOON))) == 2
