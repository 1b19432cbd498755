"""Turns: the threads of a process write to SQLite one after the other, in the order in which they ask.

SQLite lets a writer that waits try again at growing intervals, so that under load one thread can wait until its timeout
while others write again and again.
"""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """A lock that is given in order. A turn is an object; None when it did not come in time.

    Threads that give way wait until no other one does. The end of a turn wakes the one thread that is next: to wake
    all of them costs more than most turns take.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now: threading.Event | None = None
        self._order: deque[threading.Event] = deque()
        self._after: deque[threading.Event] = deque()

    def take(self, seconds: float, *, gives_way: bool = False) -> object | None:
        """Wait for a turn, at most so long."""
        mine, queue = threading.Event(), self._after if gives_way else self._order
        with self._lock:
            if self._now is None:
                self._now = mine
                return mine
            queue.append(mine)
        if mine.wait(seconds):
            return mine
        with self._lock:
            if self._now is mine:
                return mine
            queue.remove(mine)
        return None

    def give_back(self, turn: object) -> None:
        """End a turn."""
        with self._lock:
            assert self._now is turn
            self._now = None
            for queue in (self._order, self._after):
                if queue:
                    self._now = queue.popleft()
                    self._now.set()
                    return
