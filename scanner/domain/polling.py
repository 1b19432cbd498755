"""When a package is polled next, and why. Pure: "now" is an argument."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

# The public index lets files join a release only in its first 14 days (an inference, per index).
RELEASE_OPEN_FOR = timedelta(days=14)
# By how much the clocks of two machines may differ. What was noted further in the future was noted by one that jumped.
CLOCK_SKEW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class PollIntervals:
    """How often to poll, each a setting."""

    open_release: timedelta = timedelta(minutes=30)
    watched: timedelta = timedelta(hours=2)
    quiet: timedelta = timedelta(hours=24)
    followed: timedelta = timedelta(days=7)
    first_retry: timedelta = timedelta(minutes=1)
    last_retry: timedelta = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class ScheduledPoll:
    """When, and the reason in words for the operator."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PackageActivity:
    """What decides how soon a package may change.

    newest_release_at: first upload of its newest release, None where the index tells no times. is_watched: somebody
    waits for a wheel of it. closes_releases: the 14-day rule is taken to hold. is_followed: the index's root page
    tells serials, and is read far more often than any page.
    """

    newest_release_at: datetime | None
    is_watched: bool
    closes_releases: bool
    is_followed: bool


def after_answer(name: str, now: datetime, known: PackageActivity, cadence: PollIntervals) -> ScheduledPoll:
    """The next poll after an answer: soon while a release may still get files, rarely when all is quiet."""
    if known.is_followed:
        return ScheduledPoll(
            now + _spread(name, cadence.followed), "followed by serial: polled when the root page moves"
        )
    newest = known.newest_release_at
    is_open = newest is not None and now - newest < RELEASE_OPEN_FOR
    if is_open and known.closes_releases:
        return ScheduledPoll(now + _spread(name, cadence.open_release), "a release is open for new files")
    if known.is_watched:
        return ScheduledPoll(now + _spread(name, cadence.watched), "somebody watches a cell of it")
    if is_open:
        return ScheduledPoll(now + _spread(name, cadence.watched), "it had a release lately")
    return ScheduledPoll(now + _spread(name, cadence.quiet), "quiet")


def after_failure(name: str, now: datetime, failures: int, cadence: PollIntervals) -> ScheduledPoll:
    """The next try after `failures` in a row (1 or more): doubling, with a ceiling."""
    wait = min(cadence.first_retry * 2 ** min(failures - 1, 20), cadence.last_retry)
    return ScheduledPoll(now + _spread(name, wait), f"failed {failures} time{'s' if failures > 1 else ''} in a row")


def after_old_page(name: str, now: datetime, cadence: PollIntervals) -> ScheduledPoll:
    """The next try after a page that is older than what the index has said elsewhere."""
    return ScheduledPoll(now + _spread(name, cadence.first_retry), "its page is older than its serial")


def after_throttle(name: str, until: datetime, host: str) -> ScheduledPoll:
    """When a host that asked to be left alone may be asked again: not everybody in the same second."""
    return ScheduledPoll(until + _share(name) * timedelta(seconds=20), f"{host} asked to be left alone")


def _spread(name: str, span: timedelta) -> timedelta:
    """The span, up to a tenth shorter: fixed for a name, so that due times do not bunch."""
    return span * (1 - _share(name) / 10)


def _share(name: str) -> float:
    """A number from 0 to below 1, fixed for a name."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=2).digest()) / 65536
