"""The waivers of a project as rows of their page."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct

from projects.domain.assessment.waivers import Waiver, WaiverKind
from projects.presentation.columns import column_of
from scanner.domain.translation import gettext, noop

_KINDS = {WaiverKind.ACCEPT_BUILD: noop("build accepted"), WaiverKind.IGNORE: noop("ignored")}


class WaiverCounts(Struct, frozen=True):
    """How many waivers of a project count today, and how many have expired without being ended."""

    in_force: int
    expired: int


class WaiverRow(Struct, frozen=True):
    """One waiver: what was decided, for how long, by whom, and how it stands now. `target` is its slug, or empty."""

    pk: int
    kind: WaiverKind
    text: str
    name: str
    target: str
    where: str
    reason: str
    owner: str
    until: date
    made_by: str
    made_at: datetime
    ended_by: str
    ended_at: datetime | None
    is_in_force: bool
    is_open: bool


def waiver_row(
    pk: int, waiver: Waiver, *, made_by: str, made_at: datetime, ended_by: str, ended_at: datetime | None, now: datetime
) -> WaiverRow:
    """Return the row of a waiver."""
    return WaiverRow(
        pk=pk,
        kind=waiver.kind,
        text=gettext(_KINDS[waiver.kind]),
        name=waiver.name,
        target=waiver.target,
        where=column_of(waiver.target).label if waiver.target else gettext("all targets"),
        reason=waiver.reason,
        owner=waiver.owner,
        until=waiver.until,
        made_by=made_by or gettext("a former member"),
        made_at=made_at,
        ended_by=ended_by or gettext("a former member"),
        ended_at=ended_at,
        is_in_force=ended_at is None and waiver.until >= now.date(),
        is_open=ended_at is None,
    )
