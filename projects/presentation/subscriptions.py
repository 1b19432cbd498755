"""View models of the alerts page: watches, followed projects and their messages."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from projects.domain.assessment.verdicts import Verdict
from projects.domain.cadence import Cadence
from projects.domain.mail_choices import MailChoice, MailKind
from scanner.domain.translation import gettext, noop

# How often a digest comes, for the choice on the page.
CADENCE_NAMES = (
    (Cadence.SOON.value, noop("an hour after a change")),
    (Cadence.DAILY.value, noop("every day at 8")),
    (Cadence.WEEKLY.value, noop("on Mondays at 8")),
    (Cadence.MONTHLY.value, noop("on the first of the month at 8")),
)
# The kinds of mail, for the choices on the account page.
KIND_NAMES = {
    MailKind.WHEEL: noop("A watched package gets a wheel"),
    MailKind.TARGET: noop("A package no longer blocks a watched target"),
    MailKind.REGRESSION: noop("A release drops a target of a followed project"),
    MailKind.YANK: noop("A version in use is yanked"),
    MailKind.STATUS: noop("A package is archived, deprecated or quarantined"),
    MailKind.PUSH: noop("A push makes a followed project worse"),
    MailKind.CAP: noop("A cap of a followed project can be lifted"),
}
CHOICE_NAMES = {
    MailChoice.USUAL: noop("As usual"),
    MailChoice.AT_ONCE: noop("At once"),
    MailChoice.DIGEST: noop("In the digest of the project"),
    MailChoice.OFF: noop("Never"),
}
_MESSAGE_STATES = {
    "queued": noop("waiting to be sent"),
    "sending": noop("passed to the mail server, no answer yet"),
    "sent": noop("sent"),
    "failed": noop("not sent"),
    "skipped": noop("not needed any more"),
}


class WatchState(StrEnum):
    """The state of a watch. A watch is satisfied, and ends, when its message is sent."""

    ACTIVE = "active"
    SATISFIED = "satisfied"
    STOPPED = "stopped"


class MessageRow(Struct, frozen=True):
    """One message. `error` is the mail server's last answer, or why the message was skipped.

    `version` and `filename` are those of a watch's wheel; `notes` is the number of notes in a digest; `fell` are the
    packages that no longer blocked a watched target, and `is_clear` whether none was left.
    """

    version: str
    filename: str
    notes: int
    state: str
    attempts: int
    error: str
    created_at: datetime
    sent_at: datetime | None
    fell: tuple[str, ...] = ()
    is_clear: bool = False

    @property
    def state_text(self) -> str:
        """Return the state for the page."""
        return gettext(_MESSAGE_STATES[self.state])


class WatchRow(Struct, frozen=True):
    """One watch with its messages, newest first.

    `verdict` is from the project's newest assessment; `is_assessed`: whether that has the package on the target.
    """

    pk: int
    package: str
    target: str
    target_label: str
    project: str
    project_slug: str
    above_version: str
    since: datetime
    ended_at: datetime | None
    state: WatchState
    is_assessed: bool
    verdict: Verdict
    verdict_text: str
    messages: tuple[MessageRow, ...]


class TargetWatchRow(Struct, frozen=True):
    """One watch of a whole target with its messages, newest first. `blockers` are those of the last report."""

    pk: int
    project: str
    project_slug: str
    target: str
    target_label: str
    blockers: tuple[str, ...]
    since: datetime
    ended_at: datetime | None
    state: WatchState
    messages: tuple[MessageRow, ...]


class FollowRow(Struct, frozen=True):
    """One of the user's projects with its last digests, newest first.

    `pk` is the subscription's; None if the user has never followed the project. `turned_off` are the kinds of messages
    that a link of one turned off.
    """

    pk: int | None
    project: str
    project_slug: str
    since: datetime | None
    ended_at: datetime | None
    messages: tuple[MessageRow, ...]
    cadence: str = Cadence.SOON.value
    zone: str = ""
    turned_off: tuple[str, ...] = ()

    @property
    def is_active(self) -> bool:
        """Whether the user follows the project now."""
        return self.pk is not None and self.ended_at is None


def kind_clause(kind: MailKind) -> str:
    """Return what a message is about, to follow a colon."""
    name = gettext(KIND_NAMES[kind])
    return f"{name[:1].lower()}{name[1:]}"


def verdict_text(verdict: Verdict, first_available: str) -> str:
    """Return a watched cell's verdict in a few words. `first_available` is the first version that works, or ""."""
    match verdict:
        case Verdict.READY:
            return gettext("installs from a wheel")
        case Verdict.DEGRADED:
            return gettext("installs, but only from a slower wheel or by a build")
        case Verdict.UPGRADE:
            if first_available:
                return gettext("works from {version}").format(version=first_available)
            return gettext("works after an upgrade")
        case Verdict.HELD_BACK:
            return gettext("installs only in an old version")
        case Verdict.NOT_JUDGED:
            return gettext("not judged")
        case Verdict.IGNORED:
            return gettext("ignored by the team")
        case Verdict.BLOCKED:
            return gettext("no version works yet")
        case Verdict.UNKNOWN:
            return gettext("not known yet")
        case Verdict.INACTIVE:
            return gettext("not needed here")
