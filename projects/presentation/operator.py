"""The findings on the operator's page: the most important first, each one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import Enum

from msgspec import Struct

from projects.presentation.freshness import format_span
from scanner.domain.health import RATE_SPAN, PollingHealth, ResultCount, ThrottledHost
from scanner.domain.phrases import grouped
from scanner.domain.translation import gettext, ngettext, noop

# A tick queues what is due every 30 seconds, and a batch takes about as long.
_DUE_TOO_LONG = timedelta(minutes=15)
# Events of a release that is still being uploaded wait for six hours at most.
_EVENT_TOO_LONG = timedelta(hours=7)
# The last try of a message comes an hour after it was made.
_MESSAGE_TOO_LONG = timedelta(hours=2)
_ALERTS_QUEUE = noop("Does a worker consume the queue “alerts”?")
RESULT_LABELS = {
    "changed": noop("the page has changed"),
    "unchanged": noop("nothing new"),
    "older": noop("an older page than before"),
    "missing": noop("not on the index"),
    "failed": noop("failed"),
    "gated": noop("host throttled"),
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
        return [(gettext(RESULT_LABELS.get(count.result, count.result)), count) for count in self.polls]


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
        text = gettext("No package is known yet. Packages are polled when a project is added.")
        return [Finding(FindingLevel.BUSY, text)]
    found = [_polling_state(figures)]
    if polling.never_answered:
        # What no index has answered for is not known, and so not up to date.
        found = [finding for finding in found if finding.level is not FindingLevel.GOOD]
        done = polling.packages - polling.never_answered
        text = gettext("{done} of {count} packages have been polled at least once{rate}.").format(
            done=grouped(done), count=grouped(polling.packages), rate=fill_rate_text(polling)
        )
        found.append(Finding(FindingLevel.BUSY, text))
    return found + [Finding(FindingLevel.WARNING, text) for text in _warnings(figures)]


def _warnings(figures: OperatorFigures) -> Iterator[str]:
    polling, messages = figures.polling, figures.messages
    for host in figures.throttled:
        text = gettext("{host} asked for a pause: no requests are sent to it for {span}.")
        yield text.format(host=host.host, span=_span_text(host.until - figures.now))
    if failing := polling.failing:
        text = ngettext(
            "{count} package could not be polled. Its stored data is kept, and the poll is retried.",
            "{count} packages could not be polled. Their stored data are kept, and the polls are retried.",
            failing,
        )
        yield text.format(count=grouped(failing))
    if polling.oldest_event is not None and polling.oldest_event > _EVENT_TOO_LONG:
        waiting = polling.events_waiting
        text = ngettext(
            "{count} wheel event is waiting, the oldest for {span}.",
            "{count} wheel events are waiting, the oldest for {span}.",
            waiting,
        )
        yield f"{text.format(count=grouped(waiting), span=_span_text(polling.oldest_event))} {gettext(_ALERTS_QUEUE)}"
    if messages.oldest is not None and messages.oldest > _MESSAGE_TOO_LONG:
        text = ngettext(
            "{count} message is unsent, the oldest for {span}.",
            "{count} messages are unsent, the oldest for {span}.",
            messages.waiting,
        )
        text = text.format(count=grouped(messages.waiting), span=_span_text(messages.oldest))
        yield f"{text} {gettext(_ALERTS_QUEUE)}"
    if messages.stuck:
        text = ngettext(
            "{count} message is assigned to a worker that died, and may have been sent. "
            "See docs/alerts.md for what to do.",
            "{count} messages are assigned to a worker that died, and may have been sent. "
            "See docs/alerts.md for what to do.",
            messages.stuck,
        )
        yield text.format(count=grouped(messages.stuck))


def _polling_state(figures: OperatorFigures) -> Finding:
    polling = figures.polling
    if polling.oldest_due is None or not polling.due:
        if polling.packages == 1:
            return Finding(FindingLevel.GOOD, gettext("The package is not due: everything is up to date."))
        text = gettext("None of the {count} packages is due: everything is up to date.")
        return Finding(FindingLevel.GOOD, text.format(count=grouped(polling.packages)))
    text = _due_text(polling.due, polling.packages, _span_text(polling.oldest_due))
    if polling.oldest_due <= _DUE_TOO_LONG:
        return Finding(FindingLevel.GOOD, text)
    silence = figures.now - polling.last_answer_at if polling.last_answer_at is not None else None
    if silence is None or silence > _DUE_TOO_LONG:
        question = gettext("No index has ever answered: are beat and a worker for the queue “polling” running?")
        if silence is not None:
            question = gettext(
                "No index has answered for {span}: are beat and a worker for the queue “polling” running?"
            )
            question = question.format(span=_span_text(silence))
        return Finding(FindingLevel.ERROR, f"{text} {question}")
    advice = gettext("The workers are too slow: start more for the queue “polling”.")
    return Finding(FindingLevel.WARNING, f"{text} {advice}")


def _due_text(due: int, packages: int, span: str) -> str:
    text = ngettext(
        "{due} of {count} packages is due, the oldest for {span}.",
        "{due} of {count} packages are due, the oldest for {span}.",
        due,
    )
    if packages == 1:
        text = gettext("{due} of {count} package is due, the oldest for {span}.")
    return text.format(due=grouped(due), count=grouped(packages), span=span)


def fill_rate_text(polling: PollingHealth) -> str:
    """Return "; 12 a minute lately, about 3 hours left" for a first fill, or nothing where the rate is unknown."""
    if not polling.answered_lately or not polling.never_answered:
        return ""
    left = RATE_SPAN * (polling.never_answered / polling.answered_lately)
    rate = polling.answered_lately / (RATE_SPAN / timedelta(minutes=1))
    if span := format_span(left):
        return gettext("; {rate} a minute lately, about {span} left").format(rate=grouped(rate, 1), span=span)
    return gettext("; {rate} a minute lately, less than a minute left").format(rate=grouped(rate, 1))


def _span_text(span: timedelta) -> str:
    return format_span(span) or gettext("less than a minute")
