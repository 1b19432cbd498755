"""Claim wheel events. The rows are the queue, and each event is claimed once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, TypeAlias

from django.conf import settings
from django.db.models import Q, QuerySet
from msgspec import Struct, field

from scanner.domain.next_poll import CLOCK_SKEW
from scanner.models import Package, WheelEvent, WheelEventKind

# The kinds that can make a package installable on a target.
OFFERING = frozenset({WheelEventKind.ADDED, WheelEventKind.UNYANKED})
# The kinds that can change what a project that uses the package can install.
CONCERNING = frozenset({WheelEventKind.RELEASE, WheelEventKind.YANKED, WheelEventKind.UNYANKED, WheelEventKind.STATUS})
# Keys of packages, or the query that finds them, so that thousands of numbers need not be sent to the database.
Packages: TypeAlias = Collection[int] | QuerySet[Any, Any]


class OfferedFile(Struct, frozen=True):
    """A file of a claimed event: added, or no longer yanked."""

    version: str
    filename: str


class YankedVersion(Struct, frozen=True):
    """A version with yanked files: the first reason, and when the first yank was seen."""

    reason: str
    seen_at: datetime


class ClaimedEvents(Struct):
    """The claimed events of one package.

    files: offered files, oldest first. released: complete versions, each with the time when that was seen. yanked: by
    version. status_at: when the package's status last changed, None if it did not.
    """

    files: list[OfferedFile] = field(default_factory=list)
    released: dict[str, datetime] = field(default_factory=dict)
    yanked: dict[str, YankedVersion] = field(default_factory=dict)
    status_at: datetime | None = None

    @property
    def new_files(self) -> Mapping[str, set[str]]:
        """Return the names of the offered files by version."""
        found: dict[str, set[str]] = {}
        for file in self.files:
            found.setdefault(file.version, set()).add(file.filename)
        return found


def mark_watched(packages: Collection[int]) -> None:
    """Mark these packages, and no others, as watched, so that they are polled more often. Two statements."""
    Package.objects.filter(is_watched=False, pk__in=packages).update(is_watched=True)
    Package.objects.filter(is_watched=True).exclude(pk__in=packages).update(is_watched=False)


def close_events(now: datetime, *, watched: Iterable[Packages], used: Packages) -> int:
    """Mark the unprocessed events as processed that no project needs. Return how many. One statement.

    Kept are all events of the packages in any of `watched`, and for packages in `used` those of CONCERNING kinds.
    """
    wanted = Q(package_id__in=used, kind__in=CONCERNING)
    for packages in watched:
        wanted |= Q(package_id__in=packages)
    return WheelEvent.objects.filter(processed_at__isnull=True).exclude(wanted).update(processed_at=now)


def packages_with_events() -> list[int]:
    """Return the packages that have unprocessed events, in the order of their primary keys."""
    unprocessed = WheelEvent.objects.filter(processed_at__isnull=True)
    return sorted(unprocessed.order_by().values_list("package_id", flat=True).distinct())


def claim_events(package_id: int, now: datetime) -> ClaimedEvents:
    """Claim the events of one package that are ready. Two statements.

    Call inside the transaction that acts on them: if that fails, they are unclaimed again. Events of a release that is
    still being uploaded stay for later. Of two concurrent callers each event goes to one.
    """
    rows = WheelEvent.objects.unprocessed().filter(package_id=package_id)
    # Events that a concurrent caller has locked are skipped.
    unprocessed = list(rows.select_for_update(skip_locked=True, of=("self",)))
    ready = sorted(_ready(sorted(unprocessed, key=lambda event: event.version), now), key=lambda event: event.pk)
    WheelEvent.objects.filter(pk__in=[event.pk for event in ready]).update(processed_at=now)
    return _collect(ready)


def _collect(events: Iterable[WheelEvent]) -> ClaimedEvents:
    claimed = ClaimedEvents()
    for event in events:
        if event.kind in OFFERING:
            claimed.files.append(OfferedFile(event.version, event.filename))
        elif event.kind == WheelEventKind.RELEASE:
            claimed.released[event.version] = event.seen_at
        elif event.kind == WheelEventKind.YANKED:
            claimed.yanked.setdefault(event.version, YankedVersion(event.detail, event.seen_at))
        elif event.kind == WheelEventKind.STATUS:
            claimed.status_at = event.seen_at
    return claimed


def _ready(by_version: Iterable[WheelEvent], now: datetime) -> list[WheelEvent]:
    """Return the events that need not wait: those that offer no file, and those of releases without recent uploads."""
    ready: list[WheelEvent] = []
    for _, group in groupby(by_version, key=lambda event: event.version):
        events = list(group)
        offering = [event for event in events if event.kind in OFFERING]
        if offering and not _is_quiet(offering, now):
            ready += [event for event in events if event.kind not in OFFERING]
        else:
            ready += events
    return ready


def _is_quiet(events: Sequence[WheelEvent], now: datetime) -> bool:
    """Return whether the last file was added WHEELWAY_QUIET_FOR ago, by the index's upload times where it has them.

    Maintainers upload the wheels of a release one by one; the best one should exist when the release is judged.
    """
    offered = [_offered_at(event) for event in events]
    patience = settings.WHEELWAY_QUIET_PATIENCE
    seen = [event.seen_at for event in events]
    # An event in the future was seen by a clock that jumped, so its age is unknown.
    has_jumped = max(seen) > now + CLOCK_SKEW
    return has_jumped or now - max(offered) >= settings.WHEELWAY_QUIET_FOR or now - min(seen) >= patience


def _offered_at(event: WheelEvent) -> datetime:
    """Return when the file was first offered. A yank was taken back at an unknown time before it was seen."""
    if event.kind == WheelEventKind.ADDED and event.uploaded_at is not None:
        return min(event.uploaded_at, event.seen_at)
    return event.seen_at
