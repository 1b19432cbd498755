"""The proof of one cell, ready to be read: why, what a person would see, what to do, how it arrives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from projects.domain.assessment.verdicts import Severity, Verdict
from projects.presentation.columns import Column


@dataclass(frozen=True, slots=True)
class Offered:
    """A version that installs, with the file that proves it. `uploaded_at` is aware, UTC, or None."""

    version: str
    file: str
    uploaded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything that is stored about one package on one target."""

    column: Column
    name: str
    version: str
    verdict: Verdict
    severity: Severity
    why: str
    would_see: str
    to_do: str
    arrives_by: tuple[str, ...]
    file: str
    tag: str
    uploaded_at: datetime | None
    yanked: bool
    unofficial: bool
    first: Offered | None
    latest: Offered | None

    @property
    def is_waiting(self) -> bool:
        """Whether there is something to watch for: what is ready or not needed has nothing more to come."""
        return self.verdict not in (Verdict.READY, Verdict.INACTIVE)


def proof_of(stored: Mapping[str, Any], column: Column) -> Proof:
    """The proof from a stored package row (design §10)."""
    return Proof(
        column=column,
        name=stored["name"],
        version=stored["version"] or "",
        verdict=Verdict(stored["verdict"]),
        severity=Severity(stored.get("severity") or "none"),
        why=_sentence(stored.get("reason") or ""),
        would_see=stored.get("error") or "",
        to_do=stored.get("advice") or "",
        arrives_by=_arrivals(stored),
        file=stored.get("file") or "",
        tag=stored.get("tag") or "",
        uploaded_at=_moment(stored.get("uploaded_at")),
        yanked=bool(stored.get("yanked")),
        unofficial=bool(stored.get("unofficial")),
        first=_offered(stored.get("first_available")),
        latest=_offered(stored.get("latest_available")),
    )


def _arrivals(stored: Mapping[str, Any]) -> tuple[str, ...]:
    places = []
    direct = stored.get("direct", False)
    if direct is not False:
        how = "direct" if direct else "listed, not said whether direct"
        place = ", ".join(filter(None, (how, stored.get("source"))))
        places.append(f"{place} line {stored['line']}" if stored.get("line") else place)
    places += [" → ".join(path) for path in stored.get("paths") or [] if len(path) > 1]
    return tuple(places) or ("pinned in the file",)


def _offered(stored: Mapping[str, Any] | None) -> Offered | None:
    if not stored:
        return None
    return Offered(str(stored["version"]), stored.get("file") or "", _moment(stored.get("uploaded_at")))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _sentence(text: str) -> str:
    """As a sentence: a capital first, a full stop last. A text that begins with a file's name keeps its case."""
    if not text:
        return ""
    first = text.split(maxsplit=1)[0]
    start = text if not first.isalpha() else text[0].upper() + text[1:]
    return start if start.endswith((".", "?")) else f"{start}."
