"""What a poll can end in. Stored data stay true whatever the index answers."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from scanner.domain.index_faults import OLDER_PAGE
from scanner.index.client import IndexClient
from scanner.index.host_limiter import HostLimiter
from scanner.index.transport import Limits
from scanner.models import CLAIM_FOR, Package, PackageState, PollStats, ReleaseFile, WheelEvent
from scanner.services.polling import stats
from scanner.services.polling.claims import claim_poll, release_claim
from scanner.services.polling.poll import poll_package
from scanner.services.polling.results import GONE_AFTER, PollResult
from tests.replay import ReplayIndex, faults
from tests.replay.faults import Fault
from tests.scanner.services.conftest import NOON, Poll

pytestmark = pytest.mark.django_db

PURE = "demo-1.0-py3-none-any.whl"
HOUR = timedelta(hours=1)


def stored() -> list[tuple[object, ...]]:
    return list(ReleaseFile.objects.order_by("pk").values_list())


@pytest.mark.parametrize(
    "fault",
    [
        faults.Status(500),
        faults.Status(404),
        faults.Status(429, retry_after=120),
        faults.Status(503, retry_after=format_datetime(datetime(2099, 1, 1, tzinfo=UTC), usegmt=True)),
        faults.Status(401),
        faults.Reset(),
        faults.Reset(after_bytes=20),
        faults.Truncated(),
        faults.CutQuietly(),
        faults.Replace(body=b"<html>please sign in"),
        faults.Replace(body=b"\x00\xff garbage"),
        faults.Replace(body=b"{}", content_type="text/plain"),
        faults.Replace(body=b'{"meta":{"api-version":"1.0"},"name":"other","files":[]}'),
        faults.Redirect("loop"),
    ],
    ids=lambda fault: repr(fault)[:40],
)
def test_a_fault_leaves_stored_data_and_events_alone_and_is_over_when_it_is_over(
    replay: ReplayIndex, demo: Package, poll: Poll, fault: Fault
) -> None:
    replay.add_package("demo", [PURE])
    poll()
    before, events = stored(), WheelEvent.objects.count()
    replay.add_files("demo", ["demo-2.0.tar.gz"])
    replay.fail(fault, path="/simple/demo/")
    outcome = poll(NOON + HOUR)
    assert outcome in (PollResult.FAILED, PollResult.THROTTLED, PollResult.MISSING)
    assert (stored(), WheelEvent.objects.count()) == (before, events)
    assert demo.state == PackageState.CURRENT
    assert demo.checked_at == NOON
    assert demo.last_error
    assert demo.due_at is not None
    assert demo.claimed_until is None
    replay.clear_faults()
    client = IndexClient(replay.url, limiter=HostLimiter())
    assert poll_package(demo.pk, client, NOON + 2 * HOUR) is PollResult.CHANGED
    demo.refresh_from_db()
    assert (demo.last_error, demo.failures, demo.absences) == ("", 0, 0)
    assert ReleaseFile.objects.count() == 2


def test_retries_wait_longer_each_time(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    replay.add_package("demo", [PURE])
    replay.fail(faults.Status(500))
    waits = []
    for number in range(4):
        poll(NOON + number * HOUR)
        assert demo.due_at is not None
        waits.append(demo.due_at - (NOON + number * HOUR))
    assert waits == sorted(set(waits))
    assert demo.failures == 4
    assert demo.due_reason == "it failed 4 times in a row"
    assert demo.state == PackageState.PENDING


def test_a_host_that_asks_for_silence_is_asked_nothing_by_other_polls(
    replay: ReplayIndex, demo: Package, poll: Poll
) -> None:
    replay.add_package("demo", [PURE])
    other = Package.objects.create(index=demo.index, name="other", due_at=NOON)
    replay.fail(faults.Status(429, retry_after=60), times=1)
    assert poll() is PollResult.THROTTLED
    asked = len(replay.requests)
    assert poll(NOON, other) is PollResult.THROTTLED
    assert len(replay.requests) == asked
    assert demo.failures == other.failures == 0
    assert "asked for a pause" in other.due_reason


def test_a_name_that_was_never_there_ends_at_once_and_one_with_data_after_some_tries(
    replay: ReplayIndex, demo: Package, poll: Poll
) -> None:
    assert poll() is PollResult.MISSING
    assert (demo.state, demo.due_at) == (PackageState.MISSING, None)
    replay.add_package("demo", [PURE])
    assert poll() is PollResult.CHANGED
    replay.vanish("demo")
    for number in range(1, GONE_AFTER):
        assert poll(NOON + number * HOUR) is PollResult.MISSING
        assert demo.state == PackageState.CURRENT
    assert poll(NOON + GONE_AFTER * HOUR) is PollResult.MISSING
    assert (demo.state, demo.due_at, ReleaseFile.objects.count()) == (PackageState.MISSING, None, 1)


def test_a_404_between_other_faults_does_not_count_towards_being_gone(
    replay: ReplayIndex, demo: Package, poll: Poll
) -> None:
    replay.add_package("demo", [PURE])
    poll()
    replay.vanish("demo")
    for number in range(GONE_AFTER * 2):
        if number % 3 == 2:
            replay.fail(faults.Status(500), times=1)
        poll(NOON + number * HOUR)
    assert demo.state == PackageState.CURRENT


def test_an_older_page_changes_nothing_and_is_asked_for_again_soon(
    replay: ReplayIndex, demo: Package, poll: Poll
) -> None:
    newer = replay.add_package("demo", [PURE], serial=900)
    poll()
    before = stored()
    replay.add_package("demo", ["demo-0.1.tar.gz"], serial=100)
    assert poll(NOON + HOUR) is PollResult.OLDER
    assert (stored(), demo.last_error, demo.serial) == (before, OLDER_PAGE, newer.serial(None))
    assert demo.due_at is not None
    assert demo.due_at - (NOON + HOUR) <= timedelta(minutes=1)


def test_duplicate_file_names_count_once(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    replay.add_package("demo", [PURE])
    row = b'{"filename":"%b","url":"https://files.example/x","hashes":{}}' % PURE.encode()
    body = b'{"meta":{"api-version":"1.1"},"name":"demo","files":[%b,%b]}' % (row, row)
    replay.fail(faults.Replace(body=body))
    assert poll() is PollResult.CHANGED
    assert ReleaseFile.objects.count() == 1
    assert demo.problems[0]["message"] == "the page lists this file twice"


def test_a_change_of_status_is_an_event(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    replay.add_package("demo", [PURE])
    poll()
    replay.set_status("demo", "archived", "no longer maintained")
    assert poll(NOON + HOUR) is PollResult.CHANGED
    assert (demo.status, demo.status_reason) == ("archived", "no longer maintained")
    assert list(WheelEvent.objects.order_by("pk").values_list("kind", "detail"))[1:] == [
        ("status", "active → archived")
    ]


def test_two_workers_never_poll_one_package_at_once(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    replay.add_package("demo", [PURE])
    claim = claim_poll(demo.pk, NOON)
    assert claim is not None
    assert poll(NOON + timedelta(seconds=5)) is PollResult.NOT_DUE
    assert replay.requests == []
    assert poll(NOON + CLAIM_FOR) is PollResult.CHANGED
    # The first worker wakes up: its claim has expired and its answer is dropped.
    assert not release_claim(claim, last_error="too late")
    demo.refresh_from_db()
    assert demo.last_error == ""


def test_an_answer_that_comes_after_the_turn_has_passed_on_is_dropped(
    replay: ReplayIndex, demo: Package, poll: Poll
) -> None:
    replay.add_package("demo", [PURE])

    def another_takes_over() -> None:
        Package.objects.filter(pk=demo.pk).update(claimed_until=NOON + 3 * CLAIM_FOR)

    # In the middle of the poll: when it reads its checksums.
    client = IndexClient(replay.url)
    page = client.page

    def slow(*args: object, **options: object) -> object:
        answer = page(*args, **options)  # type: ignore[arg-type]  # handed on as it came
        another_takes_over()
        return answer

    client.page = slow  # type: ignore[method-assign,assignment]  # the moment between answer and storing
    assert poll_package(demo.pk, client, NOON) is PollResult.NOT_DUE
    assert stored() == []
    demo.refresh_from_db()
    assert demo.claimed_until == NOON + 3 * CLAIM_FOR


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=400)])
def test_a_clock_that_jumps_and_comes_back_hides_no_package(
    replay: ReplayIndex, demo: Package, poll: Poll, jump: timedelta
) -> None:
    replay.add_package("demo", [PURE])
    assert claim_poll(demo.pk, NOON + jump) is not None
    poll(NOON + HOUR)
    poll(NOON + jump)
    later = NOON + timedelta(days=3)
    assert list(Package.objects.due(later)) == [demo]
    assert claim_poll(demo.pk, later, if_due=True) is not None


def test_silence_is_given_up(replay: ReplayIndex, demo: Package) -> None:
    replay.add_package("demo", [PURE])
    replay.fail(faults.Silence())
    client = IndexClient(replay.url, limits=Limits(connect=1, silence=0.2, total=1))
    assert poll_package(demo.pk, client, NOON) is PollResult.FAILED


@pytest.mark.parametrize(
    ("watched", "age", "reason"),
    [
        (False, 1, "a release is open for new files"),
        (True, 30, "a user waits for a wheel of it"),
        (False, 30, "it has no new release"),
    ],
)
def test_the_next_poll_has_a_reason(
    replay: ReplayIndex, demo: Package, poll: Poll, watched: bool, age: int, reason: str
) -> None:
    replay.add_package("demo", [PURE])
    Package.objects.update(is_watched=watched)
    poll(datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=age))
    assert demo.due_reason == reason


def test_polls_are_counted_in_batches(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    stats.flush()
    PollStats.objects.all().delete()
    replay.add_package("demo", [PURE])
    poll()
    poll(NOON)
    assert not PollStats.objects.exists()
    stats.flush()
    stats.flush()
    counted = {row.result: (row.polls, row.size > 0) for row in PollStats.objects.all()}
    assert counted == {"changed": (1, True), "unchanged": (1, False)}


def test_an_unchanged_poll_takes_two_statements(
    replay: ReplayIndex, demo: Package, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    replay.add_package("demo", [PURE])
    client = IndexClient(replay.url)
    poll_package(demo.pk, client, NOON)
    with django_assert_num_queries(2):
        assert poll_package(demo.pk, client, NOON) is PollResult.UNCHANGED


def test_a_poll_cut_short_gives_its_package_back(replay: ReplayIndex, demo: Package) -> None:
    def cut_short() -> None:
        raise KeyboardInterrupt

    client = IndexClient(replay.url)
    client.page = lambda *given, **options: cut_short()  # type: ignore[method-assign,assignment]  # the moment of a signal
    with pytest.raises(KeyboardInterrupt):
        poll_package(demo.pk, client, NOON)
    demo.refresh_from_db()
    assert (demo.claimed_until, demo.due_at) == (None, NOON)
