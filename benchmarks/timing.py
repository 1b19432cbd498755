"""Time both sides of a comparison: by the clock, and in processor time, which other work disturbs less."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Iterable

from msgspec import Struct


class Seconds(Struct, frozen=True):
    """The seconds of one run: by the clock, and of the processor."""

    wall: float
    cpu: float

    def times(self, factor: float) -> Seconds:
        """Return so many times as much."""
        return Seconds(self.wall * factor, self.cpu * factor)


def seconds(work: Callable[[], object]) -> Seconds:
    """Return how long one run takes in this thread and in the processes that it starts and waits for."""
    wall, cpu = time.perf_counter(), _processor_time()
    work()
    return Seconds(time.perf_counter() - wall, _processor_time() - cpu)


def _processor_time() -> float:
    # Not that of the whole process: the replay index may run in a thread beside.
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.thread_time() + children.ru_utime + children.ru_stime


def medians(taken: Iterable[Seconds]) -> Seconds:
    """Return the medians of several runs."""
    runs = list(taken)
    return Seconds(statistics.median(one.wall for one in runs), statistics.median(one.cpu for one in runs))


def in_turns(pairs: int, ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[Seconds, Seconds]:
    """Return the medians of both sides, taking turns."""
    measured = [(seconds(ours), seconds(theirs)) for _ in range(pairs)]
    return medians(one for one, _ in measured), medians(other for _, other in measured)


def print_head(what: str) -> None:
    """Print the heads of the columns."""
    print(f"{what:<46} {'ours s':>8} {'other s':>8} {'ratio':>7} {'of cpu':>7}   must   aim", flush=True)


def print_row(what: str, ours: Seconds, theirs: Seconds, must: float | None = None, aim: float | None = None) -> None:
    """Print one line of the table: a ratio of clocks, one of processor times, and whether the first meets "must"."""
    ratio, of_cpu = ours.wall / theirs.wall, ours.cpu / theirs.cpu
    goal = "" if must is None else f"{must:6.3g} {aim:6.3g}  {'meets' if ratio <= must else 'MISSES'}"
    print(f"{what:<46} {ours.wall:8.3f} {theirs.wall:8.3f} {ratio:7.3f} {of_cpu:7.3f} {goal}", flush=True)
