"""How an index of a project stands, in words: what it is to the installer, when it last answered, what it lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from projects.domain.assessment.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class IndexCounts:
    """The packages of one project on one index, and their polls. `error` is one of those that failed."""

    total: int = 0
    present: int = 0
    waiting: int = 0
    failing: int = 0
    answered_at: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class IndexLine:
    """One index as the page lists it, without its login. `pk` is None for the installation's own."""

    pk: int | None
    url: str
    role: str
    login: str
    takes_login: bool
    closes_releases: bool
    look: Verdict
    state_text: str
    error: str
    answered_at: datetime | None
    gated_until: datetime | None

    @property
    def is_waiting(self) -> bool:
        """Whether the next look may tell more."""
        return self.look is Verdict.UNKNOWN and not self.error


def describe_state(count: IndexCounts) -> tuple[Verdict, str]:
    """The state and the sentence of an index. What was never asked is unknown; one failure is no failure of all."""
    if not count.total:
        return Verdict.UNKNOWN, "Not asked yet"
    has = f"has {count.present} of {count.total} package{'' if count.total == 1 else 's'}"
    if count.failing:
        look = Verdict.BLOCKED if count.failing == count.total else Verdict.UPGRADE
        return look, f"{count.failing} of {count.total} could not be read; {has}"
    if count.waiting:
        return Verdict.UNKNOWN, f"{count.waiting} of {count.total} still to be asked; {has}"
    return Verdict.READY, has.capitalize()


def login_text(*, is_set: bool, opens: bool) -> str:
    """Whether the index is asked with a login; never what it is."""
    if not is_set:
        return "none"
    return "set" if opens else "cannot be opened any more: give it again"
