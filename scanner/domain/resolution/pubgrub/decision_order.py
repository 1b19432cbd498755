"""The order in which a solver decides nodes: those of a hard spot move up, those that rule out others move down."""

from __future__ import annotations

from collections.abc import Collection

from scanner.domain.resolution.pubgrub.assignment import PartialSolution

__all__ = ["DecisionOrder"]

# After this many conflicts a node that was ruled out moves one rank up in the order of decisions, and a decision that
# ruled others out is taken back and moves one down.
_CONFLICTS_PER_RANK = 5
_FIRST = -1_000_000


class DecisionOrder:
    """The rank of each node; lower ones are decided first.

    `affected` counts how often a node was ruled out, `culprits` how often its decision did that to others. `follows` is
    the node that must be decided before it, -1 for none.
    """

    def __init__(self) -> None:
        self.follows: list[int] = []
        self._affected: list[int] = []
        self._culprits: list[int] = []
        self._rank: list[int] = []

    def add(self) -> None:
        """Add the next node."""
        self.follows.append(-1)
        self._affected.append(0)
        self._culprits.append(0)
        self._rank.append(0)

    def next(self, solution: PartialSolution) -> int:
        """Return the open node to decide, -1 if none: one candidate left, then by rank, then first seen."""
        follows, decided, allowed_of, ranks = self.follows, solution.decided, solution.allowed, self._rank
        best, best_rank = -1, -_FIRST
        for node in solution.open:
            leader = follows[node]
            if leader >= 0 and not decided[leader]:
                continue
            allowed = allowed_of[node]
            rank = ranks[node] if allowed & (allowed - 1) else _FIRST
            if rank < best_rank or (rank == best_rank and node < best):
                best, best_rank = node, rank
        return best

    def rule_out(self, node: int) -> None:
        """Count a conflict that ruled out candidates of a node."""
        self._affected[node] += 1
        self._move(node)

    def blame(self, solution: PartialSolution, node: int, others: Collection[int], level: int) -> int:
        """Count a conflict for the node that is ruled out and for the decisions that do so. Return where to go back.

        A decision that keeps ruling out others was probably taken too early: if the newest date library excludes every
        recent boto3, it should give way, before hundreds of releases of boto3 are tried.
        """
        self.rule_out(node)
        for other in others:
            if other != node and solution.decided[other]:
                self._culprits[other] += 1
                if not self._culprits[other] % _CONFLICTS_PER_RANK:
                    self._move(other)
                    level = min(level, solution.decision_level(other) - 1)
        return level

    def _move(self, node: int) -> None:
        self._rank[node] = self._culprits[node] // _CONFLICTS_PER_RANK - self._affected[node] // _CONFLICTS_PER_RANK
