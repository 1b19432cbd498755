"""The findings on the operator's page: the most important first, each one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import Enum

from msgspec import Struct

from projects.presentation.freshness import format_span
from scanner.domain.health import RATE_SPAN, PollingHealth, ResultCount, ThrottledHost
from scanner.domain.phrases import agree

# A tick queues what is due every 30 seconds, and a batch takes about as long.
_DUE_TOO_LONG = timedelta(minutes=15)
# Events of a release that is still being uploaded wait for six hours at most.
_EVENT_TOO_LONG = timedelta(hours=7)
# The last try of a message comes an hour after it was made.
_MESSAGE_TOO_LONG = timedelta(hours=2)
_ALERTS_QUEUE = "Does a worker consume the queue “alerts”?"
RESULT_LABELS = {
    "changed": "the page has changed",
    "unchanged": "nothing new",
    "older": "an older page than before",
    "missing": "not on the index",
    "failed": "failed",
    "gated": "host throttled",
}


class MessagesHealth(Struct, frozen=True):
    """The state of outgoing mail. Ages are None when nothing waits; sent, failed: of the messages of the last day.

    stuck: handed to a worker that has not reported a result. notes: open notes of all projects.
    """

    waiting: int
    oldest: timedelta | None
    stuck: int
    sent: int
    failed: int
    notes: int


class OperatorFigures(Struct, frozen=True):
    """All figures of one moment, for the operator's page and for /metrics. polls: of the last 24 hours."""

    now: datetime
    polling: PollingHealth
    messages: MessagesHealth
    polls: Sequence[ResultCount]
    throttled: Sequence[ThrottledHost]

    @property
    def bytes_read(self) -> int:
        """Return how many bytes of pages were read in the last 24 hours."""
        return sum(count.size for count in self.polls)

    @property
    def unchanged_share(self) -> float | None:
        """Return the share of answers that said that nothing changed; None without answers."""
        answered = {count.result: count.polls for count in self.polls if count.result in ("changed", "unchanged")}
        total = sum(answered.values())
        return answered.get("unchanged", 0) / total if total else None

    @property
    def labelled_polls(self) -> list[tuple[str, ResultCount]]:
        """Return each poll result with its label."""
        return [(RESULT_LABELS.get(count.result, count.result), count) for count in self.polls]


class FindingLevel(Enum):
    """How urgent a finding is: its tint, as the stylesheet names it, and a sign for readers without colour."""

    GOOD = "ready", "✓"
    BUSY = "unknown", "…"
    WARNING = "upgrade", "!"
    ERROR = "blocked", "✕"

    def __init__(self, tint: str, sign: str) -> None:
        self.tint, self.sign = tint, sign


class Finding(Struct, frozen=True):
    """One sentence and its level."""

    level: FindingLevel
    text: str


def findings(figures: OperatorFigures) -> list[Finding]:
    """Return what an operator should know, the state of polling first."""
    polling = figures.polling
    if not polling.packages:
        return [Finding(FindingLevel.BUSY, "No package is known yet. Packages are polled when a project is added.")]
    found = [_polling_state(figures)]
    if polling.never_answered:
        # What no index has answered for is not known, and so not up to date.
        found = [finding for finding in found if finding.level is not FindingLevel.GOOD]
        done = polling.packages - polling.never_answered
        text = f"{done:,} of {polling.packages:,} packages have been polled at least once{fill_rate_text(polling)}."
        found.append(Finding(FindingLevel.BUSY, text))
    return found + [Finding(FindingLevel.WARNING, text) for text in _warnings(figures)]


def _warnings(figures: OperatorFigures) -> Iterator[str]:
    polling, messages = figures.polling, figures.messages
    for host in figures.throttled:
        yield f"{host.host} asked for a pause: no requests are sent to it for {_span_text(host.until - figures.now)}."
    if failing := polling.failing:
        yield (
            f"{_packages(failing)} could not be polled. {agree(failing, 'Its', 'Their')} stored data "
            f"{agree(failing, 'is kept, and the poll is', 'are kept, and the polls are')} retried."
        )
    if polling.oldest_event is not None and polling.oldest_event > _EVENT_TOO_LONG:
        waiting = polling.events_waiting
        yield (
            f"{waiting:,} wheel {agree(waiting, 'event is', 'events are')} waiting, the oldest for "
            f"{_span_text(polling.oldest_event)}. {_ALERTS_QUEUE}"
        )
    if messages.oldest is not None and messages.oldest > _MESSAGE_TOO_LONG:
        yield f"{_messages(messages.waiting)} unsent, the oldest for {_span_text(messages.oldest)}. {_ALERTS_QUEUE}"
    if messages.stuck:
        yield (
            f"{_messages(messages.stuck)} assigned to a worker that died, and may have been sent. "
            "See docs/alerts.md for what to do."
        )


def _polling_state(figures: OperatorFigures) -> Finding:
    polling = figures.polling
    if polling.oldest_due is None or not polling.due:
        of = f"None of the {_packages(polling.packages)} is due" if polling.packages > 1 else "The package is not due"
        return Finding(FindingLevel.GOOD, f"{of}: everything is up to date.")
    text = (
        f"{polling.due:,} of {_packages(polling.packages)} {agree(polling.due, 'is', 'are')} due, the oldest for "
        f"{_span_text(polling.oldest_due)}."
    )
    if polling.oldest_due <= _DUE_TOO_LONG:
        return Finding(FindingLevel.GOOD, text)
    silence = figures.now - polling.last_answer_at if polling.last_answer_at is not None else None
    if silence is None or silence > _DUE_TOO_LONG:
        answered = "ever answered" if silence is None else f"answered for {_span_text(silence)}"
        question = f"No index has {answered}: are beat and a worker for the queue “polling” running?"
        return Finding(FindingLevel.ERROR, f"{text} {question}")
    return Finding(FindingLevel.WARNING, f"{text} The workers are too slow: start more for the queue “polling”.")


def fill_rate_text(polling: PollingHealth) -> str:
    """Return "; 12 a minute lately, about 3 hours left" for a first fill, or nothing where the rate is unknown."""
    if not polling.answered_lately or not polling.never_answered:
        return ""
    left = RATE_SPAN * (polling.never_answered / polling.answered_lately)
    rate = polling.answered_lately / (RATE_SPAN / timedelta(minutes=1))
    about = f"about {span}" if (span := format_span(left)) else "less than a minute"
    return f"; {rate:,.1f} a minute lately, {about} left"


def _packages(number: int) -> str:
    return f"{number:,} {agree(number, 'package', 'packages')}"


def _messages(number: int) -> str:
    return f"{number:,} {agree(number, 'message is', 'messages are')}"


def _span_text(span: timedelta) -> str:
    return format_span(span) or "less than a minute"
