"""What a solver knows: sets of candidates as integers, clauses over them, and the cause of every clause.

A set of candidates of one node is an `int`. Bit 0 means "not chosen at all"; bit i + 1 is candidate i, in ascending
order. A negative integer is a complement, so "anything but" needs no universe. Intersection, union, complement and
the test for emptiness are then one machine operation each: about a hundredth of the same step on
`packaging.ranges.VersionRange`, which describes versions that no index has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = [
    "ABSENT",
    "ANYTHING",
    "DerivedCause",
    "ExternalCause",
    "Incompatibility",
    "Reason",
    "bits",
    "highest",
    "lowest",
]

ABSENT = 1
ANYTHING = -1

Reason = TypeVar("Reason")


def highest(mask: int) -> int:
    """The highest bit of a non-empty finite set, as a set of one."""
    return 1 << (mask.bit_length() - 1)


def lowest(mask: int) -> int:
    """The lowest bit of a non-empty set, as a set of one."""
    return mask & -mask


def bits(mask: int) -> Iterator[int]:
    """The positions in a finite set, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


@dataclass(frozen=True, slots=True)
class ExternalCause(Generic[Reason]):
    """A fact given from outside: a requirement, a missing wheel, a constraint."""

    reason: Reason


@dataclass(frozen=True, slots=True, eq=False)
class DerivedCause:
    """A fact that follows from two others."""

    first: Incompatibility
    second: Incompatibility


class Incompatibility:
    """Terms (node number, set) that cannot all hold at once, and why.

    Each node stands at most once. No terms at all means: nothing can hold, there is no solution.
    """

    __slots__ = ("cause", "terms")

    def __init__(self, terms: tuple[tuple[int, int], ...], cause: ExternalCause[object] | DerivedCause) -> None:
        self.terms = terms
        self.cause = cause

    def __repr__(self) -> str:
        return f"Clause({self.terms!r})"


def resolve(first: Incompatibility, second: Incompatibility, node: int) -> Incompatibility:
    """The clause that follows from both by resolving on `node`: there the sets unite, elsewhere they intersect."""
    merged = dict(first.terms)
    for other, mask in second.terms:
        if other == node:
            merged[other] |= mask
        elif other in merged:
            merged[other] &= mask
        else:
            merged[other] = mask
    if merged[node] == ANYTHING:
        del merged[node]
    return Incompatibility(tuple(merged.items()), DerivedCause(first, second))
