"""What follows from the incompatibilities with one undecided term."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.domain.resolution.pubgrub.assignment import PartialSolution
from scanner.domain.resolution.pubgrub.incompatibility import Incompatibility

__all__ = ["propagate"]


def propagate(
    solution: PartialSolution, watch: Sequence[Sequence[tuple[int, Incompatibility]]], queue: list[int]
) -> Incompatibility | None:
    """Apply every incompatibility with one undecided term; return one that is violated, or None.

    `queue` has the nodes that changed and is empty afterwards, `watch` the incompatibilities of each node, each with
    the set of its term for that node. Most of them hold already, as nothing of that set is left.
    """
    allowed, limit = solution.allowed, solution.limit
    while queue:
        node = queue.pop()
        left = allowed[node]
        for own, incompatibility in reversed(watch[node]):
            if not left & own:
                continue
            last = -1
            last_mask = 0
            for other, mask in incompatibility.terms:
                now = allowed[other]
                both = now & mask
                if both == now:
                    continue
                if not both or last >= 0:
                    break
                last, last_mask = other, mask
            else:
                if last < 0:
                    queue.clear()
                    return incompatibility
                limit(last, ~last_mask, incompatibility)
                queue.append(last)
                if last == node:
                    left = allowed[node]
    return None
