"""What the solver holds true so far: of each node the candidates left, and the steps that led there."""

from __future__ import annotations

from typing import NamedTuple

from scanner.domain.resolution.pubgrub.incompatibility import ABSENT, ANYTHING, ExternalCause, Incompatibility
from scanner.domain.resolution.pubgrub.provider_protocol import NodeFacts

__all__ = ["Assignment", "PartialSolution"]


class Assignment(NamedTuple):
    """One step: at a level, a node was limited to a set. `after` is what was left; no cause means a decision."""

    order: int
    level: int
    mask: int
    after: int
    cause: Incompatibility | None


class PartialSolution:
    """Steps in order, with a stack of levels; level 0 holds what is true without any decision.

    `allowed` is the set left of each node, `open` the nodes that must be chosen and are not decided.
    """

    def __init__(self) -> None:
        self.allowed: list[int] = []
        self.decided: list[bool] = []
        self.open: set[int] = set()
        self.level = 0
        self._history: list[list[Assignment]] = []
        self._trail: list[int] = []

    def add(self, number: int, facts: NodeFacts) -> None:
        """Take in the next node with the facts that always hold of it."""
        allowed = ANYTHING
        history = []
        for forbidden, reason in facts.forbidden:
            allowed &= ~forbidden
            history.append(
                Assignment(-1, 0, ~forbidden, allowed, Incompatibility(((number, forbidden),), ExternalCause(reason)))
            )
        self.allowed.append(allowed)
        self.decided.append(False)
        self._history.append(history)

    def limit(self, node: int, mask: int, cause: Incompatibility | None) -> None:
        """One step at the current level."""
        after = self.allowed[node] & mask
        self.allowed[node] = after
        self._history[node].append(Assignment(len(self._trail), self.level, mask, after, cause))
        self._trail.append(node)
        if self.decided[node]:
            self.open.discard(node)
        elif not after & ABSENT:
            self.open.add(node)

    def decide(self, node: int, choice: int) -> None:
        """A new level with one candidate chosen."""
        self.level += 1
        self.decided[node] = True
        self.limit(node, choice, None)

    def back_to(self, level: int) -> None:
        """Undo every step above a level."""
        while self._trail:
            node = self._trail[-1]
            history = self._history[node]
            entry = history[-1]
            if entry.level <= level:
                break
            self._trail.pop()
            history.pop()
            after = self.allowed[node] = history[-1].after if history else ANYTHING
            if entry.cause is None:
                self.decided[node] = False
            if after & ABSENT:
                self.open.discard(node)
            elif not self.decided[node]:
                self.open.add(node)
        self.level = level

    def satisfier(self, node: int, mask: int) -> Assignment:
        """The first step after which nothing is left of a node outside a set; there must be one."""
        for entry in self._history[node]:
            if entry.after & mask == entry.after:
                return entry
        raise AssertionError("asked for the satisfier of a term that does not hold")

    def always(self, node: int) -> int:
        """What level 0 leaves of a node."""
        allowed = ANYTHING
        for entry in self._history[node]:
            if entry.level:
                break
            allowed = entry.after
        return allowed
