"""View models of the indexes page: each index with its role, login and state."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from projects.domain.assessment.verdicts import Verdict
from projects.presentation.asking import ask_every
from projects.presentation.shares import some_packages
from scanner.domain.translation import gettext, pgettext

# How often the page asks while polls are to come, in seconds.
_ASK_EVERY = 3


class IndexCounts(Struct, frozen=True):
    """The number of a project's packages on one index, by state. `error` is that of a failed poll."""

    total: int = 0
    present: int = 0
    waiting: int = 0
    failing: int = 0
    answered_at: datetime | None = None
    error: str = ""


class IndexLine(Struct, frozen=True):
    """One index of the page, without its login. `pk` is None for the installation's own."""

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
    throttled_until: datetime | None

    @property
    def is_waiting(self) -> bool:
        """Whether polls are still to come, so that the page refreshes."""
        return self.look is Verdict.UNKNOWN and not self.error

    def ask_every(self, now: datetime) -> int:
        """Return how many seconds the page waits before it asks again: longer while the host asked for a pause."""
        left = timedelta() if self.throttled_until is None else self.throttled_until - now
        return ask_every(left, _ASK_EVERY)


def describe_state(counts: IndexCounts) -> tuple[Verdict, str]:
    """Return the state of an index and its text. It is blocked only if every package failed."""
    if not counts.total:
        return Verdict.UNKNOWN, gettext("Not used yet")
    some = some_packages(counts.present, counts.total)
    if counts.failing:
        look = Verdict.BLOCKED if counts.failing == counts.total else Verdict.UPGRADE
        text = gettext("{number} of {total} could not be read; has {some}")
        return look, text.format(number=counts.failing, total=counts.total, some=some)
    if counts.waiting:
        text = gettext("{number} of {total} still to be polled; has {some}")
        return Verdict.UNKNOWN, text.format(number=counts.waiting, total=counts.total, some=some)
    return Verdict.READY, gettext("Has {some}").format(some=some)


def login_text(*, is_set: bool, opens: bool) -> str:
    """Return whether the index is used with a login, and never the login itself."""
    if not is_set:
        return pgettext("login", "none")
    return pgettext("login", "set") if opens else gettext("cannot be decrypted any more: enter it again")
