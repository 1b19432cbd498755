"""The offers of a release on the whole catalogue, as stored: one byte for each target."""

from __future__ import annotations

import hashlib
from functools import cache

from scanner.domain.matching.availability import Offer
from scanner.domain.matching.matcher import OFFERS, Matcher
from scanner.domain.targets.catalogue import CATALOGUE

# Raised when the rules of matching change, so that stored offers are computed again.
_RULES = 1


def unpack_offers(packed: bytes) -> tuple[Offer, ...]:
    """Return the offers of a row of bytes, as `Matcher.packed_offers` makes it."""
    return tuple(map(OFFERS.__getitem__, packed))


@cache
def catalogue_matcher() -> Matcher:
    """Return the matcher over the whole catalogue. It matches each tag set once in the life of the process."""
    return Matcher(CATALOGUE)


@cache
def catalogue_digest() -> str:
    """Return the name of the catalogue that stored offers belong to: of its targets in order and the rules' version."""
    text = "\n".join(target.slug for target in CATALOGUE)
    return hashlib.sha256(f"{_RULES}\n{text}".encode()).hexdigest()[:16]
