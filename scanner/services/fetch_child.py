"""A child of `fetch_process`: a fetcher that is asked, and that reports, through pipes."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, NoReturn

from django.db import connection
from msgspec import Struct, field

from scanner.services.fetching import Arrival, Fetcher, Progress
from scanner.services.forking import ENDING_SIGNALS, has_ended, kill, signals_held
from scanner.services.polling import stats

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = ["FetchChild", "Report", "ServedFetcher", "Wanted"]

# How often the child looks whether its parent still exists, in seconds.
_LOOK_EVERY = 1.0


class Wanted(Struct, frozen=True):
    """What is wanted of the child."""

    packages: set[str] = field(default_factory=set)
    releases: set[int] = field(default_factory=set)
    urgent: bool = True


class Report(Struct, frozen=True):
    """What has been done since the last report, and the values of the fetcher.

    `left_out` are releases that are not fetched until they are urgent; `done` the names of what is done.
    """

    arrival: Arrival
    left_out: set[int]
    done: list[str]
    begun: int
    answered: bool
    faults: dict[str, str]

    @property
    def is_new(self) -> bool:
        """Whether anything has been done."""
        return bool(self.arrival or self.left_out or self.done)


class ServedFetcher:
    """A fetcher that is asked by messages and reports what it has done. What is asked for again is reported again."""

    def __init__(self, make: Callable[[Progress], Fetcher]) -> None:
        self._done: list[str] = []
        self._left_out: set[int] = set()
        self._ended, self._again = Arrival(), Arrival()
        self.fetcher = make(lambda name, done, total: self._done.append(name))

    def ask(self, wanted: Wanted) -> None:
        """Begin to fetch what is wanted."""
        self._again.names |= wanted.packages & self._ended.names
        self._again.releases |= wanted.releases & self._ended.releases
        self.fetcher.want_packages(wanted.packages, urgent=wanted.urgent)
        self.fetcher.want_metadata(wanted.releases, urgent=wanted.urgent)
        self._left_out |= self.fetcher.left_out(wanted.releases)

    def report(self, seconds: float, *, idle: bool = False) -> Report:
        """Wait as `Fetcher.wait` does, and return what has been done since the last report."""
        arrival = self.fetcher.wait(0 if self._left_out or self._again else seconds, idle=idle)
        self._ended.add(arrival)
        arrival.add(self._again)
        done, self._done[:] = list(self._done), ()
        left_out, self._left_out, self._again = self._left_out, set(), Arrival()
        fetcher = self.fetcher
        return Report(arrival, left_out, done, fetcher.begun, fetcher.answered, dict(fetcher.faults))


class FetchChild:
    """A process's end of the pipe to a child. `second` is that of another process, which is forked later."""

    def __init__(self, pid: int, pipe: Connection, second: Connection) -> None:
        self.pid, self.pipe, self.second = pid, pipe, second
        self.begun = 0

    @classmethod
    def start(cls, make: Callable[[Progress], Fetcher], beside: Iterable[FetchChild] = ()) -> FetchChild:
        """Fork a child that fetches. `beside` are the earlier ones."""
        # Loaded here, since most commands of a day fetch nothing.
        from multiprocessing import Pipe

        (ours, theirs), (second, for_second) = Pipe(), Pipe()
        parent = os.getpid()
        connection.close()
        with signals_held():
            pid = os.fork()
            if not pid:
                for pipe in (ours, second, *(pipe for one in beside for pipe in (one.pipe, one.second))):
                    # Otherwise the child at the other end would not notice that the parent has closed it, or has gone.
                    pipe.close()
                _live([theirs, for_second], make, parent)
        theirs.close()
        for_second.close()
        return cls(pid, ours, second)

    def ask(self, wanted: Wanted) -> None:
        """Say what is wanted. If the child has ended, `report` shows that."""
        with suppress(OSError):
            self.pipe.send(wanted)

    def report(self) -> Report:
        """Return the next report; wait for it.

        Raises EOFError or OSError if the child has ended, and what ended the question in it.
        """
        message = self.pipe.recv()
        if isinstance(message, BaseException):
            raise message
        assert isinstance(message, Report)
        self.begun = message.begun
        return message

    def end(self) -> None:
        """Let the child end. Nothing else is asked of it."""
        with suppress(OSError):
            # Closing the pipe is not enough: other processes were forked since, and have it too.
            self.pipe.send(None)
        self.pipe.close()
        self.second.close()

    def join(self, until: float) -> None:
        """Wait for the end of the child until this monotonic time, then kill it."""
        while not has_ended(self.pid):
            if time.monotonic() > until:
                kill(self.pid)
                return
            time.sleep(0.005)


