"""A first page is prepared before its transaction, and stored as any page is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import NormalizedName

from scanner.domain.index_page.page import IndexFile, IndexPage
from scanner.domain.releases.release_columns import ReleaseColumns
from scanner.index.answers import NotModified
from scanner.index.client import IndexClient
from scanner.models import Package, PollStats, Release, ReleaseFile, StoredReleaseColumns, WheelEvent
from scanner.services.indexes import get_index
from scanner.services.polling import results
from scanner.services.polling.claims import claim_poll
from scanner.services.polling.results import PollResult, store_answer
from scanner.services.storage.page import store_page
from scanner.services.storage.prepared_insert import PreparedInsert, reserve_keys, write_times
from scanner.services.storage.sql import time_writer
from tests.replay import ReplayIndex, a_file
from tests.scanner.services.conftest import NOON, Poll

AT = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
BASE = "https://files.example"


def every_kind_of_file() -> list[IndexFile]:
    """Return more files than one statement inserts, with and without each fact."""
    return [
        IndexFile("demo-0.9.tar.gz", f"{BASE}/a/demo-0.9.tar.gz"),
        IndexFile("demo-0.9-1-py3-none-any.whl", f"{BASE}/x?y", "AB" * 32, 0, None, None, True, "why", False),
        IndexFile("demo-no-version.zip", f"{BASE}/demo-no-version.zip", "ab" * 32, 1, ">=3.9", AT, has_metadata=True),
        *(
            IndexFile(
                name, f"{BASE}/ab/cd/{'ef' * 30}/{name}", "ab" * 32, number, ">=3.8", at, metadata_sha256="cd" * 32
            )
            for number in range(40)
            for at in [AT + timedelta(days=number % 7, microseconds=number)]
            for name in [f"demo-1.{number % 12}rc1-cp31{number}-abi3-win_amd64.whl"]
        ),
    ]


def stored(package: Package) -> list[Any]:
    """Return all that is stored of a package's files and releases, without keys."""
    files = ReleaseFile.objects.filter(package=package).order_by("filename")
    releases = Release.objects.filter(package=package).order_by("version")
    skipped = {"id", "package_id", "release_id", "unsettled_since"}
    columns = ReleaseColumns.from_bytes(bytes(StoredReleaseColumns.objects.get(package=package).columns))
    assert columns.pks == [releases.get(version=version).pk for version in columns.versions]
    return [
        [{name: value for name, value in row.items() if name not in skipped} for row in rows.values()]
        for rows in (files, releases)
    ] + [list(files.values_list("release__version", flat=True)), columns.with_keys([], columns.profiles)]


@pytest.mark.django_db
def test_a_first_page_leaves_the_rows_that_the_same_files_leave_later() -> None:
    files, packages = every_kind_of_file(), []
    for revision in (0, 1):
        index = get_index(f"https://index-{revision}.example/simple")
        package = Package.objects.create(index=index, name="demo", revision=revision)
        counts = store_page(package, IndexPage(NormalizedName("demo"), tuple(files[::-1])), NOON)
        assert counts.added == len(files)
        packages.append(package)
    first, later = packages
    assert stored(first) == stored(later)
    assert (first.files_base, first.newest_release_at) == (later.files_base, later.newest_release_at)
    assert not Release.objects.filter(package=first, unsettled_since__isnull=False).exists()
    assert [event.kind for event in WheelEvent.objects.filter(package=first)] == ["first_poll"]


def test_a_page_that_is_the_first_no_more_is_compared_with_what_is_stored(replay: ReplayIndex, demo: Package) -> None:
    replay.add_package("demo", [a_file("demo-1.0.tar.gz"), a_file("demo-2.0.tar.gz")])
    claim, answer = claim_poll(demo.pk, NOON), IndexClient(replay.url).page("demo")
    assert claim is not None
    assert not isinstance(answer, NotModified)
    # Another writer stored a page meanwhile.
    demo.refresh_from_db()
    store_page(demo, IndexPage(NormalizedName("demo"), (IndexFile("demo-1.0.tar.gz", f"{BASE}/a"),)), NOON)
    Package.objects.filter(pk=demo.pk).update(revision=1)
    assert store_answer(claim, answer, NOON) is PollResult.CHANGED
    assert sorted(ReleaseFile.objects.values_list("filename", flat=True)) == ["demo-1.0.tar.gz", "demo-2.0.tar.gz"]
    assert WheelEvent.objects.filter(kind="added").count() == 1


def test_the_rows_are_made_before_the_package_is_locked(
    replay: ReplayIndex, demo: Package, poll: Poll, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay.add_package("demo", ["demo-1.0.tar.gz"])
    done: list[str] = []
    for name in ("lock_claimed_package", "prepare_first_page"):
        monkeypatch.setattr(results, name, partial(noted, done, name, getattr(results, name)))
    assert poll() is PollResult.CHANGED
    assert done == ["prepare_first_page", "lock_claimed_package"]


def noted(done: list[str], name: str, work: Callable[..., Any], *arguments: Any) -> Any:
    done.append(name)
    return work(*arguments)


@pytest.mark.django_db
def test_a_reserved_key_is_given_to_no_other_row() -> None:
    first, second = reserve_keys(PollStats, 2)
    columns = {"pk": None, "hour": write_times([NOON] * 2), "result": ["a", "b"], "polls": [1, 2], "size": [3, 4]}
    PreparedInsert(PollStats, columns).execute(pk=[first, second])
    assert PollStats.objects.create(hour=NOON, result="c").pk > second
    assert reserve_keys(PollStats, 1)[0] > second + 1
    assert list(PollStats.objects.order_by("pk").values_list("pk", "result")[:2]) == [(first, "a"), (second, "b")]


@given(st.lists(st.none() | st.datetimes(timezones=st.just(UTC)), max_size=4))
def test_times_together_are_written_as_each_alone(moments: list[datetime | None]) -> None:
    assert write_times(moments) == list(map(time_writer(), moments))
