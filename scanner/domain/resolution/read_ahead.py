"""Which releases of a package a search reads together, so that one incompatibility covers many of them.

A package that is decided again and again is a hard spot. More of it is read each time that the search leaves what was
read, so that few fetches lead far back. What is read depends on the search alone, never on what happens to be stored.
"""

from __future__ import annotations

from msgspec import Struct
from packaging.utils import NormalizedName

from scanner.domain.resolution.model.candidate_set import CandidateSet
from scanner.domain.resolution.pubgrub.incompatibility import highest_part, lowest, lowest_part

__all__ = ["NO_BLOCK", "Block", "ReadAhead", "around", "beyond"]

# How many releases on either side are read at the second, third… block of the same package.
_AROUND = (4, 16, 64)
# The most of the next block that is fetched in advance: two rounds of the connections, as long as a search looks at a
# block. Most of a block would be left over when the search needs no further one.
_MOST_BEYOND = 32


def around(reads: int) -> int:
    """Return how many releases on either side are read after so many blocks."""
    return _AROUND[min(reads, len(_AROUND) - 1)]


def beyond(reads: int) -> int:
    """Return how many releases of the next block are fetched in advance, after so many blocks."""
    return min(around(reads), _MOST_BEYOND)


class Block(Struct, frozen=True):
    """The releases from one position to another that a search has read together; `fresh` is the set to read now."""

    low: int
    high: int
    reads: int = 0
    fresh: int = 0


NO_BLOCK = Block(0, 0)
"""That of a package with one release that is read for itself."""


class ReadAhead:
    """The blocks of one search."""

    def __init__(self) -> None:
        self._blocks: dict[NormalizedName, Block] = {}

    def copy(self) -> ReadAhead:
        """Return the same blocks, to go on with by themselves."""
        made = ReadAhead()
        made._blocks = {**self._blocks}
        return made

    def block(self, candidates: CandidateSet, choice: int) -> Block:
        """Return the block that a choice belongs to, as if it were decided now."""
        before = self._blocks.get(candidates.package.name)
        if before is None:
            return NO_BLOCK
        position = choice.bit_length() - 1
        if before.reads and before.low <= position <= before.high:
            return Block(before.low, before.high, before.reads)
        count = around(before.reads)
        among = candidates.usable & candidates.package.all
        above = among & ~((choice << 1) - 1)
        fresh = highest_part(among & (choice - 1), count) | lowest_part(above, count)
        whole = fresh | choice
        low, high = lowest(whole).bit_length() - 1, whole.bit_length() - 1
        if before.reads and low <= before.high and before.low <= high:
            low, high = min(low, before.low), max(high, before.high)
        return Block(low, high, before.reads + 1, fresh)

    def decide(self, candidates: CandidateSet, choice: int) -> Block:
        """Return the same block, and count the decision."""
        block = self._blocks[candidates.package.name] = self.block(candidates, choice)
        return block
