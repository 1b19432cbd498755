"""What a poll ended in, stored: a new or an older page, a name that is not there, a fault; and when to ask again."""

from __future__ import annotations

import logging
from datetime import datetime
from enum import Enum

from django.conf import settings
from django.db import transaction

from scanner.domain.index_page.page import IndexPage
from scanner.domain.polling import Cadence, Known, NextPoll, after_answer, after_failure, after_gate, after_old_page
from scanner.index.client import FreshPage
from scanner.index.errors import HostGated, IndexFault, NoSuchPackage
from scanner.models import Package, PackageState, PagePrints, WheelEvent, WheelEventKind
from scanner.services.polling.claims import Turn, Unchanged, end_turn, is_followed, lock_turn
from scanner.services.storage.page import Stored, store_changes, store_page
from scanner.services.storage.sql import select_rows, update_rows

logger = logging.getLogger(__name__)

# A package with stored files must be gone this many times in a row, each after a longer wait, before it counts as
# gone: an index may answer 404 in an outage too.
GONE_AFTER = 6
# A server that hands out an older page than before has a stale copy; how much older is not said.
OLDER_PAGE = "the index answered with an older page than before"


class Outcome(Enum):
    """What one poll ended in."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OLDER = "older"
    MISSING = "missing"
    FAILED = "failed"
    GATED = "gated"
    NOT_DUE = "not due"


def prints_of(package_id: int) -> bytes:
    """Of the package's page as it was last stored; empty where there are none. One query."""
    stored = next(select_rows(PagePrints, ("prints",), "package_id = %s", [package_id]), (b"",))
    return bytes(stored[0])


def unchanged(turn: Turn, now: datetime) -> Unchanged:
    """The end of a turn in which nothing was new, for the caller to end with others."""
    return Unchanged(
        turn, now, _next_poll(turn, turn.newest_release_at, now), after_old_page(turn.name, now, cadence())
    )


def store_answer(turn: Turn, answer: FreshPage, now: datetime) -> Outcome:
    """End the turn with a page: files, releases and wheel events in one transaction. NOT_DUE, and nothing stored, when
    the turn is another's by now."""
    with transaction.atomic():
        package = lock_turn(turn)
        if package is None:
            return Outcome.NOT_DUE
        if _is_older(package, answer):
            outcome = Outcome.OLDER
            package.last_error = OLDER_PAGE
        else:
            outcome = _store(package, answer, now)
            package.etag = answer.etag or ""
            package.last_modified = answer.last_modified or ""
            package.last_error = ""
        package.state = PackageState.CURRENT
        package.checked_at = now
        package.failures = package.absences = 0
        if outcome is Outcome.OLDER or _is_behind(package):
            next_poll = after_old_page(package.name, now, cadence())
        else:
            next_poll = _next_poll(turn, package.newest_release_at, now)
        package.due_at, package.due_reason = next_poll.at, next_poll.reason
        package.claimed_until = package.queued_until = None
        update_rows([package], _ANSWERED)
    return outcome


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


def _store(package: Package, answer: FreshPage, now: datetime) -> Outcome:
    is_first = package.revision == 0
    page, stored = _store_files(package, answer, now)
    prints = PagePrints(package_id=package.pk, prints=answer.prints)
    if is_first:
        PagePrints.objects.bulk_create(
            [prints], update_conflicts=True, unique_fields=["package"], update_fields=["prints"]
        )
    else:
        update_rows([prints], ["prints"])
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
    return Outcome.CHANGED if changed else Outcome.UNCHANGED


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


def store_absence(turn: Turn, error: NoSuchPackage, now: datetime) -> Outcome:
    """End the turn of a name that is not there.

    A package without stored data ends here; one with data keeps it, and is gone for good after some tries.
    """
    absences = turn.absences + 1
    if turn.state in (PackageState.PENDING, PackageState.MISSING) or absences >= GONE_AFTER:
        end_turn(
            turn,
            state=PackageState.MISSING,
            checked_at=now,
            absences=absences,
            last_error=str(error),
            due_at=None,
            due_reason="not on the index; asked for again when a project names it",
        )
    else:
        again = after_failure(turn.name, now, 2 * absences, cadence())
        reason = f"not there {absences} time{'s' if absences > 1 else ''} in a row"
        end_turn(turn, absences=absences, last_error=str(error), due_at=again.at, due_reason=reason)
    return Outcome.MISSING


def store_fault(turn: Turn, error: IndexFault, now: datetime) -> Outcome:
    """End the turn with the next try: stored data stay."""
    # The index is unwell, so its earlier 404 may have been an error too.
    if isinstance(error, HostGated):
        again = after_gate(turn.name, max(error.until, now), error.host)
        end_turn(turn, absences=0, last_error=str(error), due_at=again.at, due_reason=again.reason)
        return Outcome.GATED
    failures = turn.failures + 1
    again = after_failure(turn.name, now, failures, cadence())
    end_turn(turn, absences=0, failures=failures, last_error=str(error), due_at=again.at, due_reason=again.reason[:80])
    logger.warning("poll failed package=%s error=%s", turn.name, error)
    return Outcome.FAILED


def _next_poll(turn: Turn, newest_release_at: datetime | None, now: datetime) -> NextPoll:
    known = Known(
        newest_release_at,
        turn.is_watched,
        turn.closes_releases,
        is_followed(turn.root_checked_at, now, settings.WHEELWAY_ROOT_PATIENCE),
    )
    return after_answer(turn.name, now, known, cadence())


def cadence() -> Cadence:
    """How often to poll, from the settings."""
    return Cadence(**settings.WHEELWAY_CADENCE)
