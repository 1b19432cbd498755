"""The offers of a release on the whole catalogue, as stored: one byte for each target."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache

from scanner.domain.matching.availability import Availability, Offer
from scanner.domain.matching.matcher import Matcher
from scanner.domain.targets.catalogue import CATALOGUE

# Raised when the rules of matching change, so that stored offers are computed again.
_RULES = 1
# A byte holds the position of the availability in the enum, and the high bit for "only yanked files serve".
_YANKED = 0x80
_OFFERS = {
    position | flag: Offer(availability, bool(flag))
    for position, availability in enumerate(Availability)
    for flag in (0, _YANKED)
}
_BYTES = {offer: byte for byte, offer in _OFFERS.items()}


def pack_offers(offers: Sequence[Offer]) -> bytes:
    """Return the offers as bytes, in order."""
    return bytes(map(_BYTES.__getitem__, offers))


def unpack_offers(packed: bytes) -> tuple[Offer, ...]:
    """Return the offers that `pack_offers` was given."""
    return tuple(_OFFERS[byte] for byte in packed)


@cache
def catalogue_matcher() -> Matcher:
    """Return the matcher over the whole catalogue. It matches each tag set once in the life of the process."""
    return Matcher(CATALOGUE)


@cache
def catalogue_digest() -> str:
    """Return the name of the catalogue that stored offers belong to: of its targets in order and the rules' version."""
    text = "\n".join(target.slug for target in CATALOGUE)
    return hashlib.sha256(f"{_RULES}\n{text}".encode()).hexdigest()[:16]
