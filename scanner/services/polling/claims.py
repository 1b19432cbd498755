"""One worker's turn at one package: taken and ended by one statement each, so that no two polls overlap.

A turn is named by the moment at which its claim runs out. Who ends a turn that has run out and was taken by another
changes nothing: an answer that comes too late is dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, transaction

from scanner.domain.polling import CLOCK_SKEW, ScheduledPoll
from scanner.models import CLAIM_FOR, LONGEST_WAIT, Package, PackageState
from scanner.services.shutdown import stop_requested
from scanner.services.storage.sql import select_rows


@dataclass(frozen=True, slots=True)
class PollClaim:
    """A claimed package as it was stored when the turn began. `until` names the turn."""

    pk: int
    index_id: int
    name: str
    state: str
    etag: str
    last_modified: str
    content_hash: str
    serial: int | None
    failures: int
    absences: int
    is_watched: bool
    newest_release_at: datetime | None
    closes_releases: bool
    root_checked_at: datetime | None
    until: datetime


def claim_poll(package_id: int, now: datetime, *, if_due: bool = False) -> PollClaim | None:
    """Claim the package; None when another worker has it, when it is gone, or with `if_due` when it is not due.

    None as well when this process was told to stop: it begins nothing new. A claim or due time far ahead was written
    by a clock that jumped, and does not count.
    """
    if stop_requested():
        return None
    until = claim_expiry(now)
    moment = connection.ops.adapt_datetimefield_value
    parameters = [moment(until), package_id, moment(now), moment(until + CLOCK_SKEW)]
    if if_due:
        parameters += [moment(now), moment(now + LONGEST_WAIT)]
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_IF_DUE if if_due else _TAKE, parameters)
        row = cursor.fetchone()
    return _claim_from_row(row, until) if row is not None else None


def claim_due_polls(package_ids: Collection[int], now: datetime) -> dict[int, PollClaim]:
    """As `claim_poll` with `if_due`, for several packages by one statement; without those that are not to be had."""
    if not package_ids or stop_requested():
        return {}
    until = claim_expiry(now)
    moment = connection.ops.adapt_datetimefield_value
    # A moment more: of two workers the one that looked at its clock first may come second, and must not take the
    # other's turn for one of the future.
    times = [moment(now), moment(until + CLOCK_SKEW), moment(now), moment(now + LONGEST_WAIT)]
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_DUE.format(", ".join(["%s"] * len(package_ids))), [moment(until), *package_ids, *times])
        rows = cursor.fetchall()
    return {row[0]: _claim_from_row(row, until) for row in rows}


def _claim_from_row(row: Sequence[Any], until: datetime) -> PollClaim:
    pk, index_id, name, state, etag, modified, digest, serial, failures, absences, watched, newest, closes, root = row
    polled = (pk, index_id, name, state, etag, modified, digest, serial, failures, absences, bool(watched))
    return PollClaim(*polled, _moment(newest), bool(closes), _moment(root), until)


@dataclass(frozen=True, slots=True)
class UnchangedPoll:
    """The end of a turn in which the index said that nothing is new.

    behind: the next poll when the root page says otherwise.
    """

    claim: PollClaim
    now: datetime
    next_poll: ScheduledPoll
    behind: ScheduledPoll


def release_unchanged(ends: Sequence[UnchangedPoll]) -> None:
    """Note for each that the index answered. A turn that had run out and is another's by now is left alone."""
    if len(ends) == 1:
        with connection.cursor() as cursor:
            cursor.execute(_END, _end_parameters(ends[0]))
    elif ends:
        # In one order, so that two workers never wait for each other in a circle.
        ordered = sorted(ends, key=lambda end: end.claim.pk)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(_END, [_end_parameters(end) for end in ordered])


