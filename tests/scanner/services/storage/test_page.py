"""What a poll leaves in the database: files, releases, profiles and events."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from scanner.index.client import IndexClient
from scanner.models import Index, Package, Release, ReleaseFile, RowChecksums, StoredProfile, WheelEvent, WheelEventKind
from scanner.services.polling.poll import poll_package
from scanner.services.polling.results import PollResult
from tests.replay import ReplayIndex, a_file
from tests.scanner.services.conftest import NOON, Poll

pytestmark = pytest.mark.django_db

PURE = "demo-1.0-py3-none-any.whl"
WINDOWS = "demo-1.0-cp313-cp313-win_amd64.whl"
HOUR = timedelta(hours=1)
Events = Callable[[], list[tuple[str, str]]]


def files() -> list[str]:
    return sorted(ReleaseFile.objects.values_list("filename", flat=True))


def test_a_first_poll_stores_everything_and_tells_one_event(
    replay: ReplayIndex, demo: Package, poll: Poll, events: Events
) -> None:
    replay.add_package("demo", [PURE, "demo-1.0.tar.gz", "demo-2.0-py3-none-any.whl", "demo-no-version.zip"])
    assert poll() is PollResult.CHANGED
    assert events() == [("first_poll", "")]
    assert sorted(Release.objects.values_list("version", flat=True)) == ["1.0", "2.0"]
    unparsed = ReleaseFile.objects.get(release=None)
    assert (unparsed.filename, unparsed.kind) == ("demo-no-version.zip", "other")
    wheel = ReleaseFile.objects.get(filename=PURE)
    assert wheel.release is not None
    assert (wheel.release.version, wheel.kind) == ("1.0", "wheel")
    assert not Release.objects.filter(unsettled_since__isnull=False).exists()
    assert demo.newest_release_at is not None


@pytest.mark.parametrize("json", [True, False])
def test_each_change_of_a_file_is_one_event(
    replay: ReplayIndex, demo: Package, poll: Poll, events: Events, json: bool
) -> None:
    replay.style.json = json
    replay.add_package("demo", [PURE, "demo-0.9.tar.gz"])
    poll()
    steps: list[tuple[Callable[[], None], list[tuple[str, str]]]] = [
        (lambda: replay.add_files("demo", [WINDOWS]), [("added", WINDOWS)]),
        (lambda: replay.yank("demo", WINDOWS, "broken"), [("yanked", WINDOWS)]),
        (lambda: replay.unyank("demo", WINDOWS), [("unyanked", WINDOWS)]),
        (lambda: replay.remove_file("demo", "demo-0.9.tar.gz"), [("removed", "demo-0.9.tar.gz")]),
        (lambda: replay.edit("demo", "1.0", requires_python=">=3.9"), []),
    ]
    told = events()
    for number, (change, expected) in enumerate(steps, start=1):
        change()
        assert poll(NOON + number * HOUR) is PollResult.CHANGED
        assert poll(NOON + number * HOUR) is PollResult.UNCHANGED
        told += expected
        assert events() == told
    assert files() == sorted([PURE, WINDOWS])
    assert [release.version for release in Release.objects.all()] == ["1.0"]
    assert set(ReleaseFile.objects.values_list("requires_python", flat=True)) == {">=3.9"}


def test_the_reason_of_a_yank_stands_in_its_event(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    replay.add_package("demo", [PURE])
    poll()
    replay.yank("demo", "1.0", "breaks on Windows")
    poll(NOON + HOUR)
    event = WheelEvent.objects.get(kind=WheelEventKind.YANKED)
    assert (event.detail, event.version, event.tag_set) == ("breaks on Windows", "1.0", "py3-none-any")


def test_a_file_that_vanishes_and_comes_back_is_added_once(
    replay: ReplayIndex, demo: Package, poll: Poll, events: Events
) -> None:
    replay.add_package("demo", [PURE])
    poll()
    for number in (1, 3):
        replay.add_files("demo", [WINDOWS])
        poll(NOON + number * HOUR)
        assert WINDOWS in files()
        replay.remove_file("demo", WINDOWS)
        poll(NOON + (number + 1) * HOUR)
        assert files() == [PURE]
    assert [kind for kind, _ in events()] == ["first_poll", "added", "removed", "removed"]


def test_a_release_goes_with_its_last_file_and_its_shape_follows_the_others(
    replay: ReplayIndex, demo: Package, poll: Poll
) -> None:
    replay.add_package("demo", [PURE, "demo-2.0-py3-none-any.whl"])
    poll()
    assert StoredProfile.objects.count() == 1
    replay.add_files("demo", [WINDOWS])
    replay.remove_file("demo", "demo-2.0-py3-none-any.whl")
    poll(NOON + HOUR)
    (release,) = Release.objects.all()
    assert "cp313-cp313-win_amd64" in release.profile.text
    assert release.unsettled_since is None
    assert list(Package.objects.values_list("revision", flat=True)) == [2]


def test_a_release_seen_after_the_first_poll_waits_to_be_settled(
    replay: ReplayIndex, demo: Package, poll: Poll
) -> None:
    replay.add_package("demo", [PURE])
    poll()
    replay.add_files("demo", ["demo-1.1-py3-none-any.whl"])
    poll(NOON + HOUR)
    assert Release.objects.get(version="1.1").unsettled_since == NOON + HOUR


def test_an_unchanged_page_writes_nothing_but_the_times(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    replay.add_package("demo", [PURE])
    poll()
    before = {field: getattr(demo, field) for field in ("revision", "changed_at", "content_hash", "serial", "etag")}
    assert poll(NOON + HOUR) is PollResult.UNCHANGED
    assert before == {field: getattr(demo, field) for field in before}
    assert demo.checked_at == NOON + HOUR
    seen = replay.requests_for("demo")[-1]
    assert (seen.status, seen.headers["if-none-match"]) == (304, demo.etag)


def test_an_index_without_validators_costs_no_write_when_its_page_is_the_same(
    replay: ReplayIndex, demo: Package, poll: Poll
) -> None:
    replay.style.validator = "none"
    replay.add_package("demo", [PURE])
    poll()
    assert poll(NOON + HOUR) is PollResult.UNCHANGED
    assert demo.changed_at == NOON


def test_a_row_that_cannot_be_read_is_told_and_its_stored_file_stays(
    replay: ReplayIndex, demo: Package, poll: Poll, events: Events
) -> None:
    replay.add_package("demo", [PURE, WINDOWS])
    poll()
    replay.edit("demo", WINDOWS, requires_python="x" * 500)
    poll(NOON + HOUR)
    assert [problem["message"] for problem in demo.problems] == [
        "Requires-Python is too long or holds control characters"
    ]
    assert files() == sorted([PURE, WINDOWS])
    replay.add_files("demo", ["demo-2.0.tar.gz"])
    poll(NOON + 2 * HOUR)
    assert len(demo.problems) == 1
    replay.edit("demo", WINDOWS, requires_python=None)
    poll(NOON + 3 * HOUR)
    assert demo.problems == []
    assert events()[1:] == [("added", "demo-2.0.tar.gz")]


def test_only_rows_that_differ_are_read_again(
    replay: ReplayIndex, demo: Package, poll: Poll, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay.add_package("demo", [f"demo-1.{number}-py3-none-any.whl" for number in range(100, 400)])
    poll()
    stored_page = "scanner.services.polling.results.store_page"
    monkeypatch.setattr(stored_page, lambda *_: pytest.fail("the whole page was compared"))
    replay.add_files("demo", ["demo-2.0-py3-none-any.whl"])
    replay.yank("demo", "1.370")
    assert poll(NOON + HOUR) is PollResult.CHANGED
    assert len(files()) == 301
    assert ReleaseFile.objects.get(yanked=True).filename == "demo-1.370-py3-none-any.whl"


def test_prints_that_do_not_belong_to_the_stored_page_cost_a_whole_reading_and_nothing_else(
    replay: ReplayIndex, demo: Package, poll: Poll, events: Events
) -> None:
    replay.add_package("demo", [f"demo-1.{number}-py3-none-any.whl" for number in range(40)])
    poll()
    RowChecksums.objects.update(checksums=bytes(RowChecksums.objects.get().checksums)[4:] + b"junk")
    replay.add_files("demo", ["demo-2.0-py3-none-any.whl"])
    poll(NOON + HOUR)
    assert len(files()) == 41
    assert events() == [("first_poll", ""), ("added", "demo-2.0-py3-none-any.whl")]


def test_a_file_is_added_once_whoever_writes(demo: Package) -> None:
    row = {"package": demo, "kind": WheelEventKind.ADDED, "filename": PURE, "seen_at": NOON}
    WheelEvent.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        WheelEvent.objects.create(**row)


def test_upload_times_and_digests_survive_a_change_of_form(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    replay.add_package("demo", [a_file(PURE, uploaded_at="2024-03-04T05:06:07.891011Z")])
    poll()
    stored = ReleaseFile.objects.values().get()
    replay.style.json = False
    poll(NOON + HOUR)
    assert ReleaseFile.objects.values().get() == stored
    assert stored["uploaded_at"] is not None
    assert stored["uploaded_at"].isoformat() == "2024-03-04T05:06:07.891011+00:00"


STORED = ("filename", "kind", "release__version", "release__profile__text", "sha256", "requires_python", "yanked",
          "yanked_reason", "uploaded_at", "release__first_uploaded_at", "release__last_uploaded_at")  # fmt: skip


@pytest.mark.parametrize("name", ["email-validator", "hiredis", "zope-interface", "greenlet", "psycopg2-binary"])
def test_the_json_and_the_html_form_of_a_recorded_page_leave_the_same_rows(replay: ReplayIndex, name: str) -> None:
    replay.style.html_upload_times = True
    stored = []
    for is_json in (True, False):
        replay.style.json = is_json
        index = Index.objects.create(url=replay.url, scope=f"json: {is_json}")
        package = Package.objects.create(index=index, name=name, due_at=NOON)
        assert poll_package(package.pk, IndexClient(replay.url), NOON) is PollResult.CHANGED
        package.refresh_from_db()
        stored.append(
            [
                (file.url, *facts)
                for file, facts in zip(
                    package.files.order_by("filename"),
                    package.files.order_by("filename").values_list(*STORED),
                    strict=True,
                )
            ]
        )
        assert package.problems == []
    assert stored[0] == stored[1]
    assert len(stored[0]) > 10
