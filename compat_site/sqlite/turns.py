"""Turns: the threads of a process write to SQLite one after the other, in the order in which they ask.

SQLite lets a writer that waits try again at growing intervals, so that under load one thread can wait until its timeout
while others write again and again.
"""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """A lock that is given in order. A turn is an object; None when it did not come in time."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._order: deque[object] = deque()

    def take(self, seconds: float) -> object | None:
        """Wait for a turn, at most so long."""
        mine = object()
        with self._changed:
            self._order.append(mine)
            if self._changed.wait_for(lambda: self._order[0] is mine, seconds):
                return mine
            self._order.remove(mine)
            self._changed.notify_all()
            return None

    def give_back(self, turn: object) -> None:
        """End a turn."""
        with self._changed:
            self._order.remove(turn)
            self._changed.notify_all()
