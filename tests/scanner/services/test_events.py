"""Claiming wheel events."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from scanner.models import Package, WheelEvent, WheelEventKind
from scanner.services.events import (
    ClaimedEvents,
    OfferedFile,
    claim_events,
    close_events,
    mark_watched,
    packages_with_events,
)
from scanner.services.settle_releases import settle_releases
from tests.projects.watching import NOON, OTHER, polled, sdist, wheel

pytestmark = pytest.mark.django_db

QUIET_FOR = timedelta(minutes=30)
PATIENCE = timedelta(hours=6)
LATER = NOON + timedelta(days=1)


def test_each_event_is_claimed_once_and_only_offers_are_handed_out() -> None:
    first, second = wheel("demo", "1.0"), wheel("demo", "2.0")
    package = polled("demo", first, sdist("demo", "0.9"))
    polled("demo", first, second)
    with transaction.atomic():
        assert claim_events(package.pk, LATER).files == [OfferedFile("2.0", second.filename)]
        assert claim_events(package.pk, LATER).files == []
    assert not WheelEvent.objects.unprocessed().exists()
    assert set(WheelEvent.objects.values_list("kind", flat=True)) == {"first_poll", "added", "removed"}


def test_a_first_poll_offers_nothing() -> None:
    package = polled("demo", wheel("demo", "1.0"))
    assert claim_events(package.pk, LATER).files == []
    assert not WheelEvent.objects.unprocessed().exists()


def test_a_yank_taken_back_offers_its_file() -> None:
    package = polled("demo", wheel("demo", "1.0", yanked=True))
    polled("demo", wheel("demo", "1.0"), seen_at=NOON)
    assert claim_events(package.pk, LATER).files == [OfferedFile("1.0", "demo-1.0-cp313-cp313-win_amd64.whl")]


def test_a_transaction_that_fails_leaves_its_events_to_others() -> None:
    package = polled("demo")
    polled("demo", wheel("demo", "1.0"))

    def dispatch_and_fail() -> None:
        with transaction.atomic():
            assert claim_events(package.pk, LATER).files
            raise ConnectionError

    with pytest.raises(ConnectionError):
        dispatch_and_fail()
    assert len(claim_events(package.pk, LATER).files) == 1


def test_a_release_that_is_still_being_uploaded_waits_and_then_comes_whole() -> None:
    package = polled("demo", seen_at=NOON)
    early = wheel("demo", "1.0", OTHER, at=NOON)
    late = wheel("demo", "1.0", at=NOON + timedelta(minutes=20))
    other = wheel("demo", "0.9", at=NOON - timedelta(days=3))
    polled("demo", early, late, other, seen_at=NOON + timedelta(minutes=25))
    assert claim_events(package.pk, NOON + QUIET_FOR).files == [OfferedFile("0.9", other.filename)]
    whole = claim_events(package.pk, NOON + timedelta(minutes=20) + QUIET_FOR).files
    assert whole == [OfferedFile("1.0", early.filename), OfferedFile("1.0", late.filename)]


def test_patience_ends_when_files_keep_coming() -> None:
    package = polled("demo", seen_at=NOON)
    early = wheel("demo", "1.0", OTHER, at=NOON)
    now = NOON + PATIENCE
    late = wheel("demo", "1.0", at=now)
    polled("demo", early, seen_at=NOON)
    polled("demo", early, late, seen_at=now)
    assert len(claim_events(package.pk, now).files) == 2


def test_an_upload_time_in_the_future_does_not_hold_a_release_back() -> None:
    package = polled("demo", seen_at=NOON)
    polled("demo", wheel("demo", "1.0", at=NOON + timedelta(days=400)), seen_at=NOON)
    assert len(claim_events(package.pk, NOON + QUIET_FOR).files) == 1


def test_without_upload_times_the_time_of_seeing_counts() -> None:
    package = polled("demo", seen_at=NOON)
    polled("demo", wheel("demo", "1.0"), seen_at=NOON)
    WheelEvent.objects.filter(kind=WheelEventKind.ADDED).update(uploaded_at=None)
    assert claim_events(package.pk, NOON + QUIET_FOR - timedelta(seconds=1)).files == []
    assert len(claim_events(package.pk, NOON + QUIET_FOR).files) == 1


def test_events_that_concern_nobody_are_closed_at_once() -> None:
    watched, used, other = polled("watched"), polled("used"), polled("other")
    assert packages_with_events() == [watched.pk, used.pk, other.pk]
    assert close_events(NOON, watched=[[watched.pk]], used=[used.pk]) == 2
    assert packages_with_events() == [watched.pk]


def test_of_a_package_in_use_what_can_take_something_away_is_kept() -> None:
    used = polled("used", wheel("used", "1.0"))
    polled("used", wheel("used", "1.0", yanked=True), wheel("used", "1.1", OTHER), seen_at=NOON)
    settle_releases(NOON + QUIET_FOR)
    close_events(LATER, watched=[], used=Package.objects.values("pk"))
    assert set(WheelEvent.objects.unprocessed().values_list("kind", flat=True)) == {"yanked", "release"}
    claimed = claim_events(used.pk, LATER)
    assert (list(claimed.released), list(claimed.yanked), claimed.files) == (["1.1"], ["1.0"], [])
    assert not WheelEvent.objects.unprocessed().exists()


@pytest.mark.django_db(transaction=True)
def test_what_another_caller_has_claimed_and_not_committed_is_left_to_it(postgresql_database: None) -> None:
    package = polled("demo")
    polled("demo", wheel("demo", "1.0"))

    def claim() -> ClaimedEvents:
        try:
            with transaction.atomic():
                return claim_events(package.pk, LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        mine = claim_events(package.pk, LATER)
        theirs = pool.submit(claim).result(30)
    assert len(mine.files) == 1
    assert theirs == ClaimedEvents()


def test_what_is_watched_is_polled_more_often_and_only_that() -> None:
    first, second = polled("first"), polled("second")
    mark_watched([first.pk])
    mark_watched([second.pk])
    assert list(Package.objects.filter(is_watched=True)) == [second]
