"""Fetching while the caller goes on: each fact once, metadata stored together, silent private indexes left alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from scanner.models import CoreMetadata, Package, Release
from scanner.services.fetching import fetching
from scanner.services.index_sets import IndexSet
from tests.compat_site.installation import Held
from tests.patience import PATIENCE
from tests.replay import ReplayIndex, a_file, faults
from tests.scanner.services.children import all_of, quiet

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_page_and_each_metadata_is_asked_for_once(replay: ReplayIndex, indexes: IndexSet) -> None:
    replay.add_package(
        "demo", [a_file(f"demo-1.{number}-py3-none-any.whl", requires_dist=["six"]) for number in range(5)]
    )
    shown = []
    with fetching(indexes, progress=lambda *progress: shown.append(progress)) as fetcher:
        for urgent in (False, True):
            fetcher.want_packages(["demo", "nowhere-to-be-found"], urgent=urgent)
        assert all_of(fetcher) == ({"demo", "nowhere-to-be-found"}, set())
        releases = set(Release.objects.values_list("pk", flat=True))
        for urgent in (False, True):
            fetcher.want_metadata(releases, urgent=urgent)
        assert all_of(fetcher) == (set(), releases)
        fetcher.want_metadata(releases)
        fetcher.want_packages(["demo"])
        assert not fetcher.busy
    assert not Release.objects.filter(metadata=None).exists()
    assert CoreMetadata.objects.count() == 1
    assert len(replay.requests) == 7
    assert sorted(done for _, done, _ in shown) == list(range(1, 8))
    assert fetcher.begun == 7


def test_a_large_sdist_is_read_only_when_it_is_needed(
    replay: ReplayIndex, indexes: IndexSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.services.metadata._LARGE_SDIST", 100)
    replay.add_package(
        "demo", [a_file("demo-1.0.tar.gz"), a_file("demo-2.0.tar.gz"), a_file("demo-2.0-py3-none-any.whl")]
    )
    with fetching(indexes, progress=quiet) as fetcher:
        fetcher.want_packages(["demo"])
        all_of(fetcher)
        keys = {one.version: one.pk for one in Release.objects.all()}
        fetcher.want_metadata(keys.values(), urgent=False)
        assert all_of(fetcher) == (set(), {keys["2.0"]})
        fetcher.want_metadata(keys.values())
        assert all_of(fetcher) == (set(), {keys["1.0"]})
    assert not Release.objects.filter(metadata=None).exists()


def test_what_is_known_arrives_without_a_request(replay: ReplayIndex, indexes: IndexSet) -> None:
    replay.add_package("demo", [a_file("demo-1.0-py3-none-any.whl", requires_dist=["six"])])
    for _ in range(2):
        replay.clear_log()
        with fetching(indexes, progress=quiet) as fetcher:
            fetcher.want_packages(["demo"])
            assert all_of(fetcher) == ({"demo"}, set())
            pk = Release.objects.get().pk
            fetcher.want_metadata([pk])
            assert all_of(fetcher) == (set(), {pk})
    assert not replay.requests


def test_a_page_that_another_worker_polls_now_is_waited_for(replay: ReplayIndex, indexes: IndexSet) -> None:
    replay.add_package("demo", ["demo-1.0-py3-none-any.whl"])
    held = Held()
    replay.fail(held, "/simple/demo/", times=1)
    with fetching(indexes, progress=quiet) as first, fetching(indexes, progress=quiet) as second:
        first.want_packages(["demo"])
        assert held.begun.wait(PATIENCE)
        second.want_packages(["demo"])
        assert second.wait(0.3).names == set()
        held.go.set()
        assert all_of(first)[0] == all_of(second)[0] == {"demo"}
    assert Release.objects.count() == 1


def test_an_index_that_fails_is_named_with_the_package(replay: ReplayIndex, indexes: IndexSet) -> None:
    replay.fail(faults.Status(500), "/simple/demo/")
    with fetching(indexes, progress=quiet) as fetcher:
        fetcher.want_packages(["demo"])
        assert all_of(fetcher)[0] == {"demo"}
    assert "500" in fetcher.faults["demo"]
    assert not fetcher.answered


def test_a_private_index_that_answers_for_nothing_is_asked_for_a_few_packages_only(
    replay: ReplayIndex, indexes: IndexSet, settings: Settings
) -> None:
    settings.WHEELWAY_INDEX_CONNECTIONS = 2
    replay.fail(faults.Status(500), "/simple/*")
    private = IndexSet((replace(next(iter(indexes)), is_private=True),))
    names = [f"demo-{number}" for number in range(9)]
    with fetching(private, fresh_for=timedelta(0), progress=quiet) as fetcher:
        fetcher.want_packages(names)
        assert all_of(fetcher)[0] == set(names)
        fetcher.want_packages(["later"])
        assert all_of(fetcher)[0] == {"later"}
    assert len(replay.requests) == 2
    assert fetcher.faults.keys() == {*names, "later"}
    assert sum("was not asked" in fault for fault in fetcher.faults.values()) == 8
    assert Package.objects.filter(state="pending").count() == 10


def test_a_private_index_that_answers_is_asked_for_everything(
    replay: ReplayIndex, indexes: IndexSet, settings: Settings
) -> None:
    settings.WHEELWAY_INDEX_CONNECTIONS = 2
    private = IndexSet((replace(next(iter(indexes)), is_private=True),))
    with fetching(private, progress=quiet) as fetcher:
        fetcher.want_packages([f"demo-{number}" for number in range(9)])
        assert len(all_of(fetcher)[0]) == 9
    assert len(replay.requests) == 9
    assert not fetcher.faults


def test_what_fails_once_is_asked_for_again_where_the_index_answers_otherwise(
    replay: ReplayIndex, indexes: IndexSet
) -> None:
    replay.add_package("demo", [a_file("demo-1.0-py3-none-any.whl", requires_dist=["six"])])
    replay.add_package("other", [])
    with fetching(indexes, progress=quiet) as fetcher:
        fetcher.want_packages(["other"])
        assert all_of(fetcher)[0] == {"other"}
        replay.fail(faults.Reset(), "/simple/demo/", times=1)
        fetcher.want_packages(["demo"])
        assert all_of(fetcher)[0] == {"demo"}
        release = Release.objects.get().pk
        replay.fail(faults.Reset(), "*demo-1.0*", times=1)
        fetcher.want_metadata([release])
        assert all_of(fetcher)[1] == {release}
    assert not fetcher.faults
    assert CoreMetadata.objects.count() == 1


def test_what_fails_twice_is_a_fault(replay: ReplayIndex, indexes: IndexSet) -> None:
    replay.add_package("other", [])
    replay.fail(faults.Status(500), "/simple/demo/")
    with fetching(indexes, progress=quiet) as fetcher:
        fetcher.want_packages(["other"])
        assert all_of(fetcher)[0] == {"other"}
        fetcher.want_packages(["demo"])
        assert all_of(fetcher)[0] == {"demo"}
    assert fetcher.faults.keys() == {"demo"}
    assert len(replay.requests_for("demo")) == 2
