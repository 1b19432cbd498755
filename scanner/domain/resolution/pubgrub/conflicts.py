"""What a conflict teaches: the incompatibility that would have prevented it."""

from __future__ import annotations

from scanner.domain.resolution.pubgrub.assignment import Assignment, PartialSolution
from scanner.domain.resolution.pubgrub.incompatibility import ANYTHING, Incompatibility, resolve

__all__ = ["learned_from"]


def learned_from(solution: PartialSolution, violated: Incompatibility) -> tuple[Incompatibility, int, int]:
    """Return (incompatibility that prevents a violation, the node that it limits, level where it applies).

    The incompatibility has no terms if there is no solution.
    """
    incompatibility = violated
    while incompatibility.terms:
        latest, node, level = _latest(solution, incompatibility)
        if latest.cause is None or level < latest.level:
            return incompatibility, node, level
        incompatibility = resolve(incompatibility, latest.cause, node)
    return incompatibility, -1, 0


def _latest(solution: PartialSolution, incompatibility: Incompatibility) -> tuple[Assignment, int, int]:
    """Return (assignment that completed a violation, its node, level at which the rest already held)."""
    satisfier = solution.satisfier
    latest: Assignment | None = None
    node = mask = -1
    level = 0
    for other, other_mask in incompatibility.terms:
        assignment = satisfier(other, other_mask)
        if latest is None or assignment.order > latest.order:
            level = level if latest is None else max(level, latest.level)
            latest, node, mask = assignment, other, other_mask
        else:
            level = max(level, assignment.level)
    assert latest is not None  # it has terms
    # The last assignment may satisfy its term only together with an earlier one, whose level counts too.
    united = mask | ~latest.mask
    if united != ANYTHING:
        level = max(level, satisfier(node, united).level)
    return latest, node, level
