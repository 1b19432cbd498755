"""A round of polling: find out who is due, hand that out in batches, and work a batch off."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils import timezone
from structlog.contextvars import bound_contextvars

from scanner.domain.polling import after_failure
from scanner.models import Index, Package
from scanner.sealed import SealBroken
from scanner.services.indexes import IndexClient, client_of
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
from scanner.services.polling.results import PollResult, cadence
from scanner.services.shutdown import stop_requested

logger = logging.getLogger(__name__)

_UNUSABLE = "the address or the login of its index cannot be used"
# Goes when the broker's memory goes, as the queued polls do.
_QUEUE_MARK = "wheelway:polls-are-queued"


class DatabaseAway(Exception):
    """The database was lost in a batch. `held` names the turns that may still be taken: whoever goes on with the
    batch gives them back first."""

    def __init__(self, error: Exception, held: datetime) -> None:
        super().__init__(str(error))
        self.held = held


def poll_if_due(package_id: int, now: datetime | None = None) -> PollResult:
    """Poll unless somebody has done so meanwhile or the package is gone; then nothing is asked."""
    index = Index.objects.filter(packages=package_id).first()
    client = _client(index) if index is not None else None
    if client is None:
        return PollResult.NOT_DUE
    with bound_contextvars(package=package_id):
        return poll_package(package_id, client, now or timezone.now(), if_due=True)


def unqueue(package_ids: Collection[int]) -> None:
    """Let the next tick queue these: their message is lost, or done with."""
    Package.objects.filter(pk__in=package_ids).update(queued_until=None)


def requeue_lost_polls() -> int:
    """Let everything be queued again when Redis has lost its memory, and the queued polls with it. Returns how many.

    Else they would wait for their marks to run out. A poll that is queued twice is done once.
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
        # Nothing can be queued now; the tick that can will ask again.
        logger.warning("redis does not answer: %s", error)
        return 0
    if forgotten:
        logger.warning("the queue of polls was lost: %s packages are queued again", forgotten)
    return forgotten


def queue_due(now: datetime) -> Iterator[list[int]]:
    """Batches of packages that are due, marked as queued: of two schedulers at once each package goes to one.

    At most `WHEELWAY_QUEUE_MOST` at a time, so that what a new user asks for never waits behind a whole round. The
    longest due come first; a batch is of one index.
    """
    due = Package.objects.due(now).values_list("pk", "index_id")[: settings.WHEELWAY_QUEUE_MOST]
    by_index: dict[int, list[int]] = {}
    for pk, index_id in due:
        by_index.setdefault(index_id, []).append(pk)
    size = settings.WHEELWAY_POLL_BATCH
    for pks in by_index.values():
        for start in range(0, len(pks), size):
            mine = Package.objects.queue(pks[start : start + size], now)
            if mine:
                yield mine


def poll_batch(package_ids: Collection[int], *, seconds: float, held: datetime | None = None) -> dict[str, int]:
    """Poll those of these packages that are still due; returns how many ended in which outcome.

    All are claimed by one statement, and those of which nothing is new are ended by one transaction: a round in
    which nothing changed costs little beside its requests. After `seconds`, or when this process is told to stop, no
    new poll is begun, and the rest can be queued by the next tick at once.

    Raises DatabaseAway when the database is lost on the way. Called again with its `held`, the batch goes on.
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
    clients = {
        index.pk: _client(index) for index in Index.objects.filter(pk__in={claim.index_id for claim in claims.values()})
    }
    unchanged: list[UnchangedPoll] = []
    try:
        for claim in claims.values():
            client = clients[claim.index_id]
            if time.monotonic() >= end or stop_requested():
                break
            if client is None:
                again = timezone.now() + cadence().last_retry
                release_claim(claim, due_at=again, due_reason=_UNUSABLE, last_error=_UNUSABLE)
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
    """A page that the database refuses fails its own package, not its batch. Where not even that can be written (the
    disk is full), the error goes on."""
    now, failures = timezone.now(), claim.failures + 1
    told = f"its page could not be stored: {' '.join(str(error).split())}"
    logger.error("poll failed package=%s error=%s", claim.name, told)
    again = after_failure(claim.name, now, failures, cadence())
    release_claim(claim, failures=failures, last_error=told, due_at=again.at, due_reason=again.reason[:80])
    stats.count(PollResult.FAILED.value, 0, now)
    return PollResult.FAILED


def _drop_connection() -> None:
    """Go on with a fresh connection: a signal may have left the old one in the middle of a statement."""
    if not connection.in_atomic_block:
        connection.close()


def _client(index: Index) -> IndexClient | None:
    try:
        return client_of(index)
    except SealBroken:
        logger.exception("index=%s its login was sealed with a key that is gone", index.pk)
    except ValueError:
        logger.exception("index=%s its address cannot be used", index.pk)
    return None
