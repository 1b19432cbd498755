"""Where core metadata come from, and what is kept of them."""

from datetime import datetime, timedelta

import pytest

from scanner.index.client import IndexClient
from scanner.models import CoreMetadata, Package, Release
from scanner.selectors.lacking_metadata import FIRST_PAUSE, LONGEST_PAUSE, files_to_read, lacking_metadata
from scanner.services.metadata import read_metadata
from scanner.services.storage.metadata import FAILURES_UNTIL_UNREADABLE, store_metadata
from tests.replay import ReplayIndex, a_file, faults
from tests.scanner.services.conftest import NOON, Poll

pytestmark = pytest.mark.django_db

PURE = "demo-1.0-py3-none-any.whl"
OLD = (("Metadata-Version", "2.1"), ("Name", "demo"), ("Version", "1.0"), ("Requires-Dist", "numpy"))
BOUND = (("Metadata-Version", "2.2"), *OLD[1:])
DYNAMIC = (*BOUND, ("Dynamic", "Requires-Dist"))


def fetch_metadata(release: int, client: IndexClient, now: datetime) -> bool:
    """Fetch and store the metadata of a release as a job does. Return whether they were found."""
    answer = read_metadata(release, files_to_read([release])[release], client)
    store_metadata([answer], now)
    return answer.found is not None


def fetch(replay: ReplayIndex) -> Release:
    replay.clear_log()
    release = Release.objects.get()
    assert fetch_metadata(release.pk, IndexClient(replay.url), NOON)
    release.refresh_from_db()
    return release


def paths(replay: ReplayIndex) -> list[str]:
    return [seen.path.rpartition("/")[2] for seen in replay.requests]


