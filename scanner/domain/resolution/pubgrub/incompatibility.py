"""Incompatibilities over sets of candidates, and the cause of each, as PubGrub defines them.

A set of candidates of one node is an `int`. Bit 0 means "not chosen at all", bit i + 1 is candidate i in ascending
order, and a negative integer is a complement. Intersection, union, complement and the test for emptiness are then one
machine operation each, about a hundred times faster than on `packaging.ranges.VersionRange`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from msgspec import Struct

__all__ = [
    "ABSENT",
    "ANYTHING",
    "DerivedCause",
    "ExternalCause",
    "Incompatibility",
    "Reason",
    "bits",
    "highest",
    "highest_bits",
    "highest_part",
    "lowest",
    "lowest_part",
]

ABSENT = 1
ANYTHING = -1

Reason = TypeVar("Reason")


def highest(mask: int) -> int:
    """Return the highest bit of a non-empty finite set, as a set of one."""
    return 1 << (mask.bit_length() - 1)


def lowest(mask: int) -> int:
    """Return the lowest bit of a non-empty set, as a set of one."""
    return mask & -mask


def bits(mask: int) -> Iterator[int]:
    """Yield the positions in a finite set in ascending order."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def highest_bits(mask: int, count: int) -> list[int]:
    """Return the highest positions in a finite set, at most so many, in ascending order."""
    found: list[int] = []
    while mask and len(found) < count:
        found.append(mask.bit_length() - 1)
        mask ^= 1 << found[-1]
    return found[::-1]


def highest_part(mask: int, count: int) -> int:
    """Return the highest candidates of a finite set, at most so many, as a set."""
    if mask.bit_count() <= count:
        return mask
    part = 0
    for _ in range(count):
        part |= highest(mask & ~part)
    return part


def lowest_part(mask: int, count: int) -> int:
    """Return the lowest candidates of a finite set, at most so many, as a set."""
    if mask.bit_count() <= count:
        return mask
    rest = mask
    for _ in range(count):
        rest &= rest - 1
    return mask ^ rest


class ExternalCause(Struct, Generic[Reason], frozen=True):
    """A fact from outside the solver: a requirement, a missing wheel, a constraint."""

    reason: Reason


class DerivedCause(Struct, frozen=True, eq=False):
    """The two incompatibilities that another one follows from."""

    first: Incompatibility
    second: Incompatibility


class Incompatibility:
    """Terms (node number, set) that cannot all hold at once, and why.

    Each node occurs at most once. Without terms it says that there is no solution.
    """

    __slots__ = ("cause", "terms")

    def __init__(self, terms: tuple[tuple[int, int], ...], cause: ExternalCause[object] | DerivedCause) -> None:
        self.terms = terms
        self.cause = cause

    def __repr__(self) -> str:
        return f"Clause({self.terms!r})"


def resolve(first: Incompatibility, second: Incompatibility, node: int) -> Incompatibility:
    """Return what follows from two incompatibilities by resolution on `node`: its sets unite, others intersect."""
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
