"""How often a follower gets a digest, and when the next one is due in the follower's time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# The hour at which daily, weekly and monthly digests are due.
_HOUR = 8


class Cadence(StrEnum):
    """How often a follower gets a digest."""

    SOON = "soon"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


def next_digest(cadence: Cadence, zone: str, since: datetime, window: timedelta) -> datetime:
    """Return when a digest is due whose oldest news is of `since`: after the window, or at eight in the morning.

    Weekly ones are due on Monday, monthly ones on the first day of the month. Times are those of the zone, across
    changes of its clock; an unknown zone counts as UTC.
    """
    if cadence is Cadence.SOON:
        return since + window
    local = since.astimezone(_zone(zone))
    day = local.date() if local.hour < _HOUR else local.date() + timedelta(days=1)
    while (cadence is Cadence.WEEKLY and day.weekday() != 0) or (cadence is Cadence.MONTHLY and day.day != 1):
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, _HOUR, tzinfo=_zone(zone))


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
