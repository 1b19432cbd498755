"""Fetching in children: what the parent wants arrives as from a fetcher of its own, and they end with it."""

import os
import signal
import time
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial
from typing import cast

import pytest
from pytest_django.fixtures import Settings

from scanner.index.client import IndexClient
from scanner.models import Package, Release
from scanner.services.fetch_child import FetchChild, Report
from scanner.services.fetch_process import FetcherLost, FetchProcesses
from scanner.services.fetching import FRESH_FOR, Arrival, Fetcher, Progress
from scanner.services.index_sets import one_index
from tests.replay import ReplayIndex, a_file
from tests.scanner.services.children import NOWHERE, StandIn, all_of, beside, names_within, quiet


@pytest.mark.usefixtures("nothing_stored")
def test_what_is_wanted_comes_once_with_what_is_said_of_it() -> None:
    shown: list[str] = []
    with beside(progress=lambda name, done, total: shown.append(name)) as fetcher:
        for urgent in (False, True):
            fetcher.want_packages(["one", "two"], urgent=urgent)
        fetcher.want_metadata([1])
        assert all_of(fetcher) == ({"one", "two"}, {1})
        fetcher.want_packages(["one"])
        assert not fetcher.busy
    assert set(shown) == {"one", "two"}
    assert fetcher.answered
    assert fetcher.faults == {"odd": "is odd"}


@pytest.mark.usefixtures("nothing_stored")
def test_two_children_share_the_work_and_their_progress_is_one() -> None:
    shown: list[tuple[int, int]] = []
    names = [f"package-{number}" for number in range(8)]
    source, sink = os.pipe()
    with beside(lambda _: os.write(sink, b"%d " % os.getpid()), lambda _, *counts: shown.append(counts)) as fetcher:
        fetcher.want_packages(names)
        assert all_of(fetcher) == (set(names), set())
        assert fetcher.begun == 8
    os.close(sink)
    with os.fdopen(source) as pids:
        assert len(set(pids.read().split())) == 2
    assert [done for done, _ in shown] == list(range(1, 9))
    assert shown[-1] == (8, 8)


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize(("connections", "shares"), [(1, "1 "), (5, "2 2 ")])
def test_the_children_share_the_connections(connections: int, shares: str, settings: Settings) -> None:
    settings.WHEELWAY_INDEX_CONNECTIONS = connections
    source, sink = os.pipe()

    def make(report: Progress, connections: int) -> Fetcher:
        os.write(sink, b"%d " % connections)
        return cast("Fetcher", StandIn(report, str))

    fetcher = FetchProcesses(NOWHERE, FRESH_FOR, make, quiet)
    fetcher.want_packages(["one", "two", "three", "four"])
    fetcher.close()
    os.close(sink)
    with os.fdopen(source) as given:
        assert given.read() == shares


def in_second(fetcher: FetchProcesses, work: Callable[[], object]) -> str:
    """Return the text of what this returns in a second process."""
    source, sink = os.pipe()
    if not os.fork():
        try:
            fetcher.go_on_as_second()
            os.write(sink, repr(work()).encode())
        finally:
            os._exit(0)
    fetcher.leave_to_second()
    os.close(sink)
    fetcher.listen_until(source, 60)
    with os.fdopen(source) as answer:
        os.wait()
        return answer.read()


@pytest.mark.usefixtures("nothing_stored")
def test_a_second_process_is_served_too_and_what_it_fetched_comes_again() -> None:
    with beside() as fetcher:

        def want_more() -> object:
            fetcher.want_packages(["more"])
            names, releases = all_of(fetcher)
            return sorted(names), releases

        fetcher.want_packages(["early"])
        fetcher.want_metadata([3])
        assert in_second(fetcher, want_more) == "(['early', 'more'], {3})"
        assert not fetcher.can_serve_second
        assert all_of(fetcher) == ({"early"}, {3})
        fetcher.want_packages(["more"])
        assert all_of(fetcher) == ({"more"}, set())
        assert fetcher.begun == 2


@pytest.mark.usefixtures("nothing_stored")
def test_a_second_process_that_reads_nothing_keeps_no_report_from_the_parent() -> None:
    many = [f"{number:04}" * 250 for number in range(1_000)]
    with beside() as fetcher:
        fetcher.want_packages(["early"])
        source, sink = os.pipe()
        second = os.fork()
        if not second:
            fetcher.go_on_as_second()
            fetcher.want_packages(["more"])
            assert fetcher.wait(5).names
            os.write(sink, b"served")
            signal.pause()
        try:
            fetcher.leave_to_second()
            fetcher.listen_until(source, 60)
            # A pipe holds less than these reports.
            for name in many:
                fetcher.want_packages([name])
            assert names_within(fetcher, 20) >= set(many)
        finally:
            os.kill(second, signal.SIGKILL)
            os.waitpid(second, 0)


