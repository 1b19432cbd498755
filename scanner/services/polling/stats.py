"""Count polls for the operator without a write a poll: gathered in the process, added to the hour's row in batches."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from scanner.models import PollTally

# What a process that is killed may lose of the counts; no other data wait here.
FLUSH_AFTER = timedelta(seconds=10)
KEEP_FOR = timedelta(days=14)

_lock = threading.Lock()
_waiting: dict[tuple[datetime, str], list[int]] = {}
_since: list[datetime] = []


def count(outcome: str, size: int, now: datetime) -> None:
    """Count one poll of `size` bytes."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    with _lock:
        tally = _waiting.setdefault((hour, outcome), [0, 0])
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
    for (hour, outcome), (polls, size) in sorted(waiting.items()):
        with transaction.atomic():
            row = PollTally.objects.filter(hour=hour, outcome=outcome)
            if not row.update(polls=F("polls") + polls, size=F("size") + size):
                PollTally.objects.bulk_create([PollTally(hour=hour, outcome=outcome)], ignore_conflicts=True)
                row.update(polls=F("polls") + polls, size=F("size") + size)


def forget_old(now: datetime) -> int:
    """Delete the tallies that no page shows any more. Returns how many."""
    return PollTally.objects.filter(hour__lt=now - KEEP_FOR).delete()[0]
