"""Faults that answers are to have, in the order in which they were planned."""

import fnmatch
import threading

from msgspec import Struct

from tests.replay.faults import Fault


class _Planned(Struct):
    fault: Fault
    path: str
    left: int | None


class PlannedFaults:
    """Faults for matching requests. Every method may be called while requests run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[_Planned] = []

    def add(self, fault: Fault, path: str, times: int | None) -> None:
        with self._lock:
            self._planned.append(_Planned(fault, path, times))

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()

    def take(self, path: str) -> Fault | None:
        """Return the first fault that is left for a request of this path, and count it."""
        with self._lock:
            for planned in self._planned:
                if planned.left != 0 and fnmatch.fnmatch(path, planned.path):
                    if planned.left is not None:
                        planned.left -= 1
                    return planned.fault
        return None
