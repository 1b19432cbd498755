"""When a package is polled next, and why."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta

from msgspec import Struct

from scanner.domain.phrases import agree
from scanner.domain.translation import gettext, ngettext, noop

# The public index accepts new files for a release only in its first 14 days (observed; a setting of each index).
RELEASE_OPEN_FOR = timedelta(days=14)
# The largest usual difference between the clocks of two machines. A time further ahead was written by a wrong clock.
CLOCK_SKEW = timedelta(minutes=1)
# Reasons with a number or a host. All are stored in English; `due_text` translates them for a page.
_FAILED = re.compile(r"it failed (\d+) times? in a row")
_MISSING = re.compile(r"missing (\d+) times? in a row")
_PAUSE = re.compile(r"(\S+) asked for a pause")


class PollIntervals(Struct, frozen=True):
    """How often packages are polled; each value is a setting."""

    open_release: timedelta = timedelta(minutes=30)
    watched: timedelta = timedelta(hours=2)
    quiet: timedelta = timedelta(hours=24)
    followed: timedelta = timedelta(days=7)
    first_retry: timedelta = timedelta(minutes=1)
    last_retry: timedelta = timedelta(hours=6)


class NextPoll(Struct, frozen=True):
    """The time of the next poll, and the reason as a clause after "because"."""

    at: datetime
    reason: str


class PackageActivity(Struct, frozen=True):
    """What decides how soon a package may change.

    - newest_release_at: the first upload of its newest release, None where the index gives no times.
    - is_watched: a user waits for a wheel of it.
    - closes_releases: the index follows the 14-day rule.
    - is_followed: the root page of the index gives serials; it is read far more often than the page of a package.
    """

    newest_release_at: datetime | None
    is_watched: bool
    closes_releases: bool
    is_followed: bool


def after_answer(name: str, now: datetime, activity: PackageActivity, intervals: PollIntervals) -> NextPoll:
    """Return the next poll after an answer: soon while a release may still get files, later without activity."""
    if activity.is_followed:
        return NextPoll(now + _spread(name, intervals.followed), noop("its serial on the root page is followed"))
    newest = activity.newest_release_at
    is_open = newest is not None and now - newest < RELEASE_OPEN_FOR
    if is_open and activity.closes_releases:
        return NextPoll(now + _spread(name, intervals.open_release), noop("a release is open for new files"))
    if activity.is_watched:
        return NextPoll(now + _spread(name, intervals.watched), noop("a user waits for a wheel of it"))
    if is_open:
        return NextPoll(now + _spread(name, intervals.watched), noop("it has a new release"))
    return NextPoll(now + _spread(name, intervals.quiet), noop("it has no new release"))


def after_failure(name: str, now: datetime, failures: int, intervals: PollIntervals) -> NextPoll:
    """Return the next try after `failures` in a row (1 or more): the wait doubles up to a limit."""
    wait = min(intervals.first_retry * 2 ** min(failures - 1, 20), intervals.last_retry)
    return NextPoll(now + _spread(name, wait), f"it failed {failures} {agree(failures, 'time', 'times')} in a row")


def after_old_page(name: str, now: datetime, intervals: PollIntervals) -> NextPoll:
    """Return the next try after a page that is older than its serial on the root page."""
    return NextPoll(now + _spread(name, intervals.first_retry), noop("its page is older than its serial"))


def after_throttle(name: str, until: datetime, host: str) -> NextPoll:
    """Return the next try on a host that asked for a pause; tries are spread over 20 seconds."""
    return NextPoll(until + _share(name) * timedelta(seconds=20), f"{host} asked for a pause")


def missing_reason(absences: int) -> str:
    """Return why a package is polled that the index answered so many times that it does not have."""
    return f"missing {absences} {agree(absences, 'time', 'times')} in a row"


def due_text(reason: str) -> str:
    """Return a stored reason in the language spoken."""
    if found := _FAILED.fullmatch(reason):
        number = int(found[1])
        return ngettext("it failed {count} time in a row", "it failed {count} times in a row", number).format(
            count=number
        )
    if found := _MISSING.fullmatch(reason):
        number = int(found[1])
        return ngettext("missing {count} time in a row", "missing {count} times in a row", number).format(count=number)
    if found := _PAUSE.fullmatch(reason):
        return gettext("{host} asked for a pause").format(host=found[1])
    return gettext(reason)


def _spread(name: str, span: timedelta) -> timedelta:
    """Shorten the span by up to a tenth, always the same for a name, so that due times do not coincide."""
    return span * (1 - _share(name) / 10)


def _share(name: str) -> float:
    """Return a number from 0 to below 1 that depends on the name only."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=2).digest()) / 65536
