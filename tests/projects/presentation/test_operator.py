"""The findings on the operator's page."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from projects.presentation.operator import FindingLevel, MessagesHealth, OperatorFigures, findings
from scanner.domain.health import PollingHealth, ResultCount, ThrottledHost

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
POLLING = PollingHealth(
    packages=1200,
    due=0,
    ended=0,
    queued=0,
    claimed=0,
    failing=0,
    never_answered=0,
    answered_lately=40,
    oldest_due=None,
    oldest_queued=None,
    events_waiting=0,
    oldest_event=None,
    releases_unsettled=0,
    last_answer_at=NOW - timedelta(seconds=8),
)
MESSAGES = MessagesHealth(waiting=0, oldest=None, stuck=0, sent=0, failed=0, notes=0)
CALM = OperatorFigures(NOW, POLLING, MESSAGES, [], [])
BEHIND = "The workers are too slow: start more for the queue “polling”."
SILENT = "are beat and a worker for the queue “polling” running?"


def polling(**changes: Any) -> OperatorFigures:
    return replace(CALM, polling=replace(POLLING, **changes))


@pytest.mark.parametrize(
    ("changes", "level", "text"),
    [
        ({}, FindingLevel.GOOD, "None of the 1,200 packages is due: everything is up to date."),
        ({"packages": 1}, FindingLevel.GOOD, "The package is not due: everything is up to date."),
        (
            {"packages": 0},
            FindingLevel.BUSY,
            "No package is known yet. Packages are polled when a project is added.",
        ),
        (
            {"due": 3, "oldest_due": timedelta(seconds=50)},
            FindingLevel.GOOD,
            "3 of 1,200 packages are due, the oldest for less than a minute.",
        ),
        (
            {"due": 900, "oldest_due": 2 * HOUR},
            FindingLevel.WARNING,
            "900 of 1,200 packages are due, the oldest for 2 hours. " + BEHIND,
        ),
        (
            {"due": 900, "oldest_due": 2 * HOUR, "last_answer_at": NOW - HOUR},
            FindingLevel.ERROR,
            "900 of 1,200 packages are due, the oldest for 2 hours. No index has answered for 1 hour: " + SILENT,
        ),
        (
            {"due": 1, "oldest_due": HOUR, "last_answer_at": None},
            FindingLevel.ERROR,
            "1 of 1,200 packages is due, the oldest for 1 hour. No index has ever answered: " + SILENT,
        ),
    ],
)
def test_the_first_finding_is_the_state_of_polling(changes: dict[str, Any], level: FindingLevel, text: str) -> None:
    first, *others = findings(polling(**changes))
    assert (first.level, first.text) == (level, text)
    assert others == []


def test_the_others_say_what_an_operator_may_have_to_do() -> None:
    figures = replace(
        polling(failing=1, never_answered=200, events_waiting=7, oldest_event=8 * HOUR),
        throttled=[ThrottledHost("index.example", NOW + timedelta(minutes=4))],
    )
    assert [finding.text for finding in findings(figures)] == [
        "1,000 of 1,200 packages have been polled at least once; 4.0 a minute lately, about 50 minutes left.",
        "index.example asked for a pause: no requests are sent to it for 4 minutes.",
        "1 package could not be polled. Its stored data is kept, and the poll is retried.",
        "7 wheel events are waiting, the oldest for 8 hours. Does a worker consume the queue “alerts”?",
    ]


def test_packages_that_were_never_polled_are_not_up_to_date() -> None:
    assert {finding.level for finding in findings(polling(never_answered=1))} == {FindingLevel.BUSY}
    late = findings(polling(never_answered=1, due=900, oldest_due=2 * HOUR))
    assert [finding.level for finding in late] == [FindingLevel.WARNING, FindingLevel.BUSY]


def test_no_rate_is_made_up() -> None:
    (filling,) = findings(polling(never_answered=200, answered_lately=0))
    assert filling.text == "1,000 of 1,200 packages have been polled at least once."


@pytest.mark.parametrize(
    ("messages", "texts"),
    [
        ({"waiting": 3, "oldest": HOUR}, []),
        (
            {"waiting": 3, "oldest": 3 * HOUR},
            ["3 messages are unsent, the oldest for 3 hours. Does a worker consume the queue “alerts”?"],
        ),
        (
            {"stuck": 1},
            ["1 message is assigned to a worker that died, and may have been sent. See docs/alerts.md for what to do."],
        ),
    ],
)
def test_messages_that_do_not_leave_are_reported(messages: dict[str, Any], texts: list[str]) -> None:
    _, *others = findings(replace(CALM, messages=replace(MESSAGES, **messages)))
    assert [(other.level, other.text) for other in others] == [(FindingLevel.WARNING, text) for text in texts]


def test_the_share_of_unchanged_answers_leaves_failures_out() -> None:
    counts = [ResultCount("changed", 1, 100), ResultCount("failed", 7, 0), ResultCount("unchanged", 3, 5)]
    figures = replace(CALM, polls=counts)
    assert (figures.unchanged_share, figures.bytes_read) == (0.75, 105)
    assert figures.labelled_polls[1] == ("failed", counts[1])
    assert CALM.unchanged_share is None
