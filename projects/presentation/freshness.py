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
    words = say_span(abs(now - moment))
    if words is None:
        return "just now" if moment <= now else "in a moment"
    return f"{words} ago" if moment <= now else f"in {words}"


def say_span(span: timedelta) -> str | None:
    """ "2 minutes", "3 hours": the largest whole unit; None below a minute."""
    for unit, name in _STEPS:
        number = span // unit
        if number:
            return f"{number} {name}{'' if number == 1 else 's'}"
    return None


def is_stale(checked_at: datetime | None, now: datetime) -> bool:
    """Whether an answer is too old. What was never checked is not stale: it is unknown, and says so elsewhere."""
    return checked_at is not None and now - checked_at > STALE_AFTER
