"""Hand out wheel events. The row is the queue: who claims an event first has it, and nobody has it twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.conf import settings

from scanner.domain.cadence import CLOCK_SKEW
from scanner.models import Package, WheelEvent, WheelEventKind

# The kinds that can make a cell installable.
OFFERING = frozenset({WheelEventKind.ADDED, WheelEventKind.UNYANKED})


@dataclass(frozen=True, slots=True)
class NewFile:
    """A claimed event that offers a file: added, or no longer yanked."""

    version: str
    filename: str


def mark_watched(packages: Collection[int]) -> None:
    """Have these packages polled as often as somebody waits for them, and no others. Two statements."""
    Package.objects.filter(is_watched=False, pk__in=packages).update(is_watched=True)
    Package.objects.filter(is_watched=True).exclude(pk__in=packages).update(is_watched=False)


def packages_with_events(among: Collection[int]) -> list[int]:
    """Those of the given packages that have unprocessed events, in the order of their primary keys."""
    unprocessed = WheelEvent.objects.filter(processed_at__isnull=True, package_id__in=among)
    return sorted(unprocessed.values_list("package_id", flat=True).distinct())


def close_events(now: datetime, *, except_for: Collection[int]) -> int:
    """Mark the unprocessed events of all other packages as processed: nobody waits for them. Returns how many."""
    return (
        WheelEvent.objects.filter(processed_at__isnull=True).exclude(package_id__in=except_for).update(processed_at=now)
    )


def claim_events(package_id: int, now: datetime) -> list[NewFile]:
    """Claim what is ready of one package's events and return those that offer a file, oldest first.

    Call inside the transaction that acts on them: when it fails, they are unclaimed again. A release that is still
    being uploaded keeps its events for later. Of two callers at once each event goes to one.
    """
    unprocessed = WheelEvent.objects.unprocessed().filter(package_id=package_id)
    ready = _ready(sorted(unprocessed, key=lambda event: event.version), now)
    claimed = []
    # One statement an event: a bulk update would not tell which of them another caller had already.
    for event in sorted(ready, key=lambda event: event.pk):
        mine = WheelEvent.objects.filter(pk=event.pk, processed_at__isnull=True).update(processed_at=now)
        if mine and event.kind in OFFERING:
            claimed.append(NewFile(event.version, event.filename))
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
