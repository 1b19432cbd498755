"""Following an index by the serials of its root page."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from scanner.index.client import IndexClient
from scanner.models import Index, Package
from scanner.services import serials
from scanner.services.indexes import get_index
from scanner.services.packages import ensure_packages
from scanner.services.polling.poll import poll_package
from scanner.services.polling.results import PollResult
from scanner.services.serials import follow, follow_all
from tests.replay import ReplayIndex, faults
from tests.scanner.services.conftest import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


class Followed:
    def __init__(self, replay: ReplayIndex) -> None:
        self.replay, self.client = replay, IndexClient(replay.url)
        for name in ("quiet", "moving", "watched"):
            replay.add_package(name, [f"{name}-1.0-py3-none-any.whl"])
        self.packages = ensure_packages(get_index().pk, ["quiet", "moving", "watched"], NOON)
        self.poll_due(NOON)

    def follow(self, now: object) -> int:
        return follow(Index.objects.get(), self.client, now)  # type: ignore[arg-type]  # a time

    def poll_due(self, now: object) -> list[tuple[str, PollResult]]:
        due = list(Package.objects.due(now))  # type: ignore[arg-type]  # a time
        return [(package.name, poll_package(package.pk, self.client, now)) for package in due]  # type: ignore[arg-type]  # a time


@pytest.fixture
def followed(replay: ReplayIndex) -> Followed:
    return Followed(replay)


@pytest.fixture
def small(db: None) -> Iterator[Followed]:
    """Return an index of these packages only, in which every change takes the next serial."""
    with ReplayIndex(recorded=False) as index:
        yield Followed(index)


def test_only_what_moved_becomes_due_by_one_request(followed: Followed) -> None:
    assert followed.follow(NOON + timedelta(days=1)) == 0
    followed.poll_due(NOON + timedelta(days=1))
    reasons = set(Package.objects.values_list("due_reason", flat=True))
    assert reasons == {"its serial on the root page is followed"}
    followed.replay.add_files("moving", ["moving-2.0-py3-none-any.whl"])
    followed.replay.clear_log()
    now = NOON + timedelta(days=2)
    assert followed.follow(now) == 1
    assert len(followed.replay.requests) == 1
    assert followed.poll_due(now) == [("moving", PollResult.CHANGED)]
    assert followed.follow(now + HOUR) == 0
    assert followed.replay.requests[-1].status == 304


def test_a_page_that_is_behind_its_serial_is_asked_for_again(followed: Followed) -> None:
    followed.follow(NOON)
    followed.replay.add_files("moving", ["moving-2.0-py3-none-any.whl"])
    followed.follow(NOON + HOUR)
    package = Package.objects.get(pk=followed.packages["moving"].pk)
    # A stale cache answers: as before.
    Package.objects.filter(pk=package.pk).update(wanted_serial=10**9)
    poll_package(package.pk, followed.client, NOON + HOUR)
    package.refresh_from_db()
    assert package.due_reason == "its page is older than its serial"
    assert poll_package(package.pk, followed.client, NOON + HOUR) is PollResult.UNCHANGED
    package.refresh_from_db()
    assert package.due_reason == "its page is older than its serial"


def test_what_vanishes_from_the_root_page_and_what_appears_is_asked_for(followed: Followed) -> None:
    followed.follow(NOON + timedelta(days=1))
    followed.poll_due(NOON + timedelta(days=1))
    new = ensure_packages(get_index().pk, ["new"], NOON + timedelta(days=1))["new"]
    assert poll_package(new.pk, followed.client, NOON + timedelta(days=1)) is PollResult.MISSING
    now = NOON + timedelta(days=2)
    followed.replay.vanish("quiet")
    followed.replay.add_package("new", ["new-1.0.tar.gz"])
    assert followed.follow(now) == 2
    assert sorted(followed.poll_due(now)) == [("new", PollResult.CHANGED), ("quiet", PollResult.MISSING)]


@pytest.mark.parametrize("how", ["fault", "html"])
def test_without_news_from_the_root_page_packages_are_polled_one_by_one_again(followed: Followed, how: str) -> None:
    now = NOON + timedelta(days=1)
    followed.follow(now)
    followed.poll_due(now)
    if how == "fault":
        followed.replay.fail(faults.Status(500), path="/simple/")
    else:
        followed.replay.style.json = False
    assert followed.follow(now + timedelta(minutes=30)) == 0
    assert Index.objects.get().root_checked_at == now
    assert followed.follow(now + 2 * HOUR) == 3
    index = Index.objects.get()
    assert index.root_checked_at is None
    assert index.root_error


def test_a_few_packages_are_not_worth_a_root_page(followed: Followed, settings: Settings) -> None:
    settings.WHEELWAY_INDEX_URL = followed.replay.url
    get_index()
    followed.replay.clear_log()
    assert follow_all(NOON) == 0
    assert followed.replay.requests == []


def test_between_whole_comparisons_only_rows_with_new_serials_are_looked_up(
    followed: Followed, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = NOON + timedelta(days=1)
    followed.follow(now)
    first = Index.objects.get()
    followed.replay.add_package("elsewhere", ["elsewhere-1.0.tar.gz"], serial=10**9)
    assert followed.follow(now + HOUR / 4) == 0
    index = Index.objects.get()
    assert (index.root_names, index.root_serial, index.root_compared_at) == (first.root_names + 1, 10**9 + 1, now)
    # Its serial grows from where it was, far below: on such an index only comparing all rows tells.
    followed.replay.add_files("moving", ["moving-2.0-py3-none-any.whl"])
    with django_assert_num_queries(2):
        assert follow(index, followed.client, now + HOUR / 2) == 0
    followed.replay.add_files("elsewhere", ["elsewhere-2.0.tar.gz"])
    assert followed.follow(now + HOUR) == 1
    assert Index.objects.get().root_compared_at == now + HOUR


def test_a_root_page_that_cannot_be_read_tells_nothing(small: Followed) -> None:
    small.follow(NOON)
    before = Index.objects.get()
    small.replay.add_files("moving", ["moving-2.0-py3-none-any.whl"])
    small.replay.fail(faults.CutQuietly(), path="/simple/", times=1)
    assert small.follow(NOON + HOUR / 2) == 0
    after = Index.objects.get()
    assert (after.root_serial, after.root_hash, after.root_checked_at) == (before.root_serial, before.root_hash, NOON)
    assert after.root_error
    assert small.follow(NOON + HOUR / 2) == 1


def test_a_worker_killed_before_it_ended_leaves_all_to_be_compared_again(
    small: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.follow(NOON)
    small.replay.add_files("moving", ["moving-2.0-py3-none-any.whl"])

    class KilledError(Exception):
        pass

    def killed(*args: object) -> int:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(serials, "_make_due", killed)
        with pytest.raises(KilledError):
            small.follow(NOON + HOUR / 2)
    assert small.follow(NOON + HOUR / 2) == 1
