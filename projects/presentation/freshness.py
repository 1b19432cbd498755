"""Ages and lengths of time as text, and when data is stale."""

from __future__ import annotations

from datetime import datetime, timedelta

from scanner.domain.phrases import count

# Every package is polled at least once in 24 hours, so older data means that polling fails.
STALE_AFTER = timedelta(hours=36)
_STEPS = (
    (timedelta(days=365), "year"),
    (timedelta(days=30), "month"),
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)


def format_age(moment: datetime, now: datetime) -> str:
    """Return "just now", "2 minutes ago" or "in 3 hours", in the largest whole unit. Both times are aware."""
    words = format_span(abs(now - moment))
    if words is None:
        return "just now" if moment <= now else "in a moment"
    return f"{words} ago" if moment <= now else f"in {words}"


def format_span(span: timedelta) -> str | None:
    """Return "2 minutes" or "3 hours", in the largest whole unit. None below a minute."""
    for unit, name in _STEPS:
        number = span // unit
        if number:
            return count(number, name)
    return None


def is_stale(checked_at: datetime | None, now: datetime) -> bool:
    """Return whether data is stale. What was never checked is unknown, not stale."""
    return checked_at is not None and now - checked_at > STALE_AFTER
