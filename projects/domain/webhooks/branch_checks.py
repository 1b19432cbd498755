"""When a followed branch is looked at without word of a push, and which of the due ones one round takes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from projects.domain.webhooks.clone_urls import InvalidCloneUrl, parse_clone_url

# The longest wait after failures, unless the wait between any two checks is longer.
MOST_WAIT = timedelta(days=1)
# A wait is drawn from this much less to this much more, so that repositories do not come to be asked all at once.
SPREAD = 0.2
# Repositories of one host that one round asks for.
PER_HOST = 5


def next_check(now: datetime, every: timedelta, failures: int, share: float) -> datetime:
    """The moment of the next check: after `every`, twice as long with each failure in a row, up to MOST_WAIT.

    `share`, from 0 to 1 and drawn at random, spreads the moments over SPREAD.
    """
    wait = min(every * (1 << min(failures, 10)), max(every, MOST_WAIT))
    return now + wait * (1 - SPREAD + 2 * SPREAD * share)


def latest_check(now: datetime, every: timedelta) -> datetime:
    """Nothing is planned for later than this, unless by a clock that jumped."""
    return now + max(every, MOST_WAIT) * (1 + SPREAD)


def first_check(now: datetime, every: timedelta, share: float) -> datetime:
    """The moment of the first check of a repository, somewhere in the time between two."""
    return now + every * share


def is_fresh(checked_at: datetime | None, now: datetime, every: timedelta) -> bool:
    """Whether a delivery brought word of the branch so lately that its host need not be asked."""
    return checked_at is not None and checked_at > now - every * (1 - SPREAD)


def select_round(due: Iterable[tuple[int, str]]) -> Iterator[tuple[str, int]]:
    """(host, id) of the (id, clone address) to ask in this round, in order, no more than PER_HOST of one host.

    An address that cannot be read has the host "": its check says so, and asks nobody.
    """
    asked: dict[str, int] = {}
    for repository, clone_url in due:
        host = _host(clone_url)
        if asked.get(host, 0) < PER_HOST:
            asked[host] = asked.get(host, 0) + 1
            yield host, repository


def _host(clone_url: str) -> str:
    try:
        return parse_clone_url(clone_url).host
    except InvalidCloneUrl:
        return ""
