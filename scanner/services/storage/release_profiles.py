"""Store each release profile once, with its offers on the whole catalogue, and renew those of an older catalogue."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from operator import itemgetter

from msgspec import Struct

from scanner.domain.files.filenames import FileKind
from scanner.domain.files.release_profile import ProfileFile, ReleaseProfile
from scanner.domain.matching.packed_offers import catalogue_digest, catalogue_matcher
from scanner.models import StoredProfile
from scanner.selectors.rows import in_chunks
from scanner.services.storage.sql import Row, insert_rows, marks, select_rows

CHUNK = 500
# Profiles renewed in one call; the next call renews more.
MOST_RENEWED = 5_000


Facts = tuple[str | None, str, str | None, bool]
"""A file of a profile: tag set, value of the kind (an enum hashes slowly), Requires-Python, yanked."""


class PreparedProfiles(Struct, frozen=True):
    """Profiles made before the transaction that stores them.

    digests: of each in order. known: the rows of those that are stored. fresh: the new rows.
    """

    digests: list[str]
    known: dict[str, int]
    fresh: list[Row]

    def store(self) -> list[int]:
        """Return the row of each profile, created where it is new, in their order. Profiles are never deleted."""
        keys = self.known
        if self.fresh:
            insert_rows(StoredProfile, _COLUMNS, self.fresh, ignore_conflicts=True)
            keys = {**keys, **_known([str(digest) for digest, *_ in self.fresh])}
        return [keys[digest] for digest in self.digests]


_COLUMNS = ("digest", "text", "catalogue", "offers")


def prepare_profiles(sets: Iterable[frozenset[Facts]]) -> PreparedProfiles:
    """Prepare the profiles of these sets of files."""
    made = [_profile_of(facts) for facts in sets]
    by_digest = {digest: (text, profile) for digest, text, profile in made}
    known = _known(by_digest)
    # In a fixed order, so that two transactions with the same profiles never wait for each other in a circle.
    fresh: list[Row] = [
        (digest, text, catalogue_digest(), catalogue_matcher().packed_offers(profile))
        for digest, (text, profile) in sorted(by_digest.items(), key=itemgetter(0))
        if digest not in known
    ]
    return PreparedProfiles([digest for digest, _, _ in made], known, fresh)


@lru_cache(maxsize=1024)
def _profile_of(facts: frozenset[Facts]) -> tuple[str, str, ReleaseProfile]:
    """Return the profile of these files, which many packages share, after its digest and its text."""
    profile = ReleaseProfile.of(
        ProfileFile(tags, FileKind(kind), python, yanked) for tags, kind, python, yanked in facts
    )
    text = profile.text
    return hashlib.sha256(text.encode()).hexdigest(), text, profile


def renew_profiles() -> int:
    """Compute the offers of profiles stored for another catalogue again. Return how many were renewed.

    Until then readers compute them each time, so that a result never rests on another catalogue.
    """
    current, renewed = catalogue_digest(), 0
    outdated = StoredProfile.objects.exclude(catalogue=current).order_by("pk")[:CHUNK]
    while renewed < MOST_RENEWED and (rows := list(outdated.all())):
        for row in rows:
            row.offers = catalogue_matcher().packed_offers(ReleaseProfile.parse(row.text))
            row.catalogue = current
        StoredProfile.objects.bulk_update(rows, ("offers", "catalogue"), batch_size=CHUNK)
        renewed += len(rows)
    return renewed


def _known(digests: Iterable[str]) -> dict[str, int]:
    wanted = list(digests)
    return {
        digest: pk
        for some in in_chunks(wanted, CHUNK)
        for digest, pk in select_rows(StoredProfile, ("digest", "pk"), f"digest IN {marks(some)}", some)
    }
