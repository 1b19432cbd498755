"""What a process has asked its fetchers for: what has come in, and what is still to come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

__all__ = ["FetchRequests"]

_Key = TypeVar("_Key", str, int)


class FetchRequests(Generic[_Key]):
    """The requests of a process for facts of one kind, by package name or release key.

    `coming` are those that have not come in yet, each with whether it is urgent.
    """

    def __init__(self) -> None:
        self.coming: dict[_Key, bool] = {}
        self._ended: set[_Key] = set()

    def add(self, wanted: Iterable[_Key], *, urgent: bool) -> set[_Key]:
        """Add these, and return those that are new, or urgent now."""
        known = {one for one, is_urgent in self.coming.items() if is_urgent or not urgent}
        new = set(wanted) - self._ended - known
        self.coming.update(dict.fromkeys(new, urgent))
        return new

    def coming_when(self, urgent: bool) -> set[_Key]:
        """Return what has not come in yet and is urgent, or is not."""
        return {one for one, is_urgent in self.coming.items() if is_urgent is urgent}

    def end(self, keys: Iterable[_Key]) -> set[_Key]:
        """Note that these have come in, and return those that were wanted by this process."""
        new = {key for key in keys if key in self.coming}
        self._ended |= new
        for key in new:
            del self.coming[key]
        return new

    def forget(self, keys: Iterable[_Key]) -> None:
        """Treat these as never wanted, unless they are urgent by now."""
        for key in keys:
            if self.coming.get(key) is False:
                del self.coming[key]
