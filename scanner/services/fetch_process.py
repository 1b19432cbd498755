"""Fetch in child processes, so that pages are read and stored on other processors than the one that searches.

Each child has a fetcher, with its threads, and writes what it fetches; which of them fetches a fact depends on its name
or key alone. They learn through pipes what is wanted, and say through them what has come in. They end with the parent,
in whatever way it ends; if one ends early itself, or says nothing for long, the parent fetches the rest. A second
process, forked by the parent, may be served by the same children.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from zlib import crc32

from django.conf import settings

from scanner.index.limits import Limits
from scanner.services.fetch_child import FetchChild, Report, ServedFetcher, Wanted
from scanner.services.fetch_requests import FetchRequests
from scanner.services.fetching import FRESH_FOR, Arrival, Fetcher, Progress, closing_time
from scanner.services.forking import can_fork, ended_in_order
from scanner.services.index_sets import IndexSet
from scanner.services.stored_facts import fresh_names, settled_releases

__all__ = ["FetchProcesses", "FetcherLost", "fetching_beside"]

# SQLite lets one process write at a time, so that more would wait for each other.
_CHILDREN = 2
# How much longer than its fetches the end of a child may take, in seconds.
_END_AFTER = 1.0
# How long the children may say nothing while something is to come, in seconds: as long as one answer may take.
_LONGEST_SILENCE = Limits().total


class FetcherLost(Exception):
    """A process that was forked later is not served, or not any more."""


@contextmanager
def fetching_beside(
    indexes: IndexSet, *, fresh_for: timedelta = FRESH_FOR, patient: bool = False, progress: Progress
) -> Iterator[Fetcher | FetchProcesses]:
    """Provide a fetcher to a process that does nothing else: in children where that is safe and of use.

    At the end nothing new begins.
    """
    make = partial(Fetcher, indexes, fresh_for, patient=patient)
    fetcher = FetchProcesses(indexes, fresh_for, make, progress) if can_fork() else make(progress)
    with ended_in_order():
        try:
            yield fetcher
        finally:
            fetcher.close()
            fetcher.release_claims()


class FetchProcesses:
    """A fetcher whose work children do, forked when the first thing is wanted that is not stored and fresh.

    Its methods and values are those of `Fetcher`.
    """

    def __init__(
        self, indexes: IndexSet, fresh_for: timedelta, make: Callable[..., Fetcher], progress: Progress
    ) -> None:
        self.faults: dict[str, str] = {}
        self.answered = False
        self.begun = 0
        self._indexes, self._fresh_for, self._make, self._progress = indexes, fresh_for, make, progress
        self._done = self._begun_before = 0
        self._children: list[FetchChild] = []
        self._here: ServedFetcher | None = None
        self._is_second = False
        self._heard_at = time.monotonic()
        self._arrival = Arrival()
        self._names: FetchRequests[str] = FetchRequests()
        self._releases: FetchRequests[int] = FetchRequests()

    def want_packages(self, names: Iterable[str], *, urgent: bool = True) -> None:
        """Begin to poll these packages, as `Fetcher.want_packages` does."""
        new = self._names.add(names, urgent=urgent)
        if new and self._is_idle:
            fresh = fresh_names(self._indexes, new, self._fresh_for)
            self.answered = self.answered or bool(fresh)
            self._arrived(Arrival(names=fresh))
            new -= fresh
        self._ask(Wanted(packages=new, urgent=urgent))

    def want_metadata(self, release_ids: Collection[int], *, urgent: bool = True) -> None:
        """Begin to fetch the metadata of these releases, as `Fetcher.want_metadata` does."""
        new = self._releases.add(release_ids, urgent=urgent)
        if new and self._is_idle:
            settled = settled_releases(new)
            self._arrived(Arrival(releases=settled))
            new -= settled
        self._ask(Wanted(releases=new, urgent=urgent))

    def wait(self, seconds: float) -> Arrival:
        """Wait until something has come in, nothing is left to come, or the time is over. Return what has come in."""
        end = time.monotonic() + seconds
        # In this order, since `busy` receives reports: after the last one no other would end a wait.
        while self.busy and not self._arrival and (left := end - time.monotonic()) > 0:
            silence = self._heard_at + _LONGEST_SILENCE - time.monotonic()
            if not self._children:
                self._hear(left)
            elif silence > 0:
                self._hear(min(left, silence))
            else:
                self._go_on_here()
        arrival, self._arrival = self._arrival, Arrival()
        return arrival

    @property
    def at_hand(self) -> bool:
        """Whether `wait` has something to return at once."""
        while self._children and self._hear(0):
            pass
        return bool(self._arrival)

    @property
    def busy(self) -> bool:
        """Whether anything is still to come in."""
        return self.at_hand or bool(self._names.coming or self._releases.coming)

    def close(self) -> None:
        """Begin nothing new, and wait a moment for what runs."""
        self._end_children(closing_time() + _END_AFTER)
        if self._here is not None:
            self._here.fetcher.close()

    def release_claims(self) -> None:
        """Release the claims of the polls that still run in this process, as `Fetcher.release_claims` does."""
        if self._here is not None:
            self._here.fetcher.release_claims()

    @property
    def can_serve_second(self) -> bool:
        """Whether a process that is forked now can go on with this."""
        return self._here is None and not any(child.second.closed for child in self._children)

    def leave_to_second(self) -> None:
        """Note, in the parent, that another process was forked and goes on with this."""
        for child in self._children:
            child.second.close()

    def go_on_as_second(self) -> None:
        """Go on in another process. Where no child serves it, what is needed and not stored raises FetcherLost."""
        self._is_second, self._progress = True, lambda name, done, total: None
        for child in self._children:
            child.pipe.close()
            child.pipe = child.second
        for wanted in self._still_wanted():
            self._ask(wanted)

    def listen_until(self, source: int, seconds: float) -> None:
        """Receive reports until something can be read from this file descriptor, at most so long.

        All that were sent by then are received.
        """
        end = time.monotonic() + seconds
        while self._children and (left := end - time.monotonic()) > 0 and source not in self._ready(left, source):
            self._hear(0)
        while self._children and self._hear(0):
            pass

    @property
    def _is_idle(self) -> bool:
        return not self._children and self._here is None

    def _ask(self, wanted: Wanted) -> None:
        if not (wanted.packages or wanted.releases):
            return
        if self._here is not None:
            self._here.ask(wanted)
            return
        if not self._children:
            if self._is_second:
                self._do_without(wanted)
                return
            self._start()
        self._heard_at = time.monotonic()
        count = len(self._children)
        for place, child in enumerate(self._children):
            packages = {name for name in wanted.packages if crc32(name.encode()) % count == place}
            releases = {pk for pk in wanted.releases if pk % count == place}
            if packages or releases:
                child.ask(Wanted(packages, releases, wanted.urgent))

    def _start(self) -> None:
        connections = settings.WHEELWAY_INDEX_CONNECTIONS
        count = min(_CHILDREN, connections)
        make = partial(self._make, connections=connections // count)
        for _ in range(count):
            self._children.append(FetchChild.start(make, self._children))

    def _do_without(self, wanted: Wanted) -> None:
        """Forget what is only likely to be of use."""
        if wanted.urgent:
            raise FetcherLost
        self._names.forget(wanted.packages)
        self._releases.forget(wanted.releases)

    def _ready(self, seconds: float | None, *others: int) -> Collection[object]:
        """Return those of the pipes from the children, and of these, that can be read, waiting for one."""
        from multiprocessing.connection import wait

        return wait([*(child.pipe for child in self._children), *others], seconds)

    def _hear(self, seconds: float) -> bool:
        """Receive reports, or wait for one at most so long. Return whether there was any."""
        if self._here is not None:
            self._receive(self._here.report(seconds))
            return True
        ready = self._ready(seconds)
        if ready:
            self._heard_at = time.monotonic()
        for child in self._children:
            if child.pipe in ready:
                try:
                    report = child.report()
                except (EOFError, OSError):
                    self._go_on_here()
                    break
                self._receive(report)
        return bool(ready)

    def _receive(self, report: Report) -> None:
        here = self._here.fetcher.begun if self._here is not None else 0
        self.begun = self._begun_before + here + sum(child.begun for child in self._children)
        self.answered = self.answered or report.answered
        self.faults.update(report.faults)
        self._releases.forget(report.left_out)
        self._arrived(report.arrival)
        for name in report.done:
            self._done += 1
            self._progress(name, self._done, self.begun)

    def _arrived(self, arrival: Arrival) -> None:
        self._arrival.names |= self._names.end(arrival.names)
        self._arrival.releases |= self._releases.end(arrival.releases)

    def _go_on_here(self) -> None:
        """Fetch what is still to come in this process, since a child has ended or does not answer."""
        if self._is_second:
            raise FetcherLost
        self._begun_before = self.begun
        # A child that is killed would keep claims, on pages that are then waited for here.
        self._end_children(closing_time() + _END_AFTER)
        self._here = ServedFetcher(self._make)
        for wanted in self._still_wanted():
            self._here.ask(wanted)

    def _still_wanted(self) -> Iterator[Wanted]:
        """Yield what is still to come, first what is urgent."""
        for urgent in (True, False):
            yield Wanted(self._names.coming_when(urgent), self._releases.coming_when(urgent), urgent)

    def _end_children(self, seconds: float) -> None:
        for child in self._children:
            child.end()
        until = time.monotonic() + seconds
        for child in self._children:
            child.join(until)
        self._children = []