def _live(pipes: Collection[Connection], make: Callable[[Progress], Fetcher], parent: int) -> NoReturn:
    """Be the child: fetch what is wanted until the parent asks for the end, then end the process."""
    status = 1
    try:
        # They are for the parent, which then lets the child end, or goes: a child that ends at once would keep claims.
        for one in ENDING_SIGNALS:
            signal.signal(one, signal.SIG_IGN)
        served = ServedFetcher(make)
        try:
            _Service(served, pipes).run(parent)
        finally:
            served.fetcher.close()
            served.fetcher.release_claims()
            stats.flush()
        status = 0
    finally:
        os._exit(status)


class _Service:
    """Serves the first of these pipes, and each other one from the first message on."""

    def __init__(self, served: ServedFetcher, pipes: Collection[Connection]) -> None:
        self._served = served
        self._first, *_ = self._open = list(pipes)
        self._others: dict[Connection, SimpleQueue[Report | Exception]] = {}
        self._wanted: deque[tuple[Connection, Wanted | None]] = deque()

    def run(self, parent: int) -> None:
        """Fetch and report until the parent asks for the end, or has gone."""
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            while os.getppid() == parent:
                while self._wanted:
                    client, one = self._wanted.popleft()
                    if one is None:
                        return
                    if client is not self._first and client not in self._others:
                        self._begin_to_serve(client)
                    self._served.ask(one)
                report = self._served.report(_LOOK_EVERY, idle=True)
                if report.is_new:
                    self._send(report)
        except (BrokenPipeError, ConnectionResetError):
            return
        except Exception as error:  # noqa: BLE001  raised again in the parent
            self._send(_portable(error))

    def _begin_to_serve(self, client: Connection) -> None:
        self._others[client] = SimpleQueue()
        threading.Thread(target=_send_all, args=(client, self._others[client]), daemon=True).start()

    def _send(self, message: Report | Exception) -> None:
        """Send to each client. Raises BrokenPipeError or ConnectionResetError if the parent has gone.

        Another process may read nothing for long, while it waits for the parent, which is not kept waiting by it.
        """
        # The parent is the first to learn of it, so that it knows all that another process has been served.
        self._first.send(message)
        for messages in self._others.values():
            messages.put(message)

    def _listen(self) -> None:
        from multiprocessing.connection import wait

        while self._first in self._open:
            ready = wait(self._open)
            for pipe in [one for one in self._open if one in ready]:
                try:
                    message = pipe.recv()
                except (EOFError, OSError):
                    message = None
                    self._open.remove(pipe)
                if message is not None or pipe is self._first:
                    self._wanted.append((pipe, message))
            self._served.fetcher.wake()


def _send_all(client: Connection, messages: SimpleQueue[Report | Exception]) -> None:
    """Send these messages as they come, until the client has gone."""
    with suppress(OSError):
        while True:
            client.send(messages.get())


def _portable(error: Exception) -> Exception:
    """Return the error, or one with its text if it cannot be sent to another process."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  made here
    except Exception:  # noqa: BLE001  any class may fail in its own way
        return RuntimeError(repr(error))
    return error