def _end_parameters(end: UnchangedPoll) -> tuple[Any, ...]:
    moment = connection.ops.adapt_datetimefield_value
    times = (moment(end.behind.at), moment(end.next_poll.at), end.behind.reason, end.next_poll.reason)
    return (PackageState.CURRENT.value, moment(end.now), *times, end.claim.pk, moment(end.claim.until))


def lock_claimed_package(claim: PollClaim) -> Package | None:
    """The package with its row locked until the transaction ends; None when the turn is another's by now."""
    where, moment = "id = %s AND claimed_until = %s", connection.ops.adapt_datetimefield_value
    row = next(select_rows(Package, _ALL, where, [claim.pk, moment(claim.until)], lock=True), None)
    return Package.from_db(DEFAULT_DB_ALIAS, _ALL, row) if row is not None else None


_ALL = tuple(field.attname for field in Package._meta.concrete_fields)  # noqa: SLF001  Django documents it as its API


def release_claim(claim: PollClaim, **changes: object) -> bool:
    """End the turn and write these fields. False, and nothing written, when it is another's by now."""
    mine = Package.objects.filter(pk=claim.pk, claimed_until=claim.until)
    return mine.update(claimed_until=None, queued_until=None, **changes) == 1


def claim_expiry(now: datetime) -> datetime:
    """The moment that names the turns taken at `now`: known before it is certain that they were taken."""
    return now + CLAIM_FOR


def release_claims(package_ids: Collection[int], until: datetime) -> int:
    """End those turns of this name that nothing has ended, and write nothing else: others may go on at once."""
    mine = Package.objects.filter(pk__in=package_ids, claimed_until=until)
    return mine.update(claimed_until=None, queued_until=None)


def _moment(value: object) -> datetime | None:
    """A time as a driver gives it: SQLite's as text."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value if isinstance(value, datetime) else None


def is_followed(root_checked_at: datetime | None, now: datetime, patience: timedelta) -> bool:
    """Whether the root page has told serials lately enough to rely on it; a time ahead is of a clock that jumped."""
    return root_checked_at is not None and abs(now - root_checked_at) < patience


# Django's own UPDATE cannot give back what it claimed. The columns are in the order of Turn's fields.
_COLUMNS = (
    "id, index_id, name, state, etag, last_modified, content_hash, serial, failures, absences, is_watched,"
    " newest_release_at"
)
_OF_INDEX = "(SELECT {0} FROM scanner_index WHERE scanner_index.id = scanner_package.index_id)"
_RETURNING = f"{_COLUMNS}, {_OF_INDEX.format('closes_releases')}, {_OF_INDEX.format('root_checked_at')}"
_CLAIM = (
    "UPDATE scanner_package SET claimed_until = %s"
    " WHERE id = %s AND (claimed_until IS NULL OR claimed_until <= %s OR claimed_until > %s)"
)
_TAKE_DUE = (
    "UPDATE scanner_package SET claimed_until = %s WHERE id IN ({0})"  # noqa: S608  filled with parameter marks
    " AND (claimed_until IS NULL OR claimed_until <= %s OR claimed_until > %s) AND (due_at <= %s OR due_at > %s)"
    f" RETURNING {_RETURNING}"
)
_TAKE = f"{_CLAIM} RETURNING {_RETURNING}"
_TAKE_IF_DUE = f"{_CLAIM} AND (due_at <= %s OR due_at > %s) RETURNING {_RETURNING}"
_IS_BEHIND = "wanted_serial IS NOT NULL AND serial IS NOT NULL AND wanted_serial > serial"
_END = (
    "UPDATE scanner_package SET state = %s, checked_at = %s, failures = 0, absences = 0, last_error = '',"  # noqa: S608  as above
    f" due_at = CASE WHEN {_IS_BEHIND} THEN %s ELSE %s END,"
    f" due_reason = CASE WHEN {_IS_BEHIND} THEN %s ELSE %s END,"
    " claimed_until = NULL, queued_until = NULL"
    " WHERE id = %s AND claimed_until = %s"
)
