"""Bring packages and metadata up to date at once, in this process, for a user who waits for the result."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from scanner.index.client import IndexClient
from scanner.models import Package, PackageState, Release
from scanner.services.index_sets import IndexSet, IndexSource
from scanner.services.indexes import usable_client
from scanner.services.inspection import inspect_sdists
from scanner.services.metadata import fetch_many, lacking_metadata
from scanner.services.packages import ensure_packages_on
from scanner.services.polling.poll import poll_many
from scanner.services.polling.results import PollResult

logger = logging.getLogger(__name__)

# As long as the public index allows caching its pages.
FRESH_FOR = timedelta(minutes=10)

Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class RefreshResult:
    """The result of a refresh.

    faults: by name, why a package could not be polled; its stored data are kept. answered: whether any index answered.
    """

    faults: dict[str, str] = field(default_factory=dict)
    answered: bool = False

    def add_fault(self, name: str, fault: str) -> None:
        """Add a fault of one index; several may fail for one name."""
        self.faults[name] = f"{self.faults[name]}; {fault}" if name in self.faults else fault


def refresh(
    indexes: IndexSet,
    names: Iterable[str],
    now: datetime,
    *,
    on_polled: Progress,
    fresh_for: timedelta = FRESH_FOR,
    patient: bool = False,
) -> RefreshResult:
    """Poll those of these packages that are not fresh, on each index, each by its own client.

    patient: skip packages whose next try after a failure is still to come. on_polled: called with the name, how many
    polls are done, and the total.
    """
    packages = ensure_packages_on(indexes.keys, set(names), now)
    stale = {
        index: {one.pk: one.name for one in packages[index.pk] if _is_stale(one, now, fresh_for, patient=patient)}
        for index in indexes
    }
    total = sum(map(len, stale.values()))
    found = RefreshResult(answered=sum(map(len, packages.values())) > total)
    done = 0

    def report(name: str) -> None:
        nonlocal done
        done += 1
        on_polled(name, done, total)

    for index, mine in stale.items():
        client = usable_client(index.pk, index.connect) if mine else None
        if client is not None:
            _poll_index(index, client, mine, now, found, report)
        else:
            _fail_index(index, mine, found)
    return found


def _poll_index(
    index: IndexSource,
    client: IndexClient,
    mine: dict[int, str],
    now: datetime,
    found: RefreshResult,
    report: Callable[[str], None],
) -> None:
    """Poll these packages of one index.

    A private index may be in a network that is not reachable: if it answers for none of the first few packages, the
    others are left to the schedule.
    """
    answered = False

    def polled(package_id: int, outcome: PollResult) -> None:
        nonlocal answered
        if outcome in (PollResult.FAILED, PollResult.THROTTLED):
            found.add_fault(mine[package_id], Package.objects.values_list("last_error", flat=True).get(pk=package_id))
        else:
            answered = True
        report(mine[package_id])

    workers, pks = settings.WHEELWAY_INDEX_CONNECTIONS, list(mine)
    first = pks[:workers] if index.is_private else pks
    poll_many(first, client, now, on_polled=polled, workers=workers)
    rest = pks[len(first) :]
    if answered and rest:
        poll_many(rest, client, now, on_polled=polled, workers=workers)
    for pk in () if answered else rest:
        found.add_fault(mine[pk], f"{index.url} was not asked, because it did not answer for {mine[first[0]]}")
    found.answered = found.answered or answered


def _fail_index(index: IndexSource, mine: dict[int, str], found: RefreshResult) -> None:
    """Store for these packages that their index cannot be used."""
    reason = f"{index.url} cannot be asked: its address or its login cannot be used"
    Package.objects.filter(pk__in=mine).update(last_error=reason)
    for name in mine.values():
        found.add_fault(name, reason)


def refresh_metadata(indexes: IndexSet, release_ids: Collection[int], now: datetime, *, on_fetched: Progress) -> int:
    """Fetch the unknown core metadata of these releases, each from the index that has its files. Return how many."""
    wanted = lacking_metadata(release_ids, now)
    total = sum(map(len, wanted.values()))
    done = stored = 0

    def fetched(name: str) -> None:
        nonlocal done
        done += 1
        on_fetched(name, done, total)

    for index in indexes:
        releases = wanted.get(index.pk)
        client = usable_client(index.pk, index.connect) if releases else None
        if releases and client is not None:
            workers = settings.WHEELWAY_INDEX_CONNECTIONS
            stored += len(releases) - fetch_many(releases, client, now, on_fetched=fetched, workers=workers)
    return stored


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


def _is_stale(package: Package, now: datetime, fresh_for: timedelta, *, patient: bool) -> bool:
    if package.state == PackageState.MALFORMED:
        return False
    if patient and package.due_at is not None and package.due_at > now:
        return False
    # A time in the future is that of a clock that jumped.
    return package.checked_at is None or abs(now - package.checked_at) > fresh_for
