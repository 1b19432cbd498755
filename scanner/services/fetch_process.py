"""Fetch in a child process, so that pages are read and stored on another processor than the one that searches.

The child has the fetcher, with its threads, and writes all that is stored. It learns through a pipe what is wanted, and
says through it what has come in. It ends with its parent, in whatever way that ends; if it ends early itself, the
parent fetches the rest.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar

from django.db import connection
from msgspec import Struct, field

from scanner.services.fetching import FRESH_FOR, Arrival, Fetcher, Progress, closing_time
from scanner.services.forking import can_fork
from scanner.services.index_sets import IndexSet
from scanner.services.polling import stats
from scanner.services.stored_facts import fresh_names, settled_releases

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = ["FetchProcess", "fetching_beside"]

# How often the child looks whether its parent still exists, in seconds.
_LOOK_EVERY = 1.0
# How much longer than its fetches the end of the child may take, in seconds.
_END_AFTER = 1.0
_Key = TypeVar("_Key")


class _Wanted(Struct, frozen=True):
    """What the parent wants of the child."""

    packages: set[str] = field(default_factory=set)
    releases: set[int] = field(default_factory=set)
    urgent: bool = True


class _Report(Struct, frozen=True):
    """What has been done since the last report, and the values of the fetcher.

    `left_out` are releases that are not fetched until they are urgent.
    """

    arrival: Arrival
    left_out: set[int]
    begun: int
    answered: bool
    faults: dict[str, str]
    progress: list[tuple[str, int, int]]


@contextmanager
def fetching_beside(
    indexes: IndexSet, *, fresh_for: timedelta = FRESH_FOR, patient: bool = False, progress: Progress
) -> Iterator[Fetcher | FetchProcess]:
    """Provide a fetcher to a process that does nothing else: one in a child where that is safe and of use.

    At the end nothing new begins.
    """

    def make(report: Progress) -> Fetcher:
        return Fetcher(indexes, fresh_for, report, patient=patient)

    fetcher = FetchProcess(indexes, fresh_for, make, progress) if can_fork() else make(progress)
    try:
        yield fetcher
    finally:
        fetcher.close()


class FetchProcess:
    """A fetcher whose work a child does, forked when the first thing is wanted that is not stored and fresh.

    Its methods and values are those of `Fetcher`.
    """

    def __init__(
        self, indexes: IndexSet, fresh_for: timedelta, make: Callable[[Progress], Fetcher], progress: Progress
    ) -> None:
        self.faults: dict[str, str] = {}
        self.answered = False
        self.begun = 0
        self._indexes, self._fresh_for, self._make, self._progress = indexes, fresh_for, make, progress
        self._child: _Child | None = None
        self._here: _Served | None = None
        self._arrival = Arrival()
        self._names: _Requests[str] = _Requests()
        self._releases: _Requests[int] = _Requests()

    def want_packages(self, names: Iterable[str], *, urgent: bool = True) -> None:
        """Begin to poll these packages, as `Fetcher.want_packages` does."""
        new = self._names.add(names, urgent=urgent)
        if new and self._is_idle:
            fresh = fresh_names(self._indexes, new, self._fresh_for)
            self.answered = self.answered or bool(fresh)
            self._arrived(Arrival(names=fresh))
            new -= fresh
        self._ask(_Wanted(packages=new, urgent=urgent))

    def want_metadata(self, release_ids: Collection[int], *, urgent: bool = True) -> None:
        """Begin to fetch the metadata of these releases, as `Fetcher.want_metadata` does."""
        new = self._releases.add(release_ids, urgent=urgent)
        if new and self._is_idle:
            settled = settled_releases(new)
            self._arrived(Arrival(releases=settled))
            new -= settled
        self._ask(_Wanted(releases=new, urgent=urgent))

    def wait(self, seconds: float) -> Arrival:
        """Wait until something has come in, nothing is left to come, or the time is over. Return what has come in."""
        end = time.monotonic() + seconds
        while not self.at_hand and self.busy and (left := end - time.monotonic()) > 0:
            self._hear(left)
        arrival, self._arrival = self._arrival, Arrival()
        return arrival

    @property
    def at_hand(self) -> bool:
        """Whether `wait` has something to return at once."""
        while self._child and self._child.has_report:
            self._hear(0)
        return bool(self._arrival.names or self._arrival.releases)

    @property
    def busy(self) -> bool:
        """Whether anything is still to come in."""
        return self.at_hand or bool(self._names.coming or self._releases.coming)

    def close(self) -> None:
        """Begin nothing new, and wait a moment for what runs."""
        if self._child is not None:
            self._child.end(closing_time() + _END_AFTER)
            self._child = None
        if self._here is not None:
            self._here.fetcher.close()

    @property
    def _is_idle(self) -> bool:
        return self._child is None and self._here is None

    def _ask(self, wanted: _Wanted) -> None:
        if not (wanted.packages or wanted.releases):
            return
        if self._here is not None:
            self._here.ask(wanted)
            return
        if self._child is None:
            self._child = _Child.start(self._make)
        self._child.send(wanted)

    def _hear(self, seconds: float) -> None:
        """Receive a report, or wait for one at most so long."""
        if self._here is not None:
            self._receive(self._here.report(seconds))
        elif self._child is not None:
            try:
                report = self._child.report(seconds)
            except (EOFError, OSError):
                self._go_on_here()
            else:
                if report is not None:
                    self._receive(report)

    def _receive(self, report: _Report) -> None:
        self.begun, self.answered = report.begun, self.answered or report.answered
        self.faults.update(report.faults)
        self._releases.forget(report.left_out)
        self._arrived(report.arrival)
        for one in report.progress:
            self._progress(*one)

    def _arrived(self, arrival: Arrival) -> None:
        self._names.end(arrival.names)
        self._releases.end(arrival.releases)
        self._arrival.names |= arrival.names
        self._arrival.releases |= arrival.releases

    def _go_on_here(self) -> None:
        """Fetch what is still to come in this process, since the child has ended."""
        assert self._child is not None
        self._child.end(0)
        self._child, self._here = None, _Served(self._make)
        self._here.ask(_Wanted(set(self._names.coming), set(self._releases.coming)))


class _Requests(Generic[_Key]):
    """What was wanted of one kind. `coming` has not come in yet; of each it says whether it is urgent."""

    def __init__(self) -> None:
        self.coming: dict[_Key, bool] = {}
        self._ended: set[_Key] = set()

    def add(self, wanted: Iterable[_Key], *, urgent: bool) -> set[_Key]:
        """Add these, and return those that are new, or urgent now."""
        new = {one for one in wanted if one not in self._ended and (urgent or one not in self.coming)}
        new = {one for one in new if not self.coming.get(one)}
        self.coming.update(dict.fromkeys(new, urgent))
        return new

    def end(self, keys: Iterable[_Key]) -> None:
        """Note that these have come in."""
        self._ended.update(keys)
        for key in keys:
            self.coming.pop(key, None)

    def forget(self, keys: Iterable[_Key]) -> None:
        """Treat these as never wanted, unless they are urgent by now."""
        for key in keys:
            if self.coming.get(key) is False:
                del self.coming[key]


class _Served:
    """A fetcher that is asked by messages and reports what it has done."""

    def __init__(self, make: Callable[[Progress], Fetcher]) -> None:
        self._progress: list[tuple[str, int, int]] = []
        self._left_out: set[int] = set()
        self.fetcher = make(lambda *one: self._progress.append(one))

    def ask(self, wanted: _Wanted) -> None:
        """Begin to fetch what is wanted."""
        self.fetcher.want_packages(wanted.packages, urgent=wanted.urgent)
        self.fetcher.want_metadata(wanted.releases, urgent=wanted.urgent)
        self._left_out |= self.fetcher.left_out(wanted.releases)

    def report(self, seconds: float, *, idle: bool = False) -> _Report:
        """Wait as `Fetcher.wait` does, and return what has been done since the last report."""
        arrival = self.fetcher.wait(0 if self._left_out else seconds, idle=idle)
        progress, self._progress[:] = list(self._progress), ()
        left_out, self._left_out = self._left_out, set()
        fetcher = self.fetcher
        return _Report(arrival, left_out, fetcher.begun, fetcher.answered, dict(fetcher.faults), progress)


class _Child:
    """The parent's end of the pipe to the child."""

    def __init__(self, pid: int, pipe: Connection) -> None:
        self._pid, self._pipe = pid, pipe

    @classmethod
    def start(cls, make: Callable[[Progress], Fetcher]) -> _Child:
        """Fork a child that fetches."""
        # Loaded here, since most commands of a day fetch nothing.
        from multiprocessing import Pipe

        ours, theirs = Pipe()
        parent = os.getpid()
        connection.close()
        pid = os.fork()
        if not pid:
            ours.close()
            _live(theirs, make, parent)
        theirs.close()
        return cls(pid, ours)

    def send(self, wanted: _Wanted) -> None:
        """Say what is wanted. If the child has ended, `report` shows that."""
        with suppress(OSError):
            self._pipe.send(wanted)

    @property
    def has_report(self) -> bool:
        """Whether `report` returns at once."""
        return self._pipe.poll(0)

    def report(self, seconds: float) -> _Report | None:
        """Return the next report; None if there is none in this time.

        Raises EOFError or OSError if the child has ended, and what ended the question in it.
        """
        if not self._pipe.poll(seconds):
            return None
        message = self._pipe.recv()
        if isinstance(message, BaseException):
            raise message
        assert isinstance(message, _Report)
        return message

    def end(self, seconds: float) -> None:
        """Let the child end, and wait for that at most so long."""
        self._pipe.close()
        end = time.monotonic() + seconds
        while os.waitpid(self._pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > end:
                os.kill(self._pid, signal.SIGKILL)
                os.waitpid(self._pid, 0)
                return
            time.sleep(0.005)


def _live(pipe: Connection, make: Callable[[Progress], Fetcher], parent: int) -> NoReturn:
    """Be the child: fetch what is wanted until the parent closes the pipe, then end the process."""
    status = 1
    try:
        # Ctrl-C is for the parent, which then lets the child end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        served = _Served(make)
        try:
            _serve(pipe, served, parent)
        finally:
            served.fetcher.close()
            stats.flush()
        status = 0
    finally:
        os._exit(status)


def _serve(pipe: Connection, served: _Served, parent: int) -> None:
    """Fetch and report until the parent has gone."""
    wanted: deque[_Wanted | None] = deque()

    def listen() -> None:
        with suppress(EOFError, OSError):
            while True:
                wanted.append(pipe.recv())
                served.fetcher.wake()
        wanted.append(None)
        served.fetcher.wake()

    threading.Thread(target=listen, daemon=True).start()
    try:
        while os.getppid() == parent:
            while wanted:
                one = wanted.popleft()
                if one is None:
                    return
                served.ask(one)
            report = served.report(_LOOK_EVERY, idle=True)
            if report.arrival.names or report.arrival.releases or report.left_out or report.progress:
                pipe.send(report)
    except (BrokenPipeError, ConnectionResetError):
        return
    except Exception as error:  # noqa: BLE001  raised again in the parent
        pipe.send(_portable(error))


def _portable(error: Exception) -> Exception:
    """Return the error, or one with its text if it cannot be sent to another process."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  made here
    except Exception:  # noqa: BLE001  any class may fail in its own way
        return RuntimeError(repr(error))
    return error
