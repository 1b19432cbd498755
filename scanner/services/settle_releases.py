"""Settle releases: write an event with the targets that a release serves, and one with the targets that it lost.

Maintainers upload the files of a release one by one, so it is settled once no file has been added for a while.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from packaging.version import Version

from scanner.domain.files.release_profile import ReleaseProfile
from scanner.domain.matching.availability import Offer
from scanner.domain.matching.packed_offers import catalogue_digest, catalogue_matcher, unpack_offers
from scanner.domain.next_poll import CLOCK_SKEW
from scanner.domain.releases.regressions import lost_targets, predecessor, served_targets
from scanner.domain.targets.catalogue import CATALOGUE
from scanner.models import Package, Release, StoredProfile, WheelEvent, WheelEventKind

# Releases examined in one call; the next call finds the rest.
BATCH = 500


def settle_releases(now: datetime) -> int:
    """Settle the releases without recent uploads. Return how many.

    Each is settled once: its mark and its events are written in one transaction that locks its package.
    """
    waiting = Release.objects.filter(unsettled_since__isnull=False).order_by("pk")
    rows = waiting.values_list("pk", "package_id", "last_uploaded_at", "unsettled_since")[:BATCH]
    by_package: dict[int, list[int]] = {}
    for pk, package_id, last_uploaded_at, since in rows:
        if since is not None and is_quiet(last_uploaded_at, since, now):
            by_package.setdefault(package_id, []).append(pk)
    return sum(_settle(package_id, pks, now) for package_id, pks in by_package.items())


def is_quiet(last_uploaded_at: datetime | None, since: datetime, now: datetime) -> bool:
    """Return whether the last upload is WHEELWAY_QUIET_FOR ago, or the release was seen WHEELWAY_QUIET_PATIENCE ago.

    The index's upload times count where it gives them, but never a time after `now`. A file first seen in the future
    was seen by a clock that jumped, so its age is unknown and it counts as quiet.
    """
    if since > now + CLOCK_SKEW:
        return True
    last = min(last_uploaded_at, now) if last_uploaded_at is not None else since
    return now - last >= settings.WHEELWAY_QUIET_FOR or now - since >= settings.WHEELWAY_QUIET_PATIENCE


def _settle(package_id: int, pks: list[int], now: datetime) -> int:
    with transaction.atomic():
        # Polls of the package take this lock too.
        Package.objects.select_for_update().get(pk=package_id)
        rows = list(Release.objects.filter(package=package_id).values_list("pk", "version", "profile_id"))
        profiles = {pk: profile for pk, _, profile in rows}
        versions = {Version(text): pk for pk, text, _ in rows}
        mine = set(Release.objects.filter(pk__in=pks, unsettled_since__isnull=False).values_list("pk", flat=True))
        chosen = sorted((version, pk) for version, pk in versions.items() if pk in mine)
        events: list[WheelEvent] = []
        for version, pk in chosen:
            offers = _offers(profiles[pk])
            events.append(_event(package_id, WheelEventKind.RELEASE, version, served_targets(offers), "", now))
            before = predecessor(version, versions)
            if before is not None and (gone := lost_targets(_offers(profiles[versions[before]]), offers)):
                events.append(_event(package_id, WheelEventKind.REGRESSION, version, gone, f"against {before}", now))
        WheelEvent.objects.bulk_create(events, ignore_conflicts=True)
        Release.objects.filter(pk__in=mine).update(unsettled_since=None)
    return len(mine)


def _offers(profile_id: int) -> tuple[Offer, ...]:
    stored = StoredProfile.objects.only("catalogue", "offers", "text").get(pk=profile_id)
    if stored.catalogue == catalogue_digest():
        return unpack_offers(bytes(stored.offers))
    return catalogue_matcher().offers(ReleaseProfile.parse(stored.text))


def _event(
    package_id: int, kind: WheelEventKind, version: Version, targets: frozenset[int], detail: str, now: datetime
) -> WheelEvent:
    return WheelEvent(
        package_id=package_id,
        kind=kind,
        version=str(version),
        targets=[CATALOGUE[number].slug for number in sorted(targets)],
        detail=detail,
        seen_at=now,
    )
