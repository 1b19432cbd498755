"""Store each release profile once, with its offers on the whole catalogue, and renew those of an older catalogue."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from operator import itemgetter

from scanner.domain.files.release_profile import ReleaseProfile
from scanner.domain.matching.packed_offers import catalogue_digest, catalogue_matcher
from scanner.models import StoredProfile
from scanner.services.storage.sql import marks, select_rows

CHUNK = 500
# Profiles renewed in one call; the next call renews more.
MOST_RENEWED = 5_000


def store_profiles(profiles: Iterable[ReleaseProfile]) -> dict[ReleaseProfile, int]:
    """Return the row of each profile, created where it is new."""
    digests = {hashlib.sha256(profile.text.encode()).hexdigest(): profile for profile in profiles}
    ids = _known(digests)
    # In a fixed order, so that two transactions with the same profiles never wait for each other in a circle.
    fresh = [
        StoredProfile(
            digest=digest,
            text=profile.text,
            catalogue=catalogue_digest(),
            offers=catalogue_matcher().packed_offers(profile),
        )
        for digest, profile in sorted(digests.items(), key=itemgetter(0))
        if digest not in ids
    ]
    if fresh:
        StoredProfile.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=CHUNK)
        ids.update(_known([profile.digest for profile in fresh]))
    return {profile: ids[digest] for digest, profile in digests.items()}


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
        for some in (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))
        for digest, pk in select_rows(StoredProfile, ("digest", "pk"), f"digest IN {marks(some)}", some)
    }
