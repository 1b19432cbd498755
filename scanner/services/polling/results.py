"""What a poll ended in, stored: a new or an older page, a name that is not there, a fault; and when to ask again."""

from __future__ import annotations

import logging
from datetime import datetime
from enum import Enum

from django.conf import settings
from django.db import transaction

from scanner.domain.index_page.page import IndexPage
from scanner.domain.polling import (
    PackageActivity,
    PollIntervals,
    ScheduledPoll,
    after_answer,
    after_failure,
    after_old_page,
    after_throttle,
)
from scanner.index.client import FreshPage
from scanner.index.errors import HostThrottled, IndexFault, NoSuchPackage
from scanner.models import Package, PackageState, RowChecksums, WheelEvent, WheelEventKind
from scanner.services.polling.claims import PollClaim, UnchangedPoll, is_followed, lock_claimed_package, release_claim
from scanner.services.storage.page import Stored, store_changes, store_page
from scanner.services.storage.sql import select_rows, update_rows

logger = logging.getLogger(__name__)

# A package with stored files must be gone this many times in a row, each after a longer wait, before it counts as
# gone: an index may answer 404 in an outage too.
GONE_AFTER = 6
# A server that hands out an older page than before has a stale copy; how much older is not said.
OLDER_PAGE = "the index answered with an older page than before"


class PollResult(Enum):
    """What one poll ended in."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OLDER = "older"
    MISSING = "missing"
    FAILED = "failed"
    THROTTLED = "gated"
    NOT_DUE = "not due"


def row_checksums_of(package_id: int) -> bytes:
    """Of the package's page as it was last stored; empty where there are none. One query."""
    stored = next(select_rows(RowChecksums, ("checksums",), "package_id = %s", [package_id]), (b"",))
    return bytes(stored[0])


def unchanged(claim: PollClaim, now: datetime) -> UnchangedPoll:
    """The end of a turn in which nothing was new, for the caller to end with others."""
    return UnchangedPoll(
        claim, now, _next_poll(claim, claim.newest_release_at, now), after_old_page(claim.name, now, cadence())
    )


def store_answer(claim: PollClaim, answer: FreshPage, now: datetime) -> PollResult:
    """End the turn with a page: files, releases and wheel events in one transaction. NOT_DUE, and nothing stored, when
    the turn is another's by now."""
    with transaction.atomic():
        package = lock_claimed_package(claim)
        if package is None:
            return PollResult.NOT_DUE
        if _is_older(package, answer):
            result = PollResult.OLDER
            package.last_error = OLDER_PAGE
        else:
            result = _store(package, answer, now)
            package.etag = answer.etag or ""
            package.last_modified = answer.last_modified or ""
            package.last_error = ""
        package.state = PackageState.CURRENT
        package.checked_at = now
        package.failures = package.absences = 0
        if result is PollResult.OLDER or _is_behind(package):
            next_poll = after_old_page(package.name, now, cadence())
        else:
            next_poll = _next_poll(claim, package.newest_release_at, now)
        package.due_at, package.due_reason = next_poll.at, next_poll.reason
        package.claimed_until = package.queued_until = None
        update_rows([package], _ANSWERED)
    return result


# All but what others write meanwhile: is_watched and wanted_serial.
_ANSWERED = (
    *("state", "status", "status_reason", "etag", "last_modified", "content_hash", "serial", "revision", "checked_at"),
    *("changed_at", "due_at", "due_reason", "queued_until", "claimed_until", "newest_release_at", "failures"),
    *("absences", "last_error", "files_base", "problems"),
)


def _is_older(package: Package, answer: FreshPage) -> bool:
    serial = answer.page.serial
    return serial is not None and package.serial is not None and serial < package.serial


def _is_behind(package: Package) -> bool:
    """Whether the root page has promised a newer page than this one."""
    wanted, serial = package.wanted_serial, package.serial
    return wanted is not None and serial is not None and wanted > serial


def _store(package: Package, answer: FreshPage, now: datetime) -> PollResult:
    is_first = package.revision == 0
    page, stored = _store_files(package, answer, now)
    checksums = RowChecksums(package_id=package.pk, checksums=answer.checksums)
    if is_first:
        RowChecksums.objects.bulk_create(
            [checksums], update_conflicts=True, unique_fields=["package"], update_fields=["checksums"]
        )
    else:
        update_rows([checksums], ["checksums"])
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


def _store_files(package: Package, answer: FreshPage, now: datetime) -> tuple[IndexPage, Stored]:
    """Store the rows that differ when they tell everything, else the whole page."""
    if answer.vanished is None:
        return answer.page, store_page(package, answer.page, now)
    # A row that was skipped before is in no print's file.
    stored = store_changes(package, answer.page, answer.vanished, now) if not package.problems else None
    if stored is not None:
        return answer.page, stored
    page = answer.whole()
    return page, store_page(package, page, now)


def store_missing(claim: PollClaim, error: NoSuchPackage, now: datetime) -> PollResult:
    """End the turn of a name that is not there.

    A package without stored data ends here; one with data keeps it, and is gone for good after some tries.
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
            due_reason="not on the index; asked for again when a project names it",
        )
    else:
        again = after_failure(claim.name, now, 2 * absences, cadence())
        reason = f"not there {absences} time{'s' if absences > 1 else ''} in a row"
        release_claim(claim, absences=absences, last_error=str(error), due_at=again.at, due_reason=reason)
    return PollResult.MISSING


def store_fault(claim: PollClaim, error: IndexFault, now: datetime) -> PollResult:
    """End the turn with the next try: stored data stay."""
    # The index is unwell, so its earlier 404 may have been an error too.
    if isinstance(error, HostThrottled):
        again = after_throttle(claim.name, max(error.until, now), error.host)
        release_claim(claim, absences=0, last_error=str(error), due_at=again.at, due_reason=again.reason)
        return PollResult.THROTTLED
    failures = claim.failures + 1
    again = after_failure(claim.name, now, failures, cadence())
    release_claim(
        claim, absences=0, failures=failures, last_error=str(error), due_at=again.at, due_reason=again.reason[:80]
    )
    logger.warning("poll failed package=%s error=%s", claim.name, error)
    return PollResult.FAILED


def _next_poll(claim: PollClaim, newest_release_at: datetime | None, now: datetime) -> ScheduledPoll:
    known = PackageActivity(
        newest_release_at,
        claim.is_watched,
        claim.closes_releases,
        is_followed(claim.root_checked_at, now, settings.WHEELWAY_ROOT_PATIENCE),
    )
    return after_answer(claim.name, now, known, cadence())


def cadence() -> PollIntervals:
    """How often to poll, from the settings."""
    return PollIntervals(**settings.WHEELWAY_CADENCE)
