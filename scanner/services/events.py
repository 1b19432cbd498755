"""Hand out wheel events. The row is the queue: who claims an event first has it, and nobody has it twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, TypeAlias

from django.conf import settings
from django.db.models import Q, QuerySet

from scanner.domain.polling import CLOCK_SKEW
from scanner.models import Package, WheelEvent, WheelEventKind

# The kinds that can make a cell installable.
OFFERING = frozenset({WheelEventKind.ADDED, WheelEventKind.UNYANKED})
# The kinds that can take something from a project that uses the package, or give it back.
CONCERNING = frozenset({WheelEventKind.RELEASE, WheelEventKind.YANKED, WheelEventKind.UNYANKED, WheelEventKind.STATUS})
# Keys of packages, or the query that finds them: the database then never has to be told thousands of numbers.
Packages: TypeAlias = Collection[int] | QuerySet[Any, Any]


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A claimed event that offers a file: added, or no longer yanked."""

    version: str
    filename: str


@dataclass(frozen=True, slots=True)
class Yanked:
    """The yanks of one version's files: the reason given first, and when the first was seen."""

    reason: str
    seen_at: datetime


@dataclass(slots=True)
class ClaimedEvents:
    """What one caller has claimed of one package's events.

    files: what is offered, oldest first. released: versions that are complete, each with the time when that was seen.
    yanked: by version. status_at: when its status last changed, None when it did not.
    """

    files: list[OfferedFile] = field(default_factory=list)
    released: dict[str, datetime] = field(default_factory=dict)
    yanked: dict[str, Yanked] = field(default_factory=dict)
    status_at: datetime | None = None

    @property
    def news(self) -> Mapping[str, set[str]]:
        """The names of the offered files by version."""
        found: dict[str, set[str]] = {}
        for file in self.files:
            found.setdefault(file.version, set()).add(file.filename)
        return found


def mark_watched(packages: Collection[int]) -> None:
    """Have these packages polled as often as somebody waits for them, and no others. Two statements."""
    Package.objects.filter(is_watched=False, pk__in=packages).update(is_watched=True)
    Package.objects.filter(is_watched=True).exclude(pk__in=packages).update(is_watched=False)


def close_events(now: datetime, *, watched: Iterable[Packages], used: Packages) -> int:
    """Mark the unprocessed events that concern nobody as processed. Returns how many. One statement.

    Kept are all events of the packages in any of `watched`, and of `used` ones those of the kinds that can take
    something away.
    """
    wanted = Q(package_id__in=used, kind__in=CONCERNING)
    for packages in watched:
        wanted |= Q(package_id__in=packages)
    return WheelEvent.objects.filter(processed_at__isnull=True).exclude(wanted).update(processed_at=now)


def packages_with_events() -> list[int]:
    """The packages that have unprocessed events, in the order of their primary keys."""
    unprocessed = WheelEvent.objects.filter(processed_at__isnull=True)
    return sorted(unprocessed.order_by().values_list("package_id", flat=True).distinct())


def claim_events(package_id: int, now: datetime) -> ClaimedEvents:
    """Claim what is ready of one package's events. Two statements.

    Call inside the transaction that acts on them: when it fails, they are unclaimed again. A release that is still
    being uploaded keeps its events for later. Of two callers at once each event goes to one.
    """
    rows = WheelEvent.objects.unprocessed().filter(package_id=package_id)
    # The lock tells which events are this caller's; those that another one has just now are left to it.
    unprocessed = list(rows.select_for_update(skip_locked=True, of=("self",)))
    ready = sorted(_ready(sorted(unprocessed, key=lambda event: event.version), now), key=lambda event: event.pk)
    WheelEvent.objects.filter(pk__in=[event.pk for event in ready]).update(processed_at=now)
    return _sorted_out(ready)


def _sorted_out(events: Iterable[WheelEvent]) -> ClaimedEvents:
    claimed = ClaimedEvents()
    for event in events:
        if event.kind in OFFERING:
            claimed.files.append(OfferedFile(event.version, event.filename))
        elif event.kind == WheelEventKind.RELEASE:
            claimed.released[event.version] = event.seen_at
        elif event.kind == WheelEventKind.YANKED:
            claimed.yanked.setdefault(event.version, Yanked(event.detail, event.seen_at))
        elif event.kind == WheelEventKind.STATUS:
            claimed.status_at = event.seen_at
    return claimed


def _ready(by_version: Iterable[WheelEvent], now: datetime) -> list[WheelEvent]:
    """The events that need not wait: those that offer nothing, and those of releases that have been quiet."""
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
    """Whether the last file came long enough ago, by the index's clock where it tells the upload time.

    Maintainers upload the wheels of a release one by one: the best one shall be there when the release is judged.
    """
    came = [_came_at(event) for event in events]
    patience = settings.WHEELWAY_QUIET_PATIENCE
    seen = [event.seen_at for event in events]
    # An event of the future was seen by a clock that jumped: nobody knows how long that is ago.
    has_jumped = max(seen) > now + CLOCK_SKEW
    return has_jumped or now - max(came) >= settings.WHEELWAY_QUIET_FOR or now - min(seen) >= patience


def _came_at(event: WheelEvent) -> datetime:
    """When the file began to be offered. A yank is taken back at an unknown time before it was seen."""
    if event.kind == WheelEventKind.ADDED and event.uploaded_at is not None:
        return min(event.uploaded_at, event.seen_at)
    return event.seen_at
