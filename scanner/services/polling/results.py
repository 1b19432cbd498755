"""Store the result of a poll (a page, a missing name, a fault) and the time of the next poll."""

from __future__ import annotations

import logging
from datetime import datetime
from enum import Enum

from django.conf import settings
from django.db import transaction

from scanner.domain.index_faults import OLDER_PAGE
from scanner.domain.index_page.page import IndexPage
from scanner.domain.next_poll import (
    NextPoll,
    PackageActivity,
    PollIntervals,
    after_answer,
    after_failure,
    after_old_page,
    after_throttle,
    missing_reason,
)
from scanner.domain.translation import noop
from scanner.index.answers import FreshPage
from scanner.index.errors import HostThrottled, IndexFault, NoSuchPackage
from scanner.models import Package, PackageState, RowChecksums, WheelEvent, WheelEventKind
from scanner.services.polling.claims import PollClaim, UnchangedPoll, is_followed, lock_claimed_package, release_claim
from scanner.services.storage.first_page import FirstPage, prepare_first_page
from scanner.services.storage.page import FileCounts, store_changes, store_first_page, store_page
from scanner.services.storage.sql import select_rows, update_rows, write_row

logger = logging.getLogger(__name__)

# A package with stored files counts as missing after this many 404 in a row, each after a longer wait: an index may
# answer 404 in an outage too.
GONE_AFTER = 6


class PollResult(Enum):
    """The result of one poll. Its values are stored and are labels of /metrics."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OLDER = "older"
    MISSING = "missing"
    FAILED = "failed"
    THROTTLED = "gated"
    NOT_DUE = "not due"


def row_checksums_of(package_id: int) -> bytes:
    """Return the row checksums of the package's page as last stored, empty for none. One query."""
    stored = next(select_rows(RowChecksums, ("checksums",), "package_id = %s", [package_id]), (b"",))
    return bytes(stored[0])


def unchanged(claim: PollClaim, now: datetime) -> UnchangedPoll:
    """Return the result of a poll that found nothing new, for the caller to store together with others."""
    return UnchangedPoll(
        claim, now, _next_poll(claim, claim.newest_release_at, now), after_old_page(claim.name, now, poll_intervals())
    )


def store_answer(claim: PollClaim, answer: FreshPage, now: datetime) -> PollResult:
    """Store a page (files, releases and wheel events) and release the claim in one transaction.

    NOT_DUE, with nothing stored, if another worker has taken the claim over. The rows of a first page are made before
    the transaction; they are dropped if the package has a page by then.
    """
    expects_first = claim.revision == 0 and answer.vanished is None
    first = prepare_first_page(claim.pk, claim.name, answer.page) if expects_first else None
    with transaction.atomic():
        package = lock_claimed_package(claim)
        if package is None:
            return PollResult.NOT_DUE
        if _is_older(package, answer):
            result = PollResult.OLDER
            package.last_error = OLDER_PAGE
        else:
            result = _store(package, answer, first, now)
            package.etag = answer.etag or ""
            package.last_modified = answer.last_modified or ""
            package.last_error = ""
        package.state = PackageState.CURRENT
        package.checked_at = now
        package.failures = package.absences = 0
        if result is PollResult.OLDER or _is_behind(package):
            next_poll = after_old_page(package.name, now, poll_intervals())
        else:
            next_poll = _next_poll(claim, package.newest_release_at, now)
        package.due_at, package.due_reason = next_poll.at, next_poll.reason
        package.claimed_until = package.queued_until = None
        update_rows([package], _ANSWERED)
    return result


# All fields but those that other services write meanwhile: is_watched and wanted_serial.
_ANSWERED = (
    *("state", "status", "status_reason", "etag", "last_modified", "content_hash", "serial", "revision", "checked_at"),
    *("changed_at", "due_at", "due_reason", "queued_until", "claimed_until", "newest_release_at", "failures"),
    *("absences", "last_error", "files_base", "problems"),
)


def _is_older(package: Package, answer: FreshPage) -> bool:
    serial = answer.page.serial
    return serial is not None and package.serial is not None and serial < package.serial


