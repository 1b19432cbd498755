"""The order in which a solver decides nodes: those of a hard spot move up, those that rule out others move down."""

from __future__ import annotations

from collections.abc import Collection

from scanner.domain.resolution.pubgrub.assignment import PartialSolution
from scanner.domain.resolution.pubgrub.incompatibility import lowest

__all__ = ["DecisionOrder"]

# After so many conflicts that ruled it out a node moves one rank up in the order of decisions; a decision that ruled
# out so many candidates of others is taken back and moves one down.
_PER_RANK = 5


class DecisionOrder:
    """The rank of each node; lower ones are decided first.

    `affected` counts how often a node was ruled out, `culprits` the candidates that its decision ruled out.
    `ranked` are the nodes of each rank, as a set.
    """

    def __init__(self) -> None:
        self._affected: list[int] = []
        self._culprits: list[int] = []
        self._rank: list[int] = []
        self._ranked: dict[int, int] = {0: 0}

    def copy(self) -> DecisionOrder:
        """Return the same order, to go on with by itself."""
        made = DecisionOrder()
        made._affected, made._culprits, made._rank = [*self._affected], [*self._culprits], [*self._rank]
        made._ranked = {**self._ranked}
        return made

    def add(self) -> None:
        """Add the next node."""
        self._affected.append(0)
        self._culprits.append(0)
        self._ranked[0] |= 1 << len(self._rank)
        self._rank.append(0)

    def next(self, solution: PartialSolution) -> int:
        """Return the open node to decide, -1 if none: one candidate left, then by rank, then first seen."""
        ready = solution.open & solution.ready
        found = ready & solution.single
        if not found and ready:
            found = next(among for rank in sorted(self._ranked) if (among := ready & self._ranked[rank]))
        return lowest(found).bit_length() - 1 if found else -1

    def rule_out(self, node: int) -> None:
        """Count a conflict that ruled out candidates of a node."""
        self._affected[node] += 1
        self._move(node)

    def blame(self, solution: PartialSolution, node: int, others: Collection[int], level: int, candidates: int) -> int:
        """Count a conflict for the node that is ruled out and for the decisions that do so. Return where to go back.

        A decision that keeps ruling out others was probably taken too early: if the newest date library excludes every
        recent boto3, it should give way, before hundreds of releases of boto3 are tried. Each of the `candidates` that
        are ruled out together counts, as if they had been tried one by one.
        """
        self.rule_out(node)
        for other in others:
            if other != node and solution.decided[other]:
                before, self._culprits[other] = self._culprits[other], self._culprits[other] + candidates
                if before // _PER_RANK != self._culprits[other] // _PER_RANK:
                    self._move(other)
                    level = min(level, solution.decision_level(other) - 1)
        return level

    def _move(self, node: int) -> None:
        rank = self._culprits[node] // _PER_RANK - self._affected[node] // _PER_RANK
        if rank != self._rank[node]:
            self._ranked[self._rank[node]] ^= 1 << node
            self._ranked[rank] = self._ranked.get(rank, 0) | 1 << node
            self._rank[node] = rank
