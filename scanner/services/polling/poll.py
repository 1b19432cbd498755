"""Poll packages: request their pages, store what changed, and set the time of the next poll."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, nullcontext, suppress
from contextvars import copy_context
from datetime import datetime
from functools import partial

from django.db import DatabaseError, connection

from scanner.index.answers import NotModified
from scanner.index.client import IndexClient
from scanner.index.errors import IndexFault, NoSuchPackage
from scanner.index.turns import reading_turn
from scanner.services.polling.claims import PollClaim, UnchangedPoll, claim_poll, release_claims, release_unchanged
from scanner.services.polling.results import (
    PollResult,
    row_checksums_of,
    store_answer,
    store_fault,
    store_missing,
    unchanged,
)
from scanner.services.polling.stats import count

logger = logging.getLogger(__name__)


def poll_package(package_id: int, client: IndexClient, now: datetime, *, if_due: bool = False) -> PollResult:
    """Request the package's page once and store the answer. No request is made inside a transaction.

    Files, releases and wheel events are stored in one transaction. A fault is a result, not an exception: the stored
    data are kept and the time of the next try is set. NOT_DUE, without a request, if another worker holds the claim.
    """
    claim = claim_poll(package_id, now, if_due=if_due)
    if claim is None:
        return PollResult.NOT_DUE
    unchanged_polls: list[UnchangedPoll] = []
    try:
        with _named_in_log(package_id):
            result = poll_claimed(claim, client, now, unchanged_polls)
        release_unchanged(unchanged_polls)
    except BaseException:
        # A database error or a time limit ended the poll: another worker may claim the package at once.
        with suppress(DatabaseError):
            release_claims([package_id], claim.until)
        raise
    return result


def _named_in_log(package_id: int) -> AbstractContextManager[object]:
    """Return a context whose log records name the package."""
    if not logger.isEnabledFor(logging.INFO):
        # A command shows errors alone, and importing structlog takes as long as a dozen polls.
        return nullcontext()
    from structlog.contextvars import bound_contextvars

    return bound_contextvars(package=package_id)


def poll_claimed(
    claim: PollClaim, client: IndexClient, now: datetime, unchanged_polls: list[UnchangedPoll]
) -> PollResult:
    """Poll a claimed package as `poll_package` does.

    If nothing is new, the result is appended to `unchanged_polls` for the caller to store (`release_unchanged`).
    """
    size = 0
    try:
        answer = client.page(
            claim.name,
            etag=claim.etag or None,
            last_modified=claim.last_modified or None,
            content_hash=claim.content_hash or None,
            checksums=partial(row_checksums_of, claim.pk),
        )
        if isinstance(answer, NotModified):
            unchanged_polls.append(unchanged(claim, now))
            result = PollResult.UNCHANGED
        else:
            with reading_turn:
                result = store_answer(claim, answer, now)
            size = answer.size
    except NoSuchPackage as error:
        result = store_missing(claim, error, now)
    except IndexFault as error:
        result = store_fault(claim, error, now)
    count(result.value, size, now)
    logger.info("polled package=%s id=%s outcome=%s", claim.name, claim.pk, result.value)
    return result


def poll_many(
    package_ids: Iterable[int],
    client: IndexClient,
    now: datetime,
    *,
    on_polled: Callable[[int, PollResult], None],
    workers: int,
) -> None:
    """Poll several packages at once in threads of this process, and call `on_polled` for each that is done."""

    def poll(package_id: int) -> PollResult:
        try:
            return poll_package(package_id, client, now)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=workers) as pool:
        # A new thread does not inherit the context of log records.
        futures = {pool.submit(copy_context().run, poll, package_id): package_id for package_id in package_ids}
        for future in as_completed(futures):
            on_polled(futures[future], future.result())