def _is_behind(package: Package) -> bool:
    """Return whether the root page has announced a newer serial than that of this page."""
    wanted, serial = package.wanted_serial, package.serial
    return wanted is not None and serial is not None and wanted > serial


def _store(package: Package, answer: FreshPage, first: FirstPage | None, now: datetime) -> PollResult:
    is_first = package.revision == 0
    if is_first and first is not None:
        page, stored = answer.page, store_first_page(package, first, now)
    else:
        page, stored = _store_files(package, answer, now)
    write_row(RowChecksums, {"package": package.pk, "checksums": answer.checksums})
    new_status = package.status != page.status.value
    if new_status and not is_first:
        WheelEvent.objects.create(
            package=package,
            kind=WheelEventKind.STATUS,
            detail=f"{package.status} → {page.status.value}",
            seen_at=now,
        )
    changed = stored.anything or new_status or is_first
    package.status = page.status.value
    package.status_reason = page.status_reason or ""
    package.serial = page.serial
    package.content_hash = answer.content_hash
    package.problems = [
        {"place": problem.place, "text": problem.text, "message": problem.message} for problem in page.problems
    ]
    if changed:
        package.revision += 1
        package.changed_at = now
    return PollResult.CHANGED if changed else PollResult.UNCHANGED


def _store_files(package: Package, answer: FreshPage, now: datetime) -> tuple[IndexPage, FileCounts]:
    """Store the rows that differ, or the whole page where those are not enough."""
    if answer.vanished is None:
        return answer.page, store_page(package, answer.page, now)
    # A row that was skipped before has no stored file, so counting rows would not show a removed one.
    compares = package.revision and not package.problems
    stored = store_changes(package, answer.page, answer.vanished, now) if compares else None
    if stored is not None:
        return answer.page, stored
    page = answer.whole()
    return page, store_page(package, page, now)


def store_missing(claim: PollClaim, error: NoSuchPackage, now: datetime) -> PollResult:
    """Store that the index does not have the package, and release the claim.

    A package without stored data is not polled again. One with stored data keeps it, and is polled until GONE_AFTER.
    """
    absences = claim.absences + 1
    if claim.state in (PackageState.PENDING, PackageState.MISSING) or absences >= GONE_AFTER:
        release_claim(
            claim,
            state=PackageState.MISSING,
            checked_at=now,
            absences=absences,
            last_error=str(error),
            due_at=None,
            due_reason=noop("not on the index; polled again when a project requires it"),
        )
    else:
        again = after_failure(claim.name, now, 2 * absences, poll_intervals())
        reason = missing_reason(absences)
        release_claim(claim, absences=absences, last_error=str(error), due_at=again.at, due_reason=reason)
    return PollResult.MISSING


def store_fault(claim: PollClaim, error: IndexFault, now: datetime) -> PollResult:
    """Keep the stored data, set the time of the next try, and release the claim."""
    # The index has a fault, so its earlier 404 may have been an error too.
    if isinstance(error, HostThrottled):
        again = after_throttle(claim.name, max(error.until, now), error.host)
        release_claim(claim, absences=0, last_error=str(error), due_at=again.at, due_reason=again.reason)
        return PollResult.THROTTLED
    failures = claim.failures + 1
    again = after_failure(claim.name, now, failures, poll_intervals())
    release_claim(
        claim, absences=0, failures=failures, last_error=str(error), due_at=again.at, due_reason=again.reason[:80]
    )
    logger.warning("poll failed package=%s error=%s", claim.name, error)
    return PollResult.FAILED


def _next_poll(claim: PollClaim, newest_release_at: datetime | None, now: datetime) -> NextPoll:
    known = PackageActivity(
        newest_release_at,
        claim.is_watched,
        claim.closes_releases,
        is_followed(claim.root_checked_at, now, settings.WHEELWAY_ROOT_PATIENCE),
    )
    return after_answer(claim.name, now, known, poll_intervals())


def poll_intervals() -> PollIntervals:
    """Return how often to poll, from the settings."""
    return PollIntervals(**settings.WHEELWAY_POLL_INTERVALS)
