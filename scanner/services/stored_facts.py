"""What a fetcher would ask no index for: pages that are fresh, and metadata that is not to be had now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils import timezone

from scanner.models import PackageState
from scanner.selectors.lacking_metadata import lacking_metadata
from scanner.services.index_sets import IndexSet
from scanner.services.packages import KnownPackage, known_packages

__all__ = ["fresh_names", "is_stale", "settled_releases"]


def fresh_names(indexes: IndexSet, names: Collection[str], fresh_for: timedelta) -> set[str]:
    """Return those of these names whose pages on all indexes are stored and fresh. One query."""
    if not names:
        return set()
    now = timezone.now()
    fresh: dict[str, int] = {}
    for package in known_packages(indexes.keys, names):
        fresh[package.name] = fresh.get(package.name, 0) + (not is_stale(package, now, fresh_for, patient=False))
    return {name for name, count in fresh.items() if count == len(indexes.keys)}


def settled_releases(release_ids: Collection[int]) -> set[int]:
    """Return those of these releases whose metadata is known, or failed a short time ago. One query."""
    lacking = lacking_metadata(release_ids, timezone.now())
    return set(release_ids).difference(*lacking.values())


def is_stale(package: KnownPackage, now: datetime, fresh_for: timedelta, *, patient: bool) -> bool:
    """Return whether an index is asked for a package again."""
    if package.state == PackageState.MALFORMED:
        return False
    if patient and package.last_error and package.due_at is not None and package.due_at > now:
        return False
    # A time in the future is that of a clock that jumped.
    return package.checked_at is None or abs(now - package.checked_at) > fresh_for