@pytest.mark.usefixtures("nothing_stored")
def test_a_second_process_without_children_does_without_what_is_only_likely() -> None:
    with beside() as fetcher:

        def want() -> object:
            fetcher.want_packages(["likely"], urgent=False)
            assert not fetcher.busy
            try:
                fetcher.want_packages(["needed"])
            except FetcherLost:
                return "lost"
            return "served"

        assert in_second(fetcher, want) == "'lost'"
        assert fetcher.can_serve_second


@pytest.mark.usefixtures("nothing_stored")
def test_a_release_that_is_left_out_comes_when_it_is_urgent() -> None:
    with beside() as fetcher:
        fetcher.want_metadata([-1, 1], urgent=False)
        assert all_of(fetcher) == (set(), {1})
        fetcher.want_metadata([-1])
        assert all_of(fetcher) == (set(), {-1})


@pytest.mark.usefixtures("nothing_stored")
def test_the_parent_fetches_what_a_killed_child_has_not() -> None:
    parent = os.getpid()

    def kill_the_child(name: str) -> None:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    with beside(kill_the_child) as fetcher:
        fetcher.want_packages(["one"])
        assert all_of(fetcher) == ({"one"}, set())
        fetcher.want_metadata([1])
        assert all_of(fetcher) == (set(), {1})


@pytest.mark.usefixtures("nothing_stored")
def test_the_parent_fetches_what_a_child_that_says_nothing_has_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.services.fetch_process._LONGEST_SILENCE", 1.0)
    monkeypatch.setattr("scanner.services.fetch_process.closing_time", lambda: 0.0)
    parent = os.getpid()

    def stop(name: str) -> None:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGSTOP)

    with beside(stop) as fetcher:
        fetcher.want_packages(["one", "two"])
        assert names_within(fetcher, 20) == {"one", "two"}


def fail(name: str) -> None:
    raise LookupError(name)


@pytest.mark.usefixtures("nothing_stored")
def test_the_parent_fetches_what_a_lost_report_brought(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.services.fetch_process._LONGEST_SILENCE", 0.5)
    read, lost = FetchChild.report, list[Report]()

    def report(child: FetchChild) -> Report:
        found = read(child)
        if not lost and found.arrival:
            lost.append(found)
            return Report(Arrival(), set(), [], 0, True, {})
        return found

    monkeypatch.setattr(FetchChild, "report", report)
    with beside() as fetcher:
        fetcher.want_packages(["one"])
        fetcher.want_metadata([3])
        assert all_of(fetcher) == ({"one"}, {3})
    assert lost


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize("looks", range(4))
def test_a_wait_ends_with_the_last_report_whenever_that_comes(looks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ready, left = FetchProcesses._ready, [looks]

    def look(fetcher: FetchProcesses, seconds: float) -> Collection[object]:
        """See nothing the first few times, as if the report came after that."""
        if seconds == 0 and left[0]:
            left[0] -= 1
            return ()
        return ready(fetcher, seconds)

    with beside() as fetcher:
        fetcher.want_packages(["one"])
        assert ready(fetcher, 60)
        monkeypatch.setattr(FetchProcesses, "_ready", look)
        begin = time.monotonic()
        assert fetcher.wait(20).names == {"one"}
        assert time.monotonic() - begin < 10


@pytest.mark.usefixtures("nothing_stored")
def test_an_error_of_the_child_is_raised_in_the_parent() -> None:
    with beside(fail) as fetcher:
        fetcher.want_packages(["one"])
        with pytest.raises(LookupError, match="one"):
            all_of(fetcher)


@pytest.mark.usefixtures("nothing_stored")
def test_no_child_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    fork, children = os.fork, list[int]()

    def noted() -> int:
        children.append(fork())
        return children[-1]

    monkeypatch.setattr(os, "fork", noted)
    with beside() as fetcher:
        fetcher.want_packages(["one"])
    assert len(children) == 2
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


@pytest.mark.django_db(transaction=True)
def test_the_child_stores_what_it_fetches_and_what_is_fresh_needs_none(
    replay: ReplayIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay.add_package("demo", [a_file("demo-1.0-py3-none-any.whl", requires_dist=["six"])])
    indexes = one_index(replay.url, IndexClient(replay.url))
    make = partial(Fetcher, indexes, FRESH_FOR, patient=False)
    fetcher = FetchProcesses(indexes, FRESH_FOR, make, quiet)
    fetcher.want_packages(["demo"])
    assert all_of(fetcher) == ({"demo"}, set())
    (release,) = Release.objects.values_list("pk", flat=True)
    fetcher.want_metadata([release])
    assert all_of(fetcher) == (set(), {release})
    assert fetcher.begun == 2
    fetcher.close()
    assert not Package.objects.exclude(claimed_until=None).exists()
    assert not Release.objects.filter(metadata=None).exists()

    monkeypatch.setattr(os, "fork", fail)
    again = FetchProcesses(indexes, timedelta(hours=1), make, quiet)
    again.want_packages(["demo"])
    again.want_metadata([release])
    assert all_of(again) == ({"demo"}, {release})
    again.close()
