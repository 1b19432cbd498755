"""Claims on packages: each is taken and released by one statement, so that polls of a package never overlap.

A claim is identified by the time at which it expires. Releasing a claim that has expired and been taken by another
worker changes nothing: an answer that comes too late is dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import Q
from msgspec import Struct
from msgspec.structs import fields

from scanner.domain.next_poll import CLOCK_SKEW, NextPoll
from scanner.models import CLAIM_FOR, LONGEST_WAIT, Package, PackageState
from scanner.services.shutdown import stop_requested
from scanner.services.storage.sql import marks, select_rows


class PollClaim(Struct, frozen=True):
    """A claimed package as it was stored when it was claimed. `until` identifies the claim."""

    pk: int
    index_id: int
    name: str
    state: str
    etag: str
    last_modified: str
    content_hash: str
    serial: int | None
    revision: int
    failures: int
    absences: int
    is_watched: bool
    newest_release_at: datetime | None
    closes_releases: bool
    root_checked_at: datetime | None
    until: datetime


class UnchangedPoll(Struct, frozen=True):
    """A poll that found nothing new. behind: the next poll if the root page has announced a newer serial."""

    claim: PollClaim
    now: datetime
    next_poll: NextPoll
    behind: NextPoll


def claim_poll(package_id: int, now: datetime, *, if_due: bool = False) -> PollClaim | None:
    """Claim a package and return the claim, or None.

    None if another worker holds a claim, if the package is gone, if it is not due (with `if_due`), or if this process
    was asked to stop. A claim or due time too far ahead was written by a clock that jumped, and is ignored.
    """
    return _claim([package_id], now, if_due=if_due).get(package_id)


def claim_due_polls(package_ids: Collection[int], now: datetime) -> dict[int, PollClaim]:
    """Claim those of these packages that are due and unclaimed, by one statement."""
    return _claim(package_ids, now, if_due=True)


def _claim(package_ids: Collection[int], now: datetime, *, if_due: bool) -> dict[int, PollClaim]:
    if not package_ids or stop_requested():
        return {}
    until = claim_expiry(now)
    moment = connection.ops.adapt_datetimefield_value
    # A clock may be a moment behind that of the worker whose claim it sees: such a claim is not one of the future.
    times = [now, until + CLOCK_SKEW, *([now, now + LONGEST_WAIT] if if_due else [])]
    where = f"id IN {marks(package_ids)} AND {_UNCLAIMED}{_DUE if if_due else ''}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE scanner_package SET claimed_until = %s WHERE {where} RETURNING {_RETURNING}",  # noqa: S608  constants and parameter marks
            [moment(until), *package_ids, *map(moment, times)],
        )
        rows = cursor.fetchall()
    return {row[0]: _claim_from_row(row, until) for row in rows}


def _claim_from_row(row: Sequence[Any], until: datetime) -> PollClaim:
    values = dict(zip(_CLAIM_FIELDS, row, strict=True))
    for name in ("newest_release_at", "root_checked_at"):
        values[name] = _aware(values[name])
    for name in ("is_watched", "closes_releases"):
        values[name] = bool(values[name])
    return PollClaim(**values, until=until)


def release_unchanged(polls: Sequence[UnchangedPoll]) -> None:
    """Store for each that the index answered, and release its claim unless that has expired and been taken over."""
    if len(polls) == 1:
        with connection.cursor() as cursor:
            cursor.execute(_RELEASE_UNCHANGED, _unchanged_parameters(polls[0]))
    elif polls:
        # In a fixed order, so that two workers never wait for each other in a circle.
        ordered = sorted(polls, key=lambda poll: poll.claim.pk)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(_RELEASE_UNCHANGED, [_unchanged_parameters(poll) for poll in ordered])


def _unchanged_parameters(poll: UnchangedPoll) -> tuple[Any, ...]:
    moment = connection.ops.adapt_datetimefield_value
    times = (moment(poll.behind.at), moment(poll.next_poll.at), poll.behind.reason, poll.next_poll.reason)
    return (PackageState.CURRENT.value, moment(poll.now), *times, poll.claim.pk, moment(poll.claim.until))


def lock_claimed_package(claim: PollClaim) -> Package | None:
    """Return the package with its row locked for the transaction; None if another worker has taken the claim over."""
    where, until = "id = %s AND claimed_until = %s", connection.ops.adapt_datetimefield_value(claim.until)
    row = next(select_rows(Package, _ALL, where, [claim.pk, until], lock=True), None)
    return Package.from_db(DEFAULT_DB_ALIAS, _ALL, row) if row is not None else None


_ALL = tuple(field.attname for field in Package._meta.concrete_fields)  # noqa: SLF001  Django documents it as its API


def release_claim(claim: PollClaim, **changes: object) -> bool:
    """Release the claim and write these fields. False, with nothing written, if another worker has taken it over."""
    mine = Package.objects.filter(pk=claim.pk, claimed_until=claim.until)
    return mine.update(claimed_until=None, queued_until=None, **changes) == 1


def release_claims(package_ids: Collection[int], until: datetime) -> int:
    """Release those claims of this expiry that are still held, without storing a result. Return how many."""
    mine = Package.objects.filter(pk__in=package_ids, claimed_until=until)
    return mine.update(claimed_until=None, queued_until=None)


def clear_claims() -> int:
    """Release every claim and queue mark, for a start after which no queue holds the polls. Return how many."""
    held = Package.objects.filter(Q(claimed_until__isnull=False) | Q(queued_until__isnull=False))
    return held.update(claimed_until=None, queued_until=None)


def claim_expiry(now: datetime) -> datetime:
    """Return the time at which claims taken at `now` expire. It identifies them even before they are taken."""
    return now + CLAIM_FOR


def is_followed(root_checked_at: datetime | None, now: datetime, patience: timedelta) -> bool:
    """Return whether the root page gave serials recently. A time in the future is that of a clock that jumped."""
    return root_checked_at is not None and abs(now - root_checked_at) < patience


def _aware(value: object) -> datetime | None:
    """Return a time as an aware datetime. The driver of SQLite gives text."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value if isinstance(value, datetime) else None


# Raw SQL: Django's UPDATE cannot return the rows it claimed.
_CLAIM_FIELDS = tuple(field.name for field in fields(PollClaim) if field.name != "until")
_OF_INDEX = "(SELECT {0} FROM scanner_index WHERE scanner_index.id = scanner_package.index_id)"
_EXPRESSIONS = {
    "pk": "id",
    "closes_releases": _OF_INDEX.format("closes_releases"),
    "root_checked_at": _OF_INDEX.format("root_checked_at"),
}
_RETURNING = ", ".join(_EXPRESSIONS.get(name, name) for name in _CLAIM_FIELDS)
_UNCLAIMED = "(claimed_until IS NULL OR claimed_until <= %s OR claimed_until > %s)"
_DUE = " AND (due_at <= %s OR due_at > %s)"
_IS_BEHIND = "wanted_serial IS NOT NULL AND serial IS NOT NULL AND wanted_serial > serial"
_RELEASE_UNCHANGED = (
    "UPDATE scanner_package SET state = %s, checked_at = %s, failures = 0, absences = 0, last_error = '',"  # noqa: S608  as above
    f" due_at = CASE WHEN {_IS_BEHIND} THEN %s ELSE %s END,"
    f" due_reason = CASE WHEN {_IS_BEHIND} THEN %s ELSE %s END,"
    " claimed_until = NULL, queued_until = NULL"
    " WHERE id = %s AND claimed_until = %s"
)
