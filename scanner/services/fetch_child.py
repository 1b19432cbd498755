"""The child of `fetch_process`: a fetcher that is asked, and that reports, through a pipe."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from django.db import connection
from msgspec import Struct, field

from scanner.services.fetching import Arrival, Fetcher, Progress
from scanner.services.polling import stats

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = ["FetchChild", "Report", "ServedFetcher", "Wanted"]

# How often the child looks whether its parent still exists, in seconds.
_LOOK_EVERY = 1.0


class Wanted(Struct, frozen=True):
    """What the parent wants of the child."""

    packages: set[str] = field(default_factory=set)
    releases: set[int] = field(default_factory=set)
    urgent: bool = True


class Report(Struct, frozen=True):
    """What has been done since the last report, and the values of the fetcher.

    `left_out` are releases that are not fetched until they are urgent.
    """

    arrival: Arrival
    left_out: set[int]
    begun: int
    answered: bool
    faults: dict[str, str]
    progress: list[tuple[str, int, int]]


class ServedFetcher:
    """A fetcher that is asked by messages and reports what it has done."""

    def __init__(self, make: Callable[[Progress], Fetcher]) -> None:
        self._progress: list[tuple[str, int, int]] = []
        self._left_out: set[int] = set()
        self.fetcher = make(lambda *one: self._progress.append(one))

    def ask(self, wanted: Wanted) -> None:
        """Begin to fetch what is wanted."""
        self.fetcher.want_packages(wanted.packages, urgent=wanted.urgent)
        self.fetcher.want_metadata(wanted.releases, urgent=wanted.urgent)
        self._left_out |= self.fetcher.left_out(wanted.releases)

    def report(self, seconds: float, *, idle: bool = False) -> Report:
        """Wait as `Fetcher.wait` does, and return what has been done since the last report."""
        arrival = self.fetcher.wait(0 if self._left_out else seconds, idle=idle)
        progress, self._progress[:] = list(self._progress), ()
        left_out, self._left_out = self._left_out, set()
        fetcher = self.fetcher
        return Report(arrival, left_out, fetcher.begun, fetcher.answered, dict(fetcher.faults), progress)


class FetchChild:
    """The parent's end of the pipe to the child."""

    def __init__(self, pid: int, pipe: Connection) -> None:
        self._pid, self._pipe = pid, pipe

    @classmethod
    def start(cls, make: Callable[[Progress], Fetcher]) -> FetchChild:
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

    def send(self, wanted: Wanted) -> None:
        """Say what is wanted. If the child has ended, `report` shows that."""
        with suppress(OSError):
            self._pipe.send(wanted)

    @property
    def has_report(self) -> bool:
        """Whether `report` returns at once."""
        return self._pipe.poll(0)

    def report(self, seconds: float) -> Report | None:
        """Return the next report; None if there is none in this time.

        Raises EOFError or OSError if the child has ended, and what ended the question in it.
        """
        if not self._pipe.poll(seconds):
            return None
        message = self._pipe.recv()
        if isinstance(message, BaseException):
            raise message
        assert isinstance(message, Report)
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
        served = ServedFetcher(make)
        try:
            _serve(pipe, served, parent)
        finally:
            served.fetcher.close()
            stats.flush()
        status = 0
    finally:
        os._exit(status)


def _serve(pipe: Connection, served: ServedFetcher, parent: int) -> None:
    """Fetch and report until the parent has gone."""
    wanted: deque[Wanted | None] = deque()

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
