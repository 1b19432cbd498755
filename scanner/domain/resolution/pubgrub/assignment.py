"""The partial solution: what the solver has assigned so far, in order, and what that leaves of each node."""

from __future__ import annotations

from typing import NamedTuple

from scanner.domain.resolution.pubgrub.incompatibility import ABSENT, ANYTHING, ExternalCause, Incompatibility
from scanner.domain.resolution.pubgrub.provider_protocol import NodeFacts

__all__ = ["Assignment", "PartialSolution"]


class Assignment(NamedTuple):
    """A node limited to a set at a decision level. `after` is what was left; a decision has no cause."""

    order: int
    level: int
    mask: int
    after: int
    cause: Incompatibility | None


class PartialSolution:
    """Assignments in order, by decision level; level 0 has what holds without any decision.

    `allowed` is the set left of each node. Sets of nodes are integers too: `open` must be chosen and are not decided,
    `single` have one candidate left or none, `ready` wait for no other node. `leaders` has the node that must be
    decided before each one, -1 for none: an extra waits for its package.
    """

    def __init__(self) -> None:
        self.allowed: list[int] = []
        self.decided: list[bool] = []
        self.leaders: list[int] = []
        self.open = self.single = self.ready = 0
        self.level = 0
        self._followers: list[int] = []
        self._history: list[list[Assignment]] = []
        self._trail: list[int] = []

    def copy(self) -> PartialSolution:
        """Return the same partial solution, to go on with by itself."""
        made = PartialSolution()
        made.allowed, made.decided, made.leaders = [*self.allowed], [*self.decided], [*self.leaders]
        made.open, made.single, made.ready, made.level = self.open, self.single, self.ready, self.level
        made._followers, made._trail = [*self._followers], [*self._trail]
        made._history = [[*history] for history in self._history]
        return made

    def add(self, number: int, facts: NodeFacts) -> None:
        """Add the next node with its facts."""
        allowed = ANYTHING
        history = []
        for forbidden, reason in facts.forbidden:
            allowed &= ~forbidden
            history.append(
                Assignment(-1, 0, ~forbidden, allowed, Incompatibility(((number, forbidden),), ExternalCause(reason)))
            )
        self.allowed.append(allowed)
        self.decided.append(False)
        self.leaders.append(-1)
        self._followers.append(0)
        self._history.append(history)
        self.ready |= 1 << number
        self._place(number, allowed)

    def follow(self, node: int, leader: int) -> None:
        """Let a node wait until another one is decided."""
        self.leaders[node] = leader
        self._followers[leader] |= 1 << node
        if not self.decided[leader]:
            self.ready &= ~(1 << node)

    def _place(self, node: int, allowed: int) -> None:
        """Put a node into the sets of nodes that what is left of it says, or take it out of them."""
        bit = 1 << node
        if allowed & ABSENT or self.decided[node]:
            self.open &= ~bit
            return
        self.open |= bit
        if allowed & (allowed - 1):
            self.single &= ~bit
        else:
            self.single |= bit

    def limit(self, node: int, mask: int, cause: Incompatibility | None) -> None:
        """Add an assignment at the current level."""
        after = self.allowed[node] & mask
        self.allowed[node] = after
        self._history[node].append(Assignment(len(self._trail), self.level, mask, after, cause))
        self._trail.append(node)
        if not after & ABSENT:
            self._place(node, after)

    def decide(self, node: int, choice: int) -> None:
        """Start a new level with one candidate chosen."""
        self.level += 1
        self.decided[node] = True
        self.ready |= self._followers[node]
        self.limit(node, choice, None)

    def back_to(self, level: int) -> None:
        """Undo every assignment above a level."""
        while self._trail:
            node = self._trail[-1]
            history = self._history[node]
            assignment = history[-1]
            if assignment.level <= level:
                break
            self._trail.pop()
            history.pop()
            after = self.allowed[node] = history[-1].after if history else ANYTHING
            if assignment.cause is None and self.decided[node]:
                self.decided[node] = False
                self.ready &= ~self._followers[node]
            self._place(node, after)
        self.level = level

    def decision_level(self, node: int) -> int:
        """Return the level at which a decided node was decided."""
        return next(one.level for one in reversed(self._history[node]) if one.cause is None)

    def satisfier(self, node: int, mask: int) -> Assignment:
        """Return the first assignment after which nothing is left of a node outside a set. There must be one."""
        for assignment in self._history[node]:
            if assignment.after & mask == assignment.after:
                return assignment
        raise AssertionError("asked for the satisfier of a term that does not hold")

    def always(self, node: int) -> int:
        """Return what level 0 leaves of a node."""
        allowed = ANYTHING
        for assignment in self._history[node]:
            if assignment.level:
                break
            allowed = assignment.after
        return allowed

    def would_violate(self, incompatibility: Incompatibility, node: int) -> bool:
        """Return whether all terms but that of a node hold already."""
        allowed = self.allowed
        return all(other == node or not allowed[other] & ~mask for other, mask in incompatibility.terms)
