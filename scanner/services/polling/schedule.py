"""Schedule polls: find the packages that are due, queue them in batches, and poll a batch."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import partial

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.models import Q
from django.utils import timezone
from structlog.contextvars import bound_contextvars

from scanner.domain.index_faults import INDEX_NOT_USABLE, NOT_STORED
from scanner.domain.next_poll import CLOCK_SKEW, after_failure
from scanner.domain.translation import noop
from scanner.index.host_limiter import LONGEST_CLOSURE
from scanner.models import Index, Package
from scanner.selectors.rows import in_chunks
from scanner.services.indexes import IndexClient, client_of, usable_client
from scanner.services.polling import stats
from scanner.services.polling.claims import (
    PollClaim,
    UnchangedPoll,
    claim_due_polls,
    claim_expiry,
    release_claim,
    release_claims,
    release_unchanged,
)
from scanner.services.polling.poll import poll_claimed, poll_package
from scanner.services.polling.results import PollResult, poll_intervals
from scanner.services.shutdown import stop_requested

logger = logging.getLogger(__name__)

_CLOCK_JUMPED = noop("its times were set by a clock that jumped")
# Lost together with the broker's memory and the queued polls.
_QUEUE_MARK = "wheelway:polls-are-queued"


class DatabaseAway(Exception):
    """The database connection was lost in a batch.

    held: the expiry of claims that may still be stored. The next try of the batch releases them first.
    """

    def __init__(self, error: Exception, held: datetime) -> None:
        super().__init__(str(error))
        self.held = held


def poll_if_due(package_id: int, now: datetime | None = None) -> PollResult:
    """Poll the package if it is still due. Nothing is requested if it is not, or if it is gone."""
    index = Index.objects.filter(packages=package_id).first()
    client = usable_client(index.pk, partial(client_of, index)) if index is not None else None
    if client is None:
        return PollResult.NOT_DUE
    return poll_package(package_id, client, now or timezone.now(), if_due=True)


def unqueue(package_ids: Collection[int]) -> None:
    """Remove the queue marks of these packages, so that the next tick can queue them."""
    Package.objects.filter(pk__in=package_ids).update(queued_until=None)


def requeue_lost_polls() -> int:
    """Remove all queue marks if Redis has lost its memory, and the queued polls with it. Return how many.

    Otherwise these packages would wait for their marks to expire. A poll that is queued twice is done once.
    """
    if not settings.REDIS_URL:
        return 0
    import redis

    try:
        if cache.get(_QUEUE_MARK) is not None:
            return 0
        forgotten = Package.objects.filter(queued_until__isnull=False).update(queued_until=None)
        cache.set(_QUEUE_MARK, 1, timeout=None)
    except redis.RedisError as error:
        # Nothing can be queued now; a later tick checks again.
        logger.warning("redis does not answer: %s", error)
        return 0
    if forgotten:
        logger.warning("the queue of polls was lost: %s packages are queued again", forgotten)
    return forgotten


def repair_times(now: datetime) -> int:
    """Make packages due whose times were set by a clock that jumped ahead. Return how many.

    Their next poll is further away than any rule puts it, or their last answer is in the future. Other times (claims,
    queue marks, throttled hosts) are checked where they are read.
    """
    longest = max(*settings.WHEELWAY_POLL_INTERVALS.values(), LONGEST_CLOSURE) + CLOCK_SKEW
    answered = Q(checked_at__gt=now + CLOCK_SKEW)
    wrong = answered | Q(due_at__gt=now + longest) | Q(changed_at__gt=now + CLOCK_SKEW)
    pks = list(Package.objects.filter(wrong).values_list("pk", flat=True))
    if not pks:
        return 0
    repaired = Package.objects.filter(pk__in=pks)
    repaired.filter(due_at__isnull=False).update(due_at=now, due_reason=_CLOCK_JUMPED)
    repaired.filter(answered).update(checked_at=now)
    # Assessments that depend on the package are computed again, once.
    repaired.filter(changed_at__gt=now).update(changed_at=now)
    logger.warning("a clock has jumped: the times of %s packages were repaired", len(pks))
    return len(pks)


def queue_due(now: datetime) -> Iterator[list[int]]:
    """Yield batches of due packages, each of one index, the longest due first, and mark them as queued.

    Of two schedulers each package goes to one. At most `WHEELWAY_QUEUE_MOST` are queued at a time, so that the
    packages of a new project never wait behind all others.
    """
    due = Package.objects.due(now).values_list("pk", "index_id")[: settings.WHEELWAY_QUEUE_MOST]
    by_index: dict[int, list[int]] = {}
    for pk, index_id in due:
        by_index.setdefault(index_id, []).append(pk)
    size = settings.WHEELWAY_POLL_BATCH
    for pks in by_index.values():
        for some in in_chunks(pks, size):
            mine = Package.objects.queue(some, now)
            if mine:
                yield mine


def poll_batch(package_ids: Collection[int], *, seconds: float, held: datetime | None = None) -> dict[str, int]:
    """Poll those of these packages that are still due. Return how many polls ended in each result.

    All are claimed by one statement, and the unchanged ones are released in one transaction, so that a batch in which
    nothing changed costs little beside its requests. After `seconds`, or when this process is asked to stop, no new
    poll starts, and the next tick can queue the rest.

    Raises DatabaseAway if the database connection is lost. A call with its `held` continues the batch.
    """
    end, now = time.monotonic() + seconds, timezone.now()
    try:
        if held is not None:
            release_claims(package_ids, held)
        claims = claim_due_polls(package_ids, now) if seconds > 0 else {}
        try:
            results = _poll_claimed(claims, end)
        except BaseException:
            _drop_connection()
            raise
        finally:
            # Also when a time limit or a signal ends the batch.
            release_claims(claims, claim_expiry(now))
        left = [pk for pk in package_ids if pk not in claims]
        if left:
            results[PollResult.NOT_DUE.value] = len(left)
            unqueue(left)
        stats.flush()
    except (OperationalError, InterfaceError) as error:
        raise DatabaseAway(error, claim_expiry(now)) from error
    return results


def _poll_claimed(claims: Mapping[int, PollClaim], end: float) -> dict[str, int]:
    results: dict[str, int] = {}
    indexes = Index.objects.filter(pk__in={claim.index_id for claim in claims.values()})
    clients = {index.pk: usable_client(index.pk, partial(client_of, index)) for index in indexes}
    unchanged: list[UnchangedPoll] = []
    try:
        for claim in claims.values():
            client = clients[claim.index_id]
            if time.monotonic() >= end or stop_requested():
                break
            if client is None:
                again = timezone.now() + poll_intervals().last_retry
                release_claim(claim, due_at=again, due_reason=INDEX_NOT_USABLE, last_error=INDEX_NOT_USABLE)
                continue
            result = _poll(claim, client, unchanged)
            results[result.value] = results.get(result.value, 0) + 1
    finally:
        release_unchanged(unchanged)
    return results


def _poll(claim: PollClaim, client: IndexClient, unchanged: list[UnchangedPoll]) -> PollResult:
    with bound_contextvars(package=claim.pk):
        try:
            return poll_claimed(claim, client, timezone.now(), unchanged)
        except DatabaseError as error:
            if not connection.is_usable():
                raise
            return _not_stored(claim, error)


def _not_stored(claim: PollClaim, error: DatabaseError) -> PollResult:
    """Store that the database refused a page: that fails one package, not its batch.

    Where not even this can be written (the disk is full), the error propagates.
    """
    now, failures = timezone.now(), claim.failures + 1
    message = NOT_STORED.format(error=" ".join(str(error).split()))
    logger.error("poll failed package=%s error=%s", claim.name, message)
    again = after_failure(claim.name, now, failures, poll_intervals())
    release_claim(claim, failures=failures, last_error=message, due_at=again.at, due_reason=again.reason[:80])
    stats.count(PollResult.FAILED.value, 0, now)
    return PollResult.FAILED


def _drop_connection() -> None:
    """Close the connection: a signal may have interrupted it in the middle of a statement."""
    if not connection.in_atomic_block:
        connection.close()
