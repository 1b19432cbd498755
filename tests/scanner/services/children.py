"""Fetchers in children that have everything at once, so that a test drives what the processes say to each other."""

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import cast

from scanner.services.fetch_process import FetchProcesses
from scanner.services.fetching import FRESH_FOR, Arrival, Fetcher, Progress
from scanner.services.index_sets import IndexSet

NOWHERE = IndexSet(())


def quiet(name: str, done: int, total: int) -> None:
    """Show nothing."""


class StandIn:
    """A fetcher that has everything at once, and leaves out releases below 0 that are not urgent."""

    def __init__(self, progress: Progress, at_name: Callable[[str], object]) -> None:
        self.begun, self.answered, self.faults = 0, True, {"odd": "is odd"}
        self._progress, self._at_name = progress, at_name
        self._arrival = Arrival()
        self._left: set[int] = set()
        self._known: set[str] = set()
        self._woken = threading.Event()

    def want_packages(self, names: Collection[str], *, urgent: bool) -> None:
        new = set(names) - self._known
        self._known |= new
        for name in new:
            self._at_name(name)
            self.begun += 1
            self._progress(name, self.begun, self.begun)
        self._arrival.names |= new

    def want_metadata(self, release_ids: Collection[int], *, urgent: bool) -> None:
        self._left = {pk for pk in release_ids if pk < 0 and not urgent}
        self._arrival.releases |= set(release_ids) - self._left

    def left_out(self, release_ids: Collection[int]) -> set[int]:
        return self._left & set(release_ids)

    def wait(self, seconds: float, *, idle: bool = False) -> Arrival:
        if idle and not (self._arrival.names or self._arrival.releases):
            self._woken.wait(seconds)
        self._woken.clear()
        arrival, self._arrival = self._arrival, Arrival()
        return arrival

    def wake(self) -> None:
        self._woken.set()

    def close(self) -> None:
        """End at once."""

    def release_claims(self) -> None:
        """Release nothing."""


@contextmanager
def beside(at_name: Callable[[str], object] = str, progress: Progress = quiet) -> Iterator[FetchProcesses]:
    def make(report: Progress, connections: int = 0) -> Fetcher:
        return cast("Fetcher", StandIn(report, at_name))

    fetcher = FetchProcesses(NOWHERE, FRESH_FOR, make, progress)
    try:
        yield fetcher
    finally:
        fetcher.close()


def all_of(fetcher: Fetcher | FetchProcesses) -> tuple[set[str], set[int]]:
    names: set[str] = set()
    releases: set[int] = set()
    while fetcher.busy:
        arrival = fetcher.wait(5)
        names |= arrival.names
        releases |= arrival.releases
    return names, releases


def names_within(fetcher: FetchProcesses, seconds: float) -> set[str]:
    names: set[str] = set()
    end = time.monotonic() + seconds
    while fetcher.busy and time.monotonic() < end:
        names |= fetcher.wait(1).names
    return names
