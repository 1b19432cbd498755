"""Bring packages up to date, and look into sdists, at once, in this process, for a user who waits for the result."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db.models import F
from msgspec import Struct, field

from scanner.models import Release
from scanner.services.fetch_process import FetcherLost, FetchProcesses, fetching_beside
from scanner.services.fetching import FRESH_FOR, Fetcher, Progress, fetching
from scanner.services.index_sets import IndexSet
from scanner.services.indexes import usable_client
from scanner.services.inspection import inspect_sdists

__all__ = [
    "FRESH_FOR",
    "FetchProcesses",
    "Fetcher",
    "FetcherLost",
    "Progress",
    "RefreshResult",
    "fetch_metadata",
    "fetching",
    "fetching_beside",
    "inspect_releases",
    "refresh",
]

# A request ends before; waiting is only bounded so that a thread that died is seen.
_LONG = 600.0


class RefreshResult(Struct, frozen=True):
    """The result of a refresh.

    faults: by name, why a package could not be polled; its stored data are kept. answered: whether any index answered.
    """

    faults: dict[str, str] = field(default_factory=dict)
    answered: bool = False


def refresh(
    indexes: IndexSet,
    names: Iterable[str],
    *,
    on_polled: Progress,
    fresh_for: timedelta = FRESH_FOR,
    patient: bool = False,
) -> RefreshResult:
    """Poll those of these packages that are not fresh, on each index, each by its own client.

    patient: skip packages whose next try after a failure is still to come. on_polled: called with the name, how many
    polls are done, and the total.
    """
    with fetching(indexes, fresh_for=fresh_for, patient=patient, progress=on_polled) as fetcher:
        fetcher.want_packages(names)
        while fetcher.busy:
            fetcher.wait(_LONG)
    return RefreshResult(fetcher.faults, fetcher.answered)


def fetch_metadata(indexes: IndexSet, release_ids: Collection[int]) -> None:
    """Fetch what these releases require, where it is not known."""
    with fetching(indexes, progress=lambda name, done, total: None) as fetcher:
        fetcher.want_metadata(release_ids)
        while fetcher.busy:
            fetcher.wait(_LONG)


def inspect_releases(indexes: IndexSet, release_ids: Collection[int], now: datetime) -> int:
    """Inspect the sdists of these releases, each by the client of its index. Return how many are known now."""
    rows = Release.objects.filter(pk__in=release_ids).annotate(on=F("package__index_id")).values_list("on", "pk")
    by_index: dict[int, list[int]] = {}
    for on, release_id in rows.order_by("pk"):
        by_index.setdefault(on, []).append(release_id)
    known = 0
    for index in indexes:
        client = usable_client(index.pk, index.connect) if index.pk in by_index else None
        if client is not None:
            known += inspect_sdists(by_index[index.pk], client, now)
    return known
