"""Scheduling of branch checks, which find pushes whose webhook delivery was lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from projects.domain.webhooks.clone_urls import InvalidCloneUrl, parse_clone_url

# The longest wait after failures, unless the interval itself is longer.
MOST_WAIT = timedelta(days=1)
# Each wait varies by this fraction in both directions, so that checks do not bunch up.
SPREAD = 0.2
# The number of repositories of one host that a round checks.
PER_HOST = 5


def next_check(now: datetime, every: timedelta, failures: int, share: float) -> datetime:
    """Return the time of the next check: `every` from now, doubled for each consecutive failure, up to MOST_WAIT.

    `share`, a random number from 0 to 1, varies the wait by SPREAD.
    """
    wait = min(every * (1 << min(failures, 10)), max(every, MOST_WAIT))
    return now + wait * (1 - SPREAD + 2 * SPREAD * share)


def latest_check(now: datetime, every: timedelta) -> datetime:
    """Return the latest time that a check can be planned for. A later one was planned by a clock that was wrong."""
    return now + max(every, MOST_WAIT) * (1 + SPREAD)


def first_check(now: datetime, every: timedelta, share: float) -> datetime:
    """Return the time of a repository's first check: a random moment within one interval."""
    return now + every * share


def is_fresh(checked_at: datetime | None, now: datetime, every: timedelta) -> bool:
    """Return whether the branch was read so recently, through a delivery, that its check can be skipped."""
    return checked_at is not None and checked_at > now - every * (1 - SPREAD)


def select_round(due: Iterable[tuple[int, str]]) -> Iterator[tuple[str, int]]:
    """Yield (host, id) of the repositories to check in this round, in order, at most PER_HOST of each host.

    `due` are pairs of id and clone URL. An invalid clone URL has the host "": its check records the error.
    """
    counts: Counter[str] = Counter()
    for repository_id, clone_url in due:
        host = _host(clone_url)
        if counts[host] < PER_HOST:
            counts[host] += 1
            yield host, repository_id


def _host(clone_url: str) -> str:
    try:
        return parse_clone_url(clone_url).host
    except InvalidCloneUrl:
        return ""
