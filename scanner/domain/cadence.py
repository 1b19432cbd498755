"""When a package is polled next, and why. Pure: "now" is an argument."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

# The public index lets files join a release only in its first 14 days (an inference, per index).
RELEASE_OPEN_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often to poll, each a setting."""

    open_release: timedelta = timedelta(minutes=30)
    watched: timedelta = timedelta(hours=2)
    quiet: timedelta = timedelta(hours=24)
    first_retry: timedelta = timedelta(minutes=1)
    last_retry: timedelta = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class NextPoll:
    """When, and the reason in words for the operator."""

    at: datetime
    reason: str


def after_answer(
    name: str,
    now: datetime,
    newest_release_at: datetime | None,
    *,
    watched: bool,
    closes_releases: bool,
    cadence: Cadence,
) -> NextPoll:
    """The next poll after an answer: soon while a release may still get files, rarely when all is quiet."""
    is_open = newest_release_at is not None and now - newest_release_at < RELEASE_OPEN_FOR
    if is_open and closes_releases:
        return NextPoll(now + _spread(name, cadence.open_release), "a release is open for new files")
    if watched:
        return NextPoll(now + _spread(name, cadence.watched), "somebody watches a cell of it")
    if is_open:
        return NextPoll(now + _spread(name, cadence.watched), "it had a release lately")
    return NextPoll(now + _spread(name, cadence.quiet), "quiet")


def after_failure(name: str, now: datetime, failures: int, cadence: Cadence) -> NextPoll:
    """The next try after `failures` in a row (1 or more): doubling, with a ceiling."""
    wait = min(cadence.first_retry * 2 ** min(failures - 1, 20), cadence.last_retry)
    return NextPoll(now + _spread(name, wait), f"failed {failures} time{'s' if failures > 1 else ''} in a row")


def _spread(name: str, span: timedelta) -> timedelta:
    """The span, up to a tenth shorter: fixed for a name, so that due times do not bunch."""
    share = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=2).digest()) / 65536
    return span * (1 - share / 10)
