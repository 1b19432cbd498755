"""A round of polling: find out who is due, hand that out in batches, and work a batch off."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from scanner.models import Index, Package
from scanner.sealed import SealBroken
from scanner.services import tallies
from scanner.services.indexes import IndexClient, client_of
from scanner.services.polling import Outcome, cadence, poll_package, poll_turn
from scanner.services.turns import Unchanged, end_turn, end_unchanged, take_due_turns

logger = logging.getLogger(__name__)

_UNUSABLE = "the address or the login of its index cannot be used"


def poll_if_due(package_id: int, now: datetime | None = None) -> Outcome:
    """Poll unless somebody has done so meanwhile or the package is gone; then nothing is asked."""
    index = Index.objects.filter(packages=package_id).first()
    client = _client(index) if index is not None else None
    if client is None:
        return Outcome.NOT_DUE
    return poll_package(package_id, client, now or timezone.now(), if_due=True)


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


def poll_batch(package_ids: Collection[int], *, seconds: float) -> dict[str, int]:
    """Poll those of these packages that are still due; returns how many ended in which outcome.

    All are claimed by one statement, and those of which nothing is new are ended by one transaction: a round in
    which nothing changed costs little beside its requests. After `seconds` no new poll is begun, and the rest can be
    queued by the next tick at once: a worker that is told to stop has its hands free soon.
    """
    end = time.monotonic() + seconds
    outcomes: dict[str, int] = {}
    turns = take_due_turns(package_ids, timezone.now()) if seconds > 0 else {}
    clients = {
        index.pk: _client(index) for index in Index.objects.filter(pk__in={turn.index_id for turn in turns.values()})
    }
    unchanged: list[Unchanged] = []
    left = [pk for pk in package_ids if pk not in turns]
    begun = set()
    try:
        for pk, turn in turns.items():
            client = clients[turn.index_id]
            if time.monotonic() >= end:
                break
            begun.add(pk)
            if client is None:
                again = timezone.now() + cadence().last_retry
                end_turn(turn, due_at=again, due_reason=_UNUSABLE, last_error=_UNUSABLE)
                continue
            outcome = poll_turn(turn, client, timezone.now(), unchanged)
            outcomes[outcome.value] = outcomes.get(outcome.value, 0) + 1
    finally:
        # Also when a database error or the soft time limit ends the batch: others may go on at once.
        end_unchanged(unchanged)
        for pk, turn in turns.items():
            if pk not in begun:
                end_turn(turn)
    if left:
        outcomes[Outcome.NOT_DUE.value] = len(left)
        Package.objects.filter(pk__in=left).update(queued_until=None)
    tallies.flush()
    return outcomes


def _client(index: Index) -> IndexClient | None:
    try:
        return client_of(index)
    except SealBroken:
        logger.exception("index=%s its login was sealed with a key that is gone", index.pk)
    except ValueError:
        logger.exception("index=%s its address cannot be used", index.pk)
    return None
