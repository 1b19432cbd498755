"""Count polls for the operator without a write a poll: gathered in the process, added to the hour's row in batches."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from scanner.models import PollStats

# What a process that is killed may lose of the counts; no other data wait here.
FLUSH_AFTER = timedelta(seconds=10)
KEEP_FOR = timedelta(days=14)

_lock = threading.Lock()
_waiting: dict[tuple[datetime, str], list[int]] = {}
_since: list[datetime] = []


def count(result: str, size: int, now: datetime) -> None:
    """Count one poll of `size` bytes."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    with _lock:
        tally = _waiting.setdefault((hour, result), [0, 0])
        tally[0] += 1
        tally[1] += size
        if not _since:
            _since.append(now)
        is_late = abs(now - _since[0]) >= FLUSH_AFTER
    if is_late:
        flush()


def flush() -> None:
    """Write what was counted."""
    with _lock:
        waiting = dict(_waiting)
        _waiting.clear()
        _since.clear()
    # In one order, so that two processes that flush never wait for each other in a circle.
    for (hour, result), (polls, size) in sorted(waiting.items()):
        with transaction.atomic():
            row = PollStats.objects.filter(hour=hour, result=result)
            if not row.update(polls=F("polls") + polls, size=F("size") + size):
                PollStats.objects.bulk_create([PollStats(hour=hour, result=result)], ignore_conflicts=True)
                row.update(polls=F("polls") + polls, size=F("size") + size)


def delete_old(now: datetime) -> int:
    """Delete the tallies that no page shows any more. Returns how many."""
    return PollStats.objects.filter(hour__lt=now - KEEP_FOR).delete()[0]
