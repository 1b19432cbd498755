"""Keep each shape of a release once, with its offers for the whole catalogue worked out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from operator import itemgetter

from scanner.domain.files.release_profile import ReleaseProfile
from scanner.domain.matching.availability import Availability, Offer
from scanner.domain.matching.matcher import Matcher
from scanner.domain.targets.catalogue import CATALOGUE
from scanner.models import ReleaseShape
from scanner.services.storage.sql import marks, select_rows

CHUNK = 500
# Raised when the rules of matching change, so that stored offers are worked out anew.
RULES = 1
# A stored byte is the availability's place in this order, and the high bit for "only yanked files serve".
_ORDER = tuple(Availability)
_YANKED = 0x80
_OFFERS = {
    place | flag: Offer(availability, bool(flag)) for place, availability in enumerate(_ORDER) for flag in (0, _YANKED)
}
_BYTES = {offer: byte for byte, offer in _OFFERS.items()}


def pack_offers(offers: Sequence[Offer]) -> bytes:
    """One byte an offer."""
    return bytes(map(_BYTES.__getitem__, offers))


def unpack_offers(packed: bytes) -> tuple[Offer, ...]:
    """The inverse of `pack_offers`."""
    return tuple(_OFFERS[byte] for byte in packed)


@cache
def catalogue_matcher() -> Matcher:
    """The matcher over the whole catalogue: a tag set is matched once in the life of the process."""
    return Matcher(CATALOGUE)


@cache
def catalogue_digest() -> str:
    """Names the catalogue that stored offers belong to: its targets in order, and the rules' version."""
    text = "\n".join(target.slug for target in CATALOGUE)
    return hashlib.sha256(f"{RULES}\n{text}".encode()).hexdigest()[:16]


def intern_shapes(shapes: Iterable[ReleaseProfile]) -> dict[ReleaseProfile, int]:
    """The row of each shape, made where it is new."""
    digests = {hashlib.sha256(shape.text.encode()).hexdigest(): shape for shape in shapes}
    ids = _known(digests)
    # In one order: two transactions that make the same shapes must not wait for each other in a circle.
    fresh = [
        ReleaseShape(
            digest=digest,
            text=shape.text,
            catalogue=catalogue_digest(),
            offers=pack_offers(catalogue_matcher().offers(shape)),
        )
        for digest, shape in sorted(digests.items(), key=itemgetter(0))
        if digest not in ids
    ]
    if fresh:
        ReleaseShape.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=CHUNK)
        ids.update(_known([shape.digest for shape in fresh]))
    return {shape: ids[digest] for digest, shape in digests.items()}


def _known(digests: Iterable[str]) -> dict[str, int]:
    wanted = list(digests)
    return {
        digest: pk
        for some in (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))
        for digest, pk in select_rows(ReleaseShape, ("digest", "pk"), f"digest IN {marks(some)}", some)
    }
