"""Run jobs in threads, those of a lower rank first, and collect their results in one place."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from typing import Generic, TypeVar

from django.db import connection

K = TypeVar("K")
R = TypeVar("R")


class JobThreads(Generic[K, R]):
    """Threads of this process that run jobs, each identified by a key. One thread submits and takes the results.

    Threads start when they are needed, and end with `close`. An exception of a job is raised by `take`.
    """

    def __init__(self, threads: int) -> None:
        self._most = threads
        self._lock = threading.Lock()
        self._submitted = threading.Condition(self._lock)
        self._ended = threading.Condition(self._lock)
        self._threads: list[threading.Thread] = []
        self._order: list[tuple[int, int, K]] = []
        self._waiting: dict[K, Callable[[], R]] = {}
        self._results: list[tuple[K, R]] = []
        self._running = 0
        self._number = itertools.count()
        self._failure: BaseException | None = None
        self._closed = self._woken = False

    def submit(self, key: K, work: Callable[[], R], rank: int) -> None:
        """Add a job."""
        with self._lock:
            self._waiting[key] = work
            heapq.heappush(self._order, (rank, next(self._number), key))
            if len(self._threads) < min(self._most, self._running + len(self._waiting)):
                # A new thread does not inherit the context of log records.
                thread = threading.Thread(target=copy_context().run, args=(self._work,), name="job", daemon=True)
                self._threads.append(thread)
                thread.start()
            else:
                self._submitted.notify()

    def hurry(self, key: K, rank: int) -> None:
        """Give a job that has not begun a lower rank."""
        with self._lock:
            if key in self._waiting:
                heapq.heappush(self._order, (rank, next(self._number), key))

    def take(self, seconds: float, *, idle: bool = False) -> list[tuple[K, R]]:
        """Return the results that have come in; wait for one while any job is left, at most so long.

        With `idle` also while none is left, for another thread that wakes this one.
        """
        with self._lock:
            self._ended.wait_for(
                lambda: self._results or self._failure or self._woken or not (idle or self._is_busy()), seconds
            )
            self._woken = False
            if self._failure is not None:
                raise self._failure
            results, self._results = self._results, []
            return results

    def wake(self) -> None:
        """Let `take` return, from another thread."""
        with self._lock:
            self._woken = True
            self._ended.notify()

    @property
    def busy(self) -> bool:
        """Whether a job has not ended, or a result was not taken."""
        with self._lock:
            return self._is_busy() or bool(self._results)

    def close(self, seconds: float) -> None:
        """Drop the jobs that have not begun, and wait for the others, at most so long."""
        with self._lock:
            self._closed = True
            self._waiting.clear()
            self._submitted.notify_all()
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _is_busy(self) -> bool:
        return bool(self._running or self._waiting)

    def _work(self) -> None:
        if connection.vendor == "sqlite":
            # What the thread writes that takes the results goes first.
            connection.give_way()  # type: ignore[attr-defined]  # of our own backend
        try:
            while (job := self._next()) is not None:
                key, work = job
                try:
                    result = work()
                except BaseException as error:  # noqa: BLE001  raised again by the thread that takes the results
                    self._end(failure=error)
                else:
                    self._end((key, result))
                if connection.vendor == "postgresql":
                    # Others may need one of the pool's connections meanwhile.
                    connection.close()
        finally:
            connection.close()

    def _next(self) -> tuple[K, Callable[[], R]] | None:
        with self._lock:
            while True:
                while self._order and self._order[0][2] not in self._waiting:
                    heapq.heappop(self._order)
                if self._closed:
                    return None
                if self._order:
                    key = heapq.heappop(self._order)[2]
                    self._running += 1
                    return key, self._waiting.pop(key)
                self._submitted.wait()

    def _end(self, result: tuple[K, R] | None = None, failure: BaseException | None = None) -> None:
        with self._lock:
            self._running -= 1
            if result is not None:
                self._results.append(result)
            self._failure = self._failure or failure
            self._ended.notify()
