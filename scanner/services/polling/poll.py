"""Poll a package: ask the index for what changed, store it, and say when to ask again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from contextvars import copy_context
from datetime import datetime
from functools import partial

from django.db import DatabaseError, connection

from scanner.index.client import IndexClient, NotModified
from scanner.index.errors import IndexFault, NoSuchPackage
from scanner.services.log_context import about
from scanner.services.polling.claims import Turn, Unchanged, end_unchanged, give_back, take_turn
from scanner.services.polling.results import Outcome, prints_of, store_absence, store_answer, store_fault, unchanged
from scanner.services.polling.stats import count

logger = logging.getLogger(__name__)


def poll_package(package_id: int, client: IndexClient, now: datetime, *, if_due: bool = False) -> Outcome:
    """Ask the index once for this package and store the answer; no network call is made inside a transaction.

    Files, releases and wheel events are written in one transaction. On any fault the stored data stays and the next
    try is set; a fault is an outcome, not an exception. NOT_DUE, and nothing asked, while another worker polls it.
    """
    turn = take_turn(package_id, now, if_due=if_due)
    if turn is None:
        return Outcome.NOT_DUE
    ends: list[Unchanged] = []
    try:
        with about(package=package_id):
            outcome = poll_turn(turn, client, now, ends)
        end_unchanged(ends)
    except BaseException:
        # A database error or a time limit cut it short: others may go on at once.
        with suppress(DatabaseError):
            give_back([package_id], turn.until)
        raise
    return outcome


def poll_turn(turn: Turn, client: IndexClient, now: datetime, ends: list[Unchanged]) -> Outcome:
    """As `poll_package`, of a package that is claimed. When nothing is new the turn's end is added to `ends`, for the
    caller to write."""
    size = 0
    try:
        answer = client.page(
            turn.name,
            etag=turn.etag or None,
            last_modified=turn.last_modified or None,
            content_hash=turn.content_hash or None,
            prints=partial(prints_of, turn.pk),
        )
        if isinstance(answer, NotModified):
            ends.append(unchanged(turn, now))
            outcome = Outcome.UNCHANGED
        else:
            outcome, size = store_answer(turn, answer, now), answer.size
    except NoSuchPackage as error:
        outcome = store_absence(turn, error, now)
    except IndexFault as error:
        outcome = store_fault(turn, error, now)
    count(outcome.value, size, now)
    logger.info("polled package=%s id=%s outcome=%s", turn.name, turn.pk, outcome.value)
    return outcome


def poll_many(
    package_ids: Iterable[int],
    client: IndexClient,
    now: datetime,
    *,
    on_polled: Callable[[int, Outcome], None],
    workers: int,
) -> None:
    """Poll several packages at once from threads of this process, telling each one that is done."""

    def poll(package_id: int) -> Outcome:
        try:
            return poll_package(package_id, client, now)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=workers) as pool:
        # A thread begins without the context that says what its log lines are about.
        futures = {pool.submit(copy_context().run, poll, package_id): package_id for package_id in package_ids}
        for future in as_completed(futures):
            on_polled(futures[future], future.result())
