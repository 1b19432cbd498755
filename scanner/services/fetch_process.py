"""Fetch in a child process, so that pages are read and stored on another processor than the one that searches.

The child has the fetcher, with its threads, and writes all that is stored. It learns through a pipe what is wanted, and
says through it what has come in. It ends with its parent, in whatever way that ends; if it ends early itself, the
parent fetches the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Generic, TypeVar

from scanner.services.fetch_child import FetchChild, Report, ServedFetcher, Wanted
from scanner.services.fetching import FRESH_FOR, Arrival, Fetcher, Progress, closing_time
from scanner.services.forking import can_fork
from scanner.services.index_sets import IndexSet
from scanner.services.stored_facts import fresh_names, settled_releases

__all__ = ["FetchProcess", "fetching_beside"]

# How much longer than its fetches the end of the child may take, in seconds.
_END_AFTER = 1.0
_Key = TypeVar("_Key")


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
        self._child: FetchChild | None = None
        self._here: ServedFetcher | None = None
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

    def _ask(self, wanted: Wanted) -> None:
        if not (wanted.packages or wanted.releases):
            return
        if self._here is not None:
            self._here.ask(wanted)
            return
        if self._child is None:
            self._child = FetchChild.start(self._make)
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

    def _receive(self, report: Report) -> None:
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
        self._child, self._here = None, ServedFetcher(self._make)
        self._here.ask(Wanted(set(self._names.coming), set(self._releases.coming)))


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
