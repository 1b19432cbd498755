"""How old an answer is, in words, and when it is too old to be taken for today's."""

from __future__ import annotations

from datetime import datetime, timedelta

# Even a quiet package is polled every 24 hours, so an older answer means that polling does not get through.
STALE_AFTER = timedelta(hours=36)
_STEPS = (
    (timedelta(days=365), "year"),
    (timedelta(days=30), "month"),
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)


def say_ago(moment: datetime, now: datetime) -> str:
    """ "just now", "2 minutes ago", "in 3 hours": the largest whole unit. Both moments are aware."""
    distance = abs(now - moment)
    for span, name in _STEPS:
        number = distance // span
        if number:
            words = f"{number} {name}{'' if number == 1 else 's'}"
            return f"{words} ago" if moment <= now else f"in {words}"
    return "just now" if moment <= now else "in a moment"


def is_stale(checked_at: datetime | None, now: datetime) -> bool:
    """Whether an answer is too old. What was never checked is not stale: it is unknown, and says so elsewhere."""
    return checked_at is not None and now - checked_at > STALE_AFTER
