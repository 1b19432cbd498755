"""Wheels of one release that hold the same Python files: one of them is read, and what it says holds for the others.

Most wheels of a release differ only in their compiled modules. Whether their Python files are the same is known by the
names and checksums in their directories, which are fetched first.
"""

from __future__ import annotations

import threading

from scanner.domain.evidence.wheel_reading import WheelReading
from scanner.selectors.unread_wheels import UnreadWheel
from scanner.services.wheel_sources import WheelSources

_Contents = tuple[str, str, bytes]
Outcome = WheelReading | str
"""What was read of a wheel, or why it cannot be read."""


class EqualWheels:
    """What was read of wheels by their release and contents. Threads that fetch may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._first: dict[_Contents, str] = {}
        self._read: dict[_Contents, Outcome] = {}
        self._waiting: list[tuple[UnreadWheel, WheelSources]] = []

    def is_first(self, file: UnreadWheel, contents: bytes) -> bool:
        """Return whether no other wheel of this release with these contents was asked for."""
        with self._lock:
            return self._first.setdefault(_key(file, contents), file.sha256) == file.sha256

    def add(self, file: UnreadWheel, sources: WheelSources, outcome: Outcome) -> None:
        """Note what was read of the first of several wheels."""
        self._read[_key(file, sources.contents)] = outcome

    def wait(self, file: UnreadWheel, sources: WheelSources) -> None:
        """Note a wheel that is like another, which may not be read yet."""
        self._waiting.append((file, sources))

    def take_known(self) -> list[tuple[UnreadWheel, WheelSources, Outcome]]:
        """Return the wheels that wait and are like one that is read by now. They wait no more."""
        known, left = [], []
        for file, sources in self._waiting:
            outcome = self._read.get(_key(file, sources.contents))
            if outcome is None:
                left.append((file, sources))
            else:
                known.append((file, sources, outcome))
        self._waiting = left
        return known

    def left(self) -> list[UnreadWheel]:
        """Return the wheels that still wait: the one that they are like could not be fetched."""
        return [file for file, _ in self._waiting]


def _key(file: UnreadWheel, contents: bytes) -> _Contents:
    return file.package, file.version, contents
