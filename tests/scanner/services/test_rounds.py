"""Who is due, who is queued, and what a batch does."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from scanner import tasks
from scanner.models import CLAIM_FOR, Package, PackageState
from scanner.services import rounds
from scanner.services.indexes import get_index
from scanner.services.watching import forget_claims, watch_packages
from tests.replay import ReplayIndex
from tests.scanner.services.conftest import NOON

pytestmark = pytest.mark.django_db


def make(number: int, due_in: int = 0) -> list[Package]:
    index, due_at = get_index(), NOON + timedelta(minutes=due_in)
    return [Package.objects.create(index=index, name=f"demo-{at}-{due_in}", due_at=due_at) for at in range(number)]


def test_of_two_schedulers_each_package_goes_to_one(settings: Settings) -> None:
    settings.WHEELWAY_POLL_BATCH = 3
    due = [package.pk for package in make(7)]
    make(2, due_in=30)
    first = rounds.queue_due(NOON)
    mine = [next(first)]
    theirs = list(rounds.queue_due(NOON))
    mine += first
    queued = [pk for batch in (*mine, *theirs) for pk in batch]
    assert sorted(queued) == due
    assert all(len(batch) <= 3 for batch in (*mine, *theirs))
    assert list(rounds.queue_due(NOON)) == []


def test_a_lost_message_is_queued_again() -> None:
    (package,) = make(1)
    assert list(rounds.queue_due(NOON)) == [[package.pk]]
    assert list(rounds.queue_due(NOON + CLAIM_FOR)) == [[package.pk]]
    forget_claims()
    assert list(rounds.queue_due(NOON + CLAIM_FOR)) == [[package.pk]]


def test_one_tick_queues_no_more_than_it_may(settings: Settings) -> None:
    settings.WHEELWAY_QUEUE_MOST = 2
    make(5)
    assert sum(map(len, rounds.queue_due(NOON))) == 2


def test_ended_packages_are_never_selected_until_somebody_asks(replay: ReplayIndex, settings: Settings) -> None:
    settings.WHEELWAY_INDEX_URL = replay.url
    known = watch_packages(get_index().pk, ["gone", "not a name!"], NOON)
    assert known["not a name!"].state == PackageState.MALFORMED
    assert rounds.poll_if_due(known["gone"].pk, NOON).value == "missing"
    much_later = NOON + timedelta(days=30)
    assert list(rounds.queue_due(much_later)) == []
    watch_packages(get_index().pk, ["gone", "not a name!"], much_later)
    assert list(rounds.queue_due(much_later)) == [[known["gone"].pk]]


def test_a_batch_polls_each_due_package_once_however_often_it_is_delivered(
    replay: ReplayIndex, settings: Settings
) -> None:
    settings.WHEELWAY_INDEX_URL = replay.url
    now = timezone.now()
    packages = watch_packages(get_index().pk, ["greenlet", "numpy"], now)
    ids = [package.pk for package in packages.values()]
    assert tasks.poll_packages(ids) == {"changed": 2}
    assert tasks.poll_packages(ids) == {"not due": 2}
    assert len(replay.requests) == 2
    assert tasks.poll_package(ids[0]) == "not due"


def test_a_batch_that_is_out_of_time_gives_the_rest_back(replay: ReplayIndex, settings: Settings) -> None:
    settings.WHEELWAY_INDEX_URL = replay.url
    packages = make(3)
    Package.objects.update(queued_until=NOON + CLAIM_FOR)
    assert rounds.poll_batch([package.pk for package in packages], seconds=0) == {"not due": 3}
    assert replay.requests == []
    assert sum(map(len, rounds.queue_due(NOON))) == 3


def test_the_ticks_queue_batches_and_nothing_that_is_not_due(
    replay: ReplayIndex, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[list[int]] = []
    monkeypatch.setattr(tasks.poll_packages, "delay", sent.append)
    packages = make(3)
    assert tasks.poll_due_packages() == 3
    assert sent == [[package.pk for package in packages]]
    assert tasks.poll_due_packages() == 0
