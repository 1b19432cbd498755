"""Fetches that end before they are done: nothing that they hold keeps others waiting."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
from django.db import connection
from msgspec import Struct

from scanner.models import Package
from scanner.services import fetching as fetching_module
from scanner.services.fetch_process import FetchProcesses, fetching_beside
from scanner.services.fetching import FRESH_FOR, Fetcher, Progress, fetching
from scanner.services.forking import ended_in_order, has_ended, kill
from scanner.services.index_sets import IndexSet
from tests.commands import environment, migrated
from tests.compat_site.installation import Held
from tests.patience import PATIENCE
from tests.replay import ReplayIndex, faults
from tests.scanner.services.children import NOWHERE, StandIn, all_of, beside, quiet

A_MOMENT = 0.2
ROOT = Path(__file__).parents[3]


@pytest.fixture
def held(replay: ReplayIndex, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    """An index that answers for nothing until it is let go, and fetchers that wait for little of that."""
    monkeypatch.setattr(fetching_module, "_MOMENT", A_MOMENT)
    held = Held()
    replay.fail(held)
    yield held
    held.go.set()


def claimed() -> set[str]:
    return set(Package.objects.exclude(claimed_until=None).values_list("name", flat=True))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_command_whose_processes_are_all_told_to_end_leaves_no_package_claimed(
    number: signal.Signals, replay: ReplayIndex, tmp_path: Path
) -> None:
    held = Held()
    replay.fail(held)
    data = migrated(tmp_path / "data")
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("one\ntwo\nthree\nfour\n")
    command = [sys.executable, "manage.py", "assess", str(wanted), "--target", "cp314-manylinux_2_28_x86_64"]
    # A shell lets what it starts in the background ignore Ctrl-C, and so do all that this starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(data, replay.url), stderr=subprocess.DEVNULL, start_new_session=True
    )
    signal.signal(signal.SIGINT, before)
    try:
        assert held.begun.wait(PATIENCE)
        os.killpg(process.pid, number)
        assert process.wait(PATIENCE) == {signal.SIGINT: -signal.SIGINT, signal.SIGTERM: 143}[number]
    finally:
        held.go.set()
        process.kill()
    with closing(sqlite3.connect(data / "wheelway.sqlite3")) as stored:
        assert stored.execute("SELECT count(*), count(claimed_until) FROM scanner_package").fetchone() == (4, 0)


@pytest.mark.django_db(transaction=True)
def test_a_command_on_one_processor_releases_them_too(
    indexes: IndexSet, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.services.fetch_process.can_fork", lambda: False)
    with fetching_beside(indexes, progress=quiet) as fetcher:
        fetcher.want_packages({"one"})
        assert held.begun.wait(PATIENCE)
        assert claimed() == {"one"}
    assert claimed() == set()


@pytest.mark.usefixtures("nothing_stored")
def test_what_is_sent_to_all_processes_of_a_command_ends_no_child_before_its_parent_does() -> None:
    parent = os.getpid()

    def end_all(name: str) -> None:
        assert os.getpid() != parent
        for one in (signal.SIGINT, signal.SIGTERM):
            os.kill(os.getpid(), one)

    with beside(end_all) as fetcher:
        fetcher.want_packages(["one", "two"])
        assert all_of(fetcher) == ({"one", "two"}, set())


def test_sigterm_runs_the_end_of_what_it_interrupts() -> None:
    def be_ended() -> None:
        with ended_in_order():
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(PATIENCE)

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as caught:
        be_ended()
    assert caught.value.code == 143
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.usefixtures("nothing_stored")
def test_a_child_has_no_pipe_of_another_one() -> None:
    source, sink = os.pipe()

    def sockets() -> int:
        # The folder itself is open while it is read.
        return sum(one.is_socket() for one in Path("/proc/self/fd").iterdir())

    before = sockets()
    with beside(lambda _: os.write(sink, b"%d " % (sockets() - before))) as fetcher:
        fetcher.want_packages(["one", "two", "three", "four"])
        all_of(fetcher)
    os.close(sink)
    with os.fdopen(source) as counts:
        # Its ends of two pipes: the parent's, and that of a second process.
        assert set(counts.read().split()) == {"2"}


@pytest.mark.usefixtures("nothing_stored")
def test_children_end_where_the_kernel_keeps_nothing_of_their_end() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        with beside() as fetcher:
            fetcher.want_packages(["one"])
            all_of(fetcher)
        pid = os.fork()
        if not pid:
            os._exit(0)
        end = time.monotonic() + PATIENCE
        while not has_ended(pid) and time.monotonic() < end:
            time.sleep(0.01)
        kill(pid)
    finally:
        signal.signal(signal.SIGCHLD, before)
    assert has_ended(pid)


@pytest.mark.django_db(transaction=True)
def test_a_package_that_is_gone_is_not_waited_for(indexes: IndexSet, held: Held) -> None:
    with fetching(indexes, progress=quiet) as first, fetching(indexes, progress=quiet) as second:
        first.want_packages(["demo"])
        assert held.begun.wait(PATIENCE)
        second.want_packages(["demo"])
        assert second.wait(0.3).names == set()
        Package.objects.all().delete()
        assert second.wait(10).names == {"demo"}
        held.go.set()


@pytest.mark.django_db(transaction=True)
def test_a_failure_for_a_package_that_is_gone_is_a_fault(replay: ReplayIndex, indexes: IndexSet) -> None:
    replay.fail(Deletes(), "/simple/demo/")
    with fetching(indexes, progress=quiet) as fetcher:
        fetcher.want_packages(["demo"])
        assert fetcher.wait(10).names == {"demo"}
        assert "demo" in fetcher.faults


class Deletes(Struct):
    """No answer, and the package is gone by then."""

    def strike(self, wire: faults.Wire, answer: faults.Answer) -> None:
        Package.objects.all().delete()
        connection.close()
        faults.Status(500).strike(wire, answer)


@pytest.mark.usefixtures("nothing_stored")
def test_a_child_ends_in_order_where_the_other_one_was_killed() -> None:
    source, sink = os.pipe()

    class Noted(StandIn):
        def release_claims(self) -> None:
            os.write(sink, b"released")

    def make(report: Progress, connections: int = 0) -> Fetcher:
        return cast("Fetcher", Noted(report, str))

    fetcher = FetchProcesses(NOWHERE, FRESH_FOR, make, quiet)
    fetcher.want_packages(["one", "two"])
    all_of(fetcher)
    os.kill(fetcher._children[0].pid, signal.SIGKILL)
    fetcher.want_packages(["three", "demo"])
    assert all_of(fetcher)[0] >= {"demo"}
    os.close(sink)
    with os.fdopen(source) as said:
        assert said.read() == "released"
    fetcher.close()
