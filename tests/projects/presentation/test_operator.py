"""What the operator's page says first."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from projects.presentation.operator import Figures, Look, findings

CALM = Figures(
    packages=1200,
    due=0,
    oldest_due=None,
    failing=0,
    never_answered=0,
    answered_lately=40,
    lately=timedelta(minutes=10),
    events_waiting=0,
    oldest_event=None,
    last_answer=timedelta(seconds=8),
)
HOUR = timedelta(hours=1)
BEHIND = "The workers do not keep up: start more for the queue “polling”."
ASKING = "do beat and a worker for the queue “polling” run?"


@pytest.mark.parametrize(
    ("changes", "look", "words"),
    [
        ({}, Look.GOOD, "None of the 1,200 packages is due: all is as current as planned."),
        ({"packages": 1}, Look.GOOD, "The package is not due: all is as current as planned."),
        ({"packages": 0}, Look.BUSY, "No package is known yet. Add a project, and its packages are polled."),
        (
            {"due": 3, "oldest_due": timedelta(seconds=50)},
            Look.GOOD,
            "3 of 1,200 packages are due, the first for less than a minute.",
        ),
        (
            {"due": 900, "oldest_due": 2 * HOUR},
            Look.ODD,
            "900 of 1,200 packages are due, the first for 2 hours. " + BEHIND,
        ),
        (
            {"due": 900, "oldest_due": 2 * HOUR, "last_answer": HOUR},
            Look.BAD,
            "900 of 1,200 packages are due, the first for 2 hours. No index has answered for 1 hour: " + ASKING,
        ),
        (
            {"due": 1, "oldest_due": HOUR, "last_answer": None},
            Look.BAD,
            "1 of 1,200 packages is due, the first for 1 hour. No index has ever answered: " + ASKING,
        ),
    ],
)
def test_the_first_sentence_is_the_answer(changes: dict[str, Any], look: Look, words: str) -> None:
    first, *others = findings(replace(CALM, **changes), [])
    assert (first.look, first.words) == (look, words)
    assert others == []


def test_the_others_say_what_an_operator_may_have_to_do() -> None:
    figures = replace(CALM, failing=1, never_answered=200, events_waiting=7, oldest_event=8 * HOUR)
    told = [finding.words for finding in findings(figures, [("index.example", timedelta(minutes=4))])][1:]
    assert told == [
        "1,000 of 1,200 packages have been asked about once or more; 4.0 a minute lately, about 50 minutes left.",
        "index.example asked to be left alone for 4 minutes more.",
        "1 package could not be asked about. What was stored of it stays, and it is tried again.",
        "7 wheel events wait, the oldest for 8 hours. Does a worker take the queue “alerts”?",
    ]


def test_no_rate_is_made_up() -> None:
    (_, filling) = findings(replace(CALM, never_answered=200, answered_lately=0), [])
    assert filling.words == "1,000 of 1,200 packages have been asked about once or more."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"messages_waiting": 3, "oldest_message": HOUR}, []),
        (
            {"messages_waiting": 3, "oldest_message": 3 * HOUR},
            ["3 messages are unsent, the oldest for 3 hours. Does a worker take the queue “alerts”?"],
        ),
        (
            {"messages_stuck": 1},
            ["1 message is with a worker that died, and may have left. docs/alerts.md says what to do."],
        ),
    ],
)
def test_messages_that_do_not_leave_are_told(changes: dict[str, Any], words: list[str]) -> None:
    _, *others = findings(replace(CALM, **changes), [])
    assert [(other.look, other.words) for other in others] == [(Look.ODD, text) for text in words]
