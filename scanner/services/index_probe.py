"""Ask a private index, which may be in a network that is not reachable, for a few packages before all others."""

from __future__ import annotations

from typing import Generic, TypeVar

P = TypeVar("P")


class IndexProbe(Generic[P]):
    """What is known of one private index. Pages beyond the first few are held until one of these has an answer.

    If none has, the index `is_silent`: what was held, and everything later, is left to the schedule. `failed` is the
    name of the first package that was asked for.
    """

    def __init__(self, most: int) -> None:
        self.is_silent = False
        self.answered = False
        self.failed = ""
        self._most, self._open = most, 0
        self._held: list[P] = []

    def begins(self, page: P) -> bool:
        """Return whether the page is asked for now. Otherwise it is held."""
        if not self.answered and self._open >= self._most:
            self._held.append(page)
            return False
        self._open += 1
        return True

    def ended(self, name: str, *, failed: bool) -> list[P]:
        """Note a result, and return the pages that were held for it: to ask for now, or to leave if `is_silent`."""
        self._open -= 1
        self.answered = self.answered or not failed
        self.failed = self.failed or name
        self.is_silent = not (self.answered or self._open)
        if not (self.answered or self.is_silent):
            return []
        held, self._held = self._held, []
        return held
