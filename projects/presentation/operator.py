"""What the operator's page says of the figures: the answer first, each in one sentence with what to do. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from projects.presentation.freshness import say_span

# A tick queues what is due every 30 seconds, and a batch takes about as long.
DUE_TOO_LONG = timedelta(minutes=15)
# Events of a release that is still being uploaded wait for six hours at most.
EVENT_TOO_LONG = timedelta(hours=7)
# The last try of a message comes an hour after it was made.
MESSAGE_TOO_LONG = timedelta(hours=2)


# What each metric says.
MEANINGS = {
    "wheelway_packages": "Packages known.",
    "wheelway_packages_due": "Packages that are due now.",
    "wheelway_packages_ended": "Packages that are never polled again unless somebody asks.",
    "wheelway_packages_queued": "Packages whose poll waits in the queue.",
    "wheelway_packages_being_polled": "Packages in the hands of a worker.",
    "wheelway_packages_failing": "Packages whose last poll failed.",
    "wheelway_packages_never_answered": "Packages that no index has answered for yet.",
    "wheelway_oldest_due_seconds": "For how long the longest due package is due.",
    "wheelway_oldest_queued_seconds": "For how long the oldest poll waits in the queue.",
    "wheelway_events_unprocessed": "Wheel events that nobody has handled yet.",
    "wheelway_oldest_event_seconds": "For how long the oldest of them waits.",
    "wheelway_releases_unsettled": "Releases that may still be being uploaded.",
    "wheelway_last_answer_timestamp_seconds": "When an index answered last.",
    "wheelway_polls_last_day": "Polls of the last 24 hours by outcome.",
    "wheelway_page_bytes_last_day": "Bytes of pages read in the last 24 hours by outcome.",
    "wheelway_messages_waiting": "E-mails that wait for their next try.",
    "wheelway_oldest_message_seconds": "For how long the oldest of them waits.",
    "wheelway_messages_stuck": "E-mails that were handed over without word of what became of them.",
    "wheelway_messages_last_day": "E-mails made in the last 24 hours by how they ended.",
    "wheelway_notes_open": "Changes upstream that stand open on projects.",
    "wheelway_host_gated_seconds": "For how much longer a host is left alone.",
}
# How a poll ended, in words.
OUTCOMES = {
    "changed": "the page has changed",
    "unchanged": "nothing new",
    "older": "an older page than before",
    "missing": "not on the index",
    "failed": "failed",
    "gated": "host left alone",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known at one moment. Ages are None when nothing waits. lately: the span of `answered_lately`."""

    packages: int
    due: int
    oldest_due: timedelta | None
    failing: int
    never_answered: int
    answered_lately: int
    lately: timedelta
    events_waiting: int
    oldest_event: timedelta | None
    last_answer: timedelta | None
    messages_waiting: int = 0
    oldest_message: timedelta | None = None
    messages_stuck: int = 0


class Look(Enum):
    """How a sentence looks: its tint, named as the stylesheet has it, and the sign that tells it without colour."""

    GOOD = "ready", "✓"
    BUSY = "unknown", "…"
    ODD = "upgrade", "!"
    BAD = "blocked", "✕"

    def __init__(self, tint: str, sign: str) -> None:
        self.tint, self.sign = tint, sign


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence and how it looks."""

    look: Look
    words: str


def findings(figures: Figures, closed: Sequence[tuple[str, timedelta]]) -> list[Finding]:
    """What an operator should know, the state of the round first. closed: hosts, and how long each is left alone."""
    if not figures.packages:
        return [Finding(Look.BUSY, "No package is known yet. Add a project, and its packages are polled.")]
    told = [_round(figures)]
    if figures.never_answered:
        told.append(_filling(figures))
    for host, left in closed:
        told.append(Finding(Look.ODD, f"{host} asked to be left alone for {_span(left)} more."))
    if figures.failing:
        one = figures.failing == 1
        told.append(
            Finding(
                Look.ODD,
                f"{figures.failing:,} {_packages(figures.failing)} could not be asked about. What was stored of "
                f"{'it' if one else 'them'} stays, and {'it is' if one else 'they are'} tried again.",
            )
        )
    if figures.oldest_event is not None and figures.oldest_event > EVENT_TOO_LONG:
        words = f"{figures.events_waiting:,} wheel events wait, the oldest for {_span(figures.oldest_event)}."
        told.append(Finding(Look.ODD, f"{words} Does a worker take the queue “alerts”?"))
    return told + _messages(figures)


def _messages(figures: Figures) -> list[Finding]:
    told = []
    if figures.oldest_message is not None and figures.oldest_message > MESSAGE_TOO_LONG:
        words = f"{_mails(figures.messages_waiting)} unsent, the oldest for {_span(figures.oldest_message)}."
        told.append(Finding(Look.ODD, f"{words} Does a worker take the queue “alerts”?"))
    if figures.messages_stuck:
        words = f"{_mails(figures.messages_stuck)} with a worker that died, and may have left."
        told.append(Finding(Look.ODD, f"{words} docs/alerts.md says what to do."))
    return told


def _mails(number: int) -> str:
    return f"{number:,} message{' is' if number == 1 else 's are'}"


def _round(figures: Figures) -> Finding:
    if figures.oldest_due is None or not figures.due:
        of = f"None of the {figures.packages:,} packages is due" if figures.packages > 1 else "The package is not due"
        return Finding(Look.GOOD, f"{of}: all is as current as planned.")
    verb = "is" if figures.due == 1 else "are"
    words = f"{figures.due:,} of {figures.packages:,} {_packages(figures.packages)} {verb} due"
    if figures.oldest_due <= DUE_TOO_LONG:
        return Finding(Look.GOOD, f"{words}, the first for {_span(figures.oldest_due)}.")
    words += f", the first for {_span(figures.oldest_due)}."
    if figures.last_answer is None or figures.last_answer > DUE_TOO_LONG:
        never = figures.last_answer is None
        silence = "ever answered" if never else f"answered for {_span(figures.last_answer or timedelta(0))}"
        words += f" No index has {silence}: do beat and a worker for the queue “polling” run?"
        return Finding(Look.BAD, words)
    return Finding(Look.ODD, f"{words} The workers do not keep up: start more for the queue “polling”.")


def _filling(figures: Figures) -> Finding:
    done = figures.packages - figures.never_answered
    words = f"{done:,} of {figures.packages:,} packages have been asked about once or more"
    return Finding(Look.BUSY, f"{words}{remaining(figures)}.")


def remaining(figures: Figures) -> str:
    """ "; 12 a minute lately, about 3 hours left" for a first fill, or nothing where no rate is known."""
    if not figures.answered_lately or not figures.never_answered:
        return ""
    left = figures.lately * (figures.never_answered / figures.answered_lately)
    rate = figures.answered_lately / (figures.lately / timedelta(minutes=1))
    return f"; {rate:,.1f} a minute lately, about {_span(left)} left"


def _packages(number: int) -> str:
    return "package" if number == 1 else "packages"


def _span(span: timedelta) -> str:
    return say_span(span) or "less than a minute"
