"""A known break as a row of the page that lists them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from scanner.domain.evidence.known_breaks import KnownBreak
from scanner.domain.evidence.wheel_reading import source_text
from scanner.domain.phrases import join_words
from scanner.domain.translation import gettext, noop

_ORIGINS = {
    "shipped": noop("comes with Wheelway"),
    "operator": noop("the operator's file"),
    "wheel": noop("read from the wheel"),
    "team": noop("the team"),
}


class _User(Protocol):
    def get_username(self) -> str: ...


class _Statement(Protocol):
    pk: int
    reason: str
    made_at: datetime
    ended_at: datetime | None

    @property
    def made_by(self) -> _User | None: ...

    @property
    def ended_by(self) -> _User | None: ...


class Statement(Struct, frozen=True):
    """What a team says of a break: who and when, why, and its end."""

    pk: int
    reason: str
    by: str
    at: datetime
    ended_by: str
    ended_at: datetime | None


class BreakRow(Struct, frozen=True):
    """One known break. `own` is the statement that added it, `contested` the one against it, in force."""

    key: str
    package: str
    partner: str
    versions: str
    where: str
    fails: str
    symptom: str
    first_good: str
    source: str
    origin: str
    own: Statement | None = None
    contested: Statement | None = None

    @property
    def is_ended(self) -> bool:
        """Whether the team has taken it back."""
        return self.own is not None and self.own.ended_at is not None


def break_row(
    fact: KnownBreak, origin: str, *, own: _Statement | None = None, contested: _Statement | None = None
) -> BreakRow:
    """Return the row of a known break."""
    return BreakRow(
        key=fact.key,
        package=fact.package,
        partner=fact.partner.name if fact.partner is not None else "",
        versions=str(fact.versions),
        where=where_text(fact),
        fails=fact.action,
        symptom=fact.symptom,
        first_good=fact.first_good,
        source=source_text(fact.source),
        origin=gettext(_ORIGINS[origin]),
        own=_statement(own) if own is not None else None,
        contested=_statement(contested) if contested is not None else None,
    )


def where_text(fact: KnownBreak) -> str:
    """Return where a break happens: "Python >=3.13, beside numpy >=2, unless setuptools <82 is there"."""
    parts = []
    if str(fact.pythons):
        parts.append(gettext("Python {versions}").format(versions=fact.pythons))
    if fact.free_threaded:
        parts.append(gettext("without the GIL"))
    if fact.partner is not None:
        partner = f"{fact.partner.name} {fact.partner.versions}"
        parts.append(gettext("beside {package}").format(package=partner))
    if fact.unless:
        others = join_words([f"{one.name} {one.versions}".strip() for one in fact.unless], "or")
        parts.append(gettext("unless {packages} is there").format(packages=others))
    return ", ".join(parts)


def _statement(row: _Statement) -> Statement:
    former = gettext("a former member")
    return Statement(
        row.pk,
        row.reason,
        row.made_by.get_username() if row.made_by is not None else former,
        row.made_at,
        row.ended_by.get_username() if row.ended_by is not None else former,
        row.ended_at,
    )