def test_the_metadata_file_comes_first_and_costs_one_request(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    replay.add_package("demo", [a_file(PURE, requires_dist=["numpy>=2"]), "demo-1.0.tar.gz"])
    poll()
    release = fetch(replay)
    assert release.metadata is not None
    assert release.metadata.requires_dist == ["numpy>=2"]
    assert release.metadata_error == ""
    assert paths(replay) == [f"{PURE}.metadata"]


def test_where_an_index_announces_nothing_the_metadata_file_is_tried(
    replay: ReplayIndex, demo: Package, poll: Poll
) -> None:
    replay.style.announces_metadata = False
    replay.add_package("demo", [a_file(PURE, requires_dist=["numpy>=2"])])
    poll()
    fetch(replay)
    assert paths(replay)[0] == f"{PURE}.metadata"


def test_without_a_metadata_file_the_end_of_the_wheel_is_read(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    replay.add_package("demo", [a_file(PURE, requires_dist=["numpy>=2"], announces_metadata=False)])
    poll()
    replay.fail(faults.Status(404), path="*.metadata")
    release = fetch(replay)
    assert release.metadata is not None
    assert release.metadata.requires_dist == ["numpy>=2"]
    assert all("range" in seen.headers for seen in replay.requests if seen.path.endswith(".whl"))


def test_an_announced_digest_that_does_not_hold_is_not_believed(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    replay.add_package("demo", [a_file(PURE, requires_dist=["numpy>=2"])])
    poll()
    replay.fail(faults.Replace(b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"), path="*.metadata")
    release = fetch(replay)
    assert release.metadata is not None
    assert release.metadata.requires_dist == ["numpy>=2"]
    assert paths(replay)[-1] == PURE


@pytest.mark.parametrize(
    ("lines", "grade"),
    [(BOUND, "certain"), (OLD, "stated"), (DYNAMIC, "stated")],
)
def test_what_an_sdist_states_is_certain_where_it_binds_its_build(
    replay: ReplayIndex, demo: Package, poll: Poll, lines: tuple[tuple[str, str], ...], grade: str
) -> None:
    replay.add_package("demo", [a_file("demo-1.0.tar.gz", metadata=lines)])
    poll()
    release = fetch(replay)
    assert release.metadata is not None
    assert (release.metadata.requires_dist, release.metadata_grade) == (["numpy"], grade)
    assert paths(replay) == ["demo-1.0.tar.gz"]


def test_an_old_sdist_states_what_its_requires_txt_lists(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    listed = {"src/demo.egg-info/requires.txt": b"numpy\n\n[fast]\ncython\n", "tests/x.egg-info/requires.txt": b"no\n"}
    replay.add_package("demo", [a_file("demo-1.0.tar.gz", metadata=OLD[:-1], members=listed)])
    poll()
    release = fetch(replay)
    assert release.metadata is not None
    assert release.metadata.requires_dist == ["numpy", 'cython; extra == "fast"']
    assert release.metadata_grade == "stated"


def test_equal_metadata_is_kept_once_and_never_fetched_again(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    replay.add_package(
        "demo", [a_file(f"demo-1.{number}-py3-none-any.whl", requires_dist=["numpy>=2"]) for number in range(3)]
    )
    poll()
    client, keys = IndexClient(replay.url), list(Release.objects.values_list("pk", flat=True))
    assert len(lacking_metadata(keys, NOON)[demo.index_id]) == 3
    for pk in keys:
        assert fetch_metadata(pk, client, NOON)
    assert CoreMetadata.objects.count() == 1
    assert len([path for path in paths(replay) if path.endswith(".metadata")]) == 3
    assert lacking_metadata(keys, NOON) == {}


@pytest.mark.parametrize(
    "fault", [faults.Status(500), faults.Status(404), faults.Replace(b"<html>Not today</html>")], ids=str
)
def test_metadata_that_cannot_be_had_is_asked_for_again_soon_and_with_growing_pauses(
    replay: ReplayIndex, demo: Package, poll: Poll, fault: faults.Fault
) -> None:
    replay.add_package("demo", [a_file(PURE, requires_dist=["numpy>=2"])])
    poll()
    pk = Release.objects.get().pk
    assert lacking_metadata([pk], NOON) == {demo.index_id: {pk: "demo 1.0"}}
    replay.fail(fault, path="*")
    now, pause = NOON, FIRST_PAUSE
    for _ in range(3):
        assert not fetch_metadata(pk, IndexClient(replay.url), now)
        release = Release.objects.get()
        assert (release.metadata, bool(release.metadata_error)) == (None, True)
        assert lacking_metadata([pk], now + pause - timedelta(seconds=1)) == {}
        now, pause = now + pause, 2 * pause
        assert lacking_metadata([pk], now)
    replay.clear_faults()
    assert fetch_metadata(pk, IndexClient(replay.url), now)
    release = Release.objects.get()
    assert release.metadata is not None
    assert (release.metadata.requires_dist, release.metadata_error) == (["numpy>=2"], "")


def test_what_answers_and_can_never_be_read_is_unreadable_and_tried_once_a_day(
    replay: ReplayIndex, demo: Package, poll: Poll
) -> None:
    replay.add_package("demo", ["demo-1.0.tar.gz"])
    poll()
    pk, revision = Release.objects.get().pk, Package.objects.get().revision
    replay.mount_body("demo", "demo-1.0.tar.gz", b"no archive at all")
    for _ in range(FAILURES_UNTIL_UNREADABLE + 10):
        fetch_metadata(pk, IndexClient(replay.url), NOON)
    assert Release.objects.get().metadata_grade == "unreadable"
    assert Package.objects.get().revision == revision + 1
    assert lacking_metadata([pk], NOON + LONGEST_PAUSE)


def test_metadata_that_failed_for_months_are_tried_once_a_day(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    replay.add_package("demo", [PURE])
    poll()
    Release.objects.update(metadata_failures=32_000, metadata_tried_at=NOON)
    keys = list(Release.objects.values_list("pk", flat=True))
    assert lacking_metadata(keys, NOON + LONGEST_PAUSE - timedelta(seconds=1)) == {}
    assert lacking_metadata(keys, NOON + LONGEST_PAUSE)
