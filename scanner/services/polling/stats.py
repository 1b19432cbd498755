"""Count polls for the operator: in memory of the process, added to the rows of the hour in batches."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from scanner.models import PollStats

# The counts that a killed process may lose. No other data wait in memory.
FLUSH_AFTER = timedelta(seconds=10)
KEEP_FOR = timedelta(days=14)

_lock = threading.Lock()
_waiting: dict[tuple[datetime, str], list[int]] = {}
_since: list[datetime] = []


def count(result: str, size: int, now: datetime) -> None:
    """Count one poll of `size` bytes."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    with _lock:
        totals = _waiting.setdefault((hour, result), [0, 0])
        totals[0] += 1
        totals[1] += size
        if not _since:
            _since.append(now)
        is_late = abs(now - _since[0]) >= FLUSH_AFTER
    if is_late:
        flush()


def flush() -> None:
    """Add the counts of this process to the database."""
    with _lock:
        waiting = dict(_waiting)
        _waiting.clear()
        _since.clear()
    # In a fixed order, so that two processes that flush never wait for each other in a circle.
    for (hour, result), (polls, size) in sorted(waiting.items()):
        with transaction.atomic():
            row = PollStats.objects.filter(hour=hour, result=result)
            if not row.update(polls=F("polls") + polls, size=F("size") + size):
                PollStats.objects.bulk_create([PollStats(hour=hour, result=result)], ignore_conflicts=True)
                row.update(polls=F("polls") + polls, size=F("size") + size)


def delete_old(now: datetime) -> int:
    """Delete the counts that are older than any page shows. Return how many rows."""
    return PollStats.objects.filter(hour__lt=now - KEEP_FOR).delete()[0]
