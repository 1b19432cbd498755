"""Ages and lengths of time as text, and when data is stale."""

from __future__ import annotations

from datetime import datetime, timedelta

from scanner.domain.translation import gettext, ngettext

# Every package is polled at least once in 24 hours, so older data means that polling fails.
STALE_AFTER = timedelta(hours=36)
_YEAR, _MONTH, _DAY, _HOUR, _MINUTE = _STEPS = (
    timedelta(days=365),
    timedelta(days=30),
    timedelta(days=1),
    timedelta(hours=1),
    timedelta(minutes=1),
)


def format_age(moment: datetime, now: datetime) -> str:
    """Return "just now", "2 minutes ago" or "in 3 hours", in the largest whole unit. Both times are aware."""
    number, unit = _largest_unit(abs(now - moment))
    if moment <= now:
        return _past(number, unit).format(count=number) if number else gettext("just now")
    return _future(number, unit).format(count=number) if number else gettext("in a moment")


def format_span(span: timedelta) -> str | None:
    """Return "2 minutes" or "3 hours", in the largest whole unit. None below a minute."""
    number, unit = _largest_unit(span)
    return _length(number, unit).format(count=number) if number else None


def is_stale(checked_at: datetime | None, now: datetime) -> bool:
    """Return whether data is stale. What was never checked is unknown, not stale."""
    return checked_at is not None and now - checked_at > STALE_AFTER


def _largest_unit(span: timedelta) -> tuple[int, timedelta]:
    """Return how many whole units a span has, and the unit; 0 below a minute."""
    return next(((number, unit) for unit in _STEPS if (number := span // unit)), (0, _MINUTE))


# One message for each unit and use: in other languages a unit after "ago", "in" or by itself has other endings.
def _length(number: int, unit: timedelta) -> str:
    if unit == _YEAR:
        return ngettext("{count} year", "{count} years", number)
    if unit == _MONTH:
        return ngettext("{count} month", "{count} months", number)
    if unit == _DAY:
        return ngettext("{count} day", "{count} days", number)
    if unit == _HOUR:
        return ngettext("{count} hour", "{count} hours", number)
    return ngettext("{count} minute", "{count} minutes", number)


def _past(number: int, unit: timedelta) -> str:
    if unit == _YEAR:
        return ngettext("{count} year ago", "{count} years ago", number)
    if unit == _MONTH:
        return ngettext("{count} month ago", "{count} months ago", number)
    if unit == _DAY:
        return ngettext("{count} day ago", "{count} days ago", number)
    if unit == _HOUR:
        return ngettext("{count} hour ago", "{count} hours ago", number)
    return ngettext("{count} minute ago", "{count} minutes ago", number)


def _future(number: int, unit: timedelta) -> str:
    if unit == _YEAR:
        return ngettext("in {count} year", "in {count} years", number)
    if unit == _MONTH:
        return ngettext("in {count} month", "in {count} months", number)
    if unit == _DAY:
        return ngettext("in {count} day", "in {count} days", number)
    if unit == _HOUR:
        return ngettext("in {count} hour", "in {count} hours", number)
    return ngettext("in {count} minute", "in {count} minutes", number)
