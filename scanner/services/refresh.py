"""Bring packages and metadata up to date at once, in this process, for somebody who waits for the answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from scanner.index.client import IndexClient
from scanner.models import Package, PackageState, Release
from scanner.sealed import SealBroken
from scanner.services.follow_packages import ensure_packages_on
from scanner.services.index_sets import IndexSet, IndexSource
from scanner.services.inspection import inspect_sdists
from scanner.services.metadata import fetch_many, lacking_metadata
from scanner.services.polling.poll import poll_many
from scanner.services.polling.results import PollResult

logger = logging.getLogger(__name__)

# As long as the public index lets its pages be cached.
FRESH_FOR = timedelta(minutes=10)

Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class RefreshResult:
    """What a refresh brought. `faults`: of each package that an index could not be asked about, what went wrong; what
    was stored of it stays. `came`: whether any index answered for any of them.
    """

    faults: dict[str, str] = field(default_factory=dict)
    came: bool = False

    def add_fault(self, name: str, fault: str) -> None:
        """Several indexes may fail for one name."""
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
    """Poll those of these packages that were not looked at lately on each index, each by its own client, but for
    those that somebody is polling.

    `patient` leaves a package alone whose next try after a failure is still to come.
    `on_polled` is told the name, how many polls are done, and of how many.
    """
    packages = ensure_packages_on(indexes.keys, set(names), now)
    stale = {
        index: {one.pk: one.name for one in packages[index.pk] if _is_stale(one, now, fresh_for, patient=patient)}
        for index in indexes
    }
    total = sum(map(len, stale.values()))
    found = RefreshResult(came=sum(map(len, packages.values())) > total)
    done = 0

    def tell(name: str) -> None:
        nonlocal done
        done += 1
        on_polled(name, done, total)

    for index, mine in stale.items():
        client = _client(index) if mine else None
        if client is not None:
            _ask(index, client, mine, now, found, tell)
        else:
            _refuse(index, mine, found)
    return found


def _ask(
    index: IndexSource,
    client: IndexClient,
    mine: dict[int, str],
    now: datetime,
    found: RefreshResult,
    tell: Callable[[str], None],
) -> None:
    """Poll these packages of one index. A private one may be behind a network that is not there: when it answers for
    none of the first few, the others are left to the schedule.
    """
    answered = False

    def polled(package_id: int, outcome: PollResult) -> None:
        nonlocal answered
        if outcome in (PollResult.FAILED, PollResult.THROTTLED):
            found.add_fault(mine[package_id], Package.objects.values_list("last_error", flat=True).get(pk=package_id))
        else:
            answered = True
        tell(mine[package_id])

    workers, pks = settings.WHEELWAY_INDEX_CONNECTIONS, list(mine)
    first = pks[:workers] if index.is_private else pks
    poll_many(first, client, now, on_polled=polled, workers=workers)
    rest = pks[len(first) :]
    if answered and rest:
        poll_many(rest, client, now, on_polled=polled, workers=workers)
    for pk in () if answered else rest:
        found.add_fault(mine[pk], f"{index.url} was not asked: it did not answer for {mine[first[0]]}")
    found.came = found.came or answered


def _refuse(index: IndexSource, mine: dict[int, str], found: RefreshResult) -> None:
    """Say of these packages that their index cannot be asked at all."""
    reason = f"{index.url} cannot be asked: its address or its login cannot be used"
    Package.objects.filter(pk__in=mine).update(last_error=reason)
    for name in mine.values():
        found.add_fault(name, reason)


def _client(index: IndexSource) -> IndexClient | None:
    try:
        return index.connect()
    except (SealBroken, ValueError):
        logger.exception("index=%s its address or its login cannot be used", index.pk)
        return None


def refresh_metadata(indexes: IndexSet, release_ids: Collection[int], now: datetime, *, on_fetched: Progress) -> int:
    """Fetch the core metadata of these releases where it is not known, each from the index that has its files.
    Returns how many came.
    """
    wanted = lacking_metadata(release_ids, now)
    total = sum(map(len, wanted.values()))
    done = came = 0

    def fetched(name: str) -> None:
        nonlocal done
        done += 1
        on_fetched(name, done, total)

    for index in indexes:
        releases = wanted.get(index.pk)
        client = _client(index) if releases else None
        if releases and client is not None:
            workers = settings.WHEELWAY_INDEX_CONNECTIONS
            came += len(releases) - fetch_many(releases, client, now, on_fetched=fetched, workers=workers)
    return came


def inspect_releases(indexes: IndexSet, release_ids: Collection[int], now: datetime) -> int:
    """Look into the sdists of these releases, each by the client of its index. Returns how many are known now."""
    rows = Release.objects.filter(pk__in=release_ids).annotate(on=F("package__index_id")).values_list("on", "pk")
    by_index: dict[int, list[int]] = {}
    for on, release_id in rows.order_by("pk"):
        by_index.setdefault(on, []).append(release_id)
    seen = 0
    for index in indexes:
        client = _client(index) if index.pk in by_index else None
        if client is not None:
            seen += inspect_sdists(by_index[index.pk], client, now)
    return seen


def _is_stale(package: Package, now: datetime, fresh_for: timedelta, *, patient: bool) -> bool:
    if package.state == PackageState.MALFORMED:
        return False
    if patient and package.due_at is not None and package.due_at > now:
        return False
    # A time ahead is of a clock that jumped, and tells nothing.
    return package.checked_at is None or abs(now - package.checked_at) > fresh_for
