"""Events between two assessments, signatures by their specification, and the times of attempts."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.domain.endpoints.attempts import WAITS, DeliveryAttempt, is_given_up, next_attempt
from projects.domain.endpoints.events import EndpointEvent, EventKind, events_between
from projects.domain.endpoints.signatures import secret_text, signed_headers
from tests.cast import make_package

TARGET = "cp314-win_amd64"
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def result(verdict: ProjectVerdict, **verdicts: Verdict) -> TargetResult:
    return TargetResult(TARGET, verdict, tuple(make_package(name, verdict=one) for name, one in verdicts.items()))


BLOCKED = result(ProjectVerdict.NO_GO, orjson=Verdict.BLOCKED, numpy=Verdict.BLOCKED)
GO = result(ProjectVerdict.GO, orjson=Verdict.READY, numpy=Verdict.READY)


@pytest.mark.parametrize(
    ("before", "after", "pushed", "expected"),
    [
        (
            BLOCKED,
            result(ProjectVerdict.NO_GO, orjson=Verdict.BLOCKED, numpy=Verdict.READY),
            None,
            [EndpointEvent(EventKind.BLOCKER_FELL, "app", TARGET, ("numpy",), ("orjson",))],
        ),
        (
            BLOCKED,
            GO,
            None,
            [
                EndpointEvent(EventKind.BLOCKER_FELL, "app", TARGET, ("numpy", "orjson")),
                EndpointEvent(EventKind.TARGET_READY, "app", TARGET),
            ],
        ),
        (
            GO,
            result(ProjectVerdict.NO_GO, orjson=Verdict.BLOCKED, numpy=Verdict.READY, lxml=Verdict.UPGRADE),
            "0123456789ab",
            [
                EndpointEvent(EventKind.BLOCKER_NEW, "app", TARGET, ("orjson",), ("orjson",)),
                EndpointEvent(EventKind.PUSH_WORSE, "app", TARGET, ("orjson", "lxml"), commit="0123456789ab"),
            ],
        ),
        (GO, result(ProjectVerdict.UNKNOWN, orjson=Verdict.UNKNOWN), None, []),
        (GO, GO, "0123456789ab", []),
    ],
)
def test_what_changed_between_two_assessments_becomes_events(
    before: TargetResult, after: TargetResult, pushed: str | None, expected: list[EndpointEvent]
) -> None:
    assert list(events_between("app", [before], [after], pushed)) == expected
    assert [EndpointEvent.from_json(event.to_json()) for event in expected] == expected


def test_a_target_that_one_assessment_does_not_have_has_no_events() -> None:
    assert list(events_between("app", [], [BLOCKED], "0123456789ab")) == []


def test_a_signature_is_over_id_time_and_body_with_the_decoded_key() -> None:
    key = bytes(range(32))
    headers = signed_headers(secret_text(key), "msg_1", 1_700_000_000, b'{"a": 1}')
    expected = hmac.new(key, b'msg_1.1700000000.{"a": 1}', hashlib.sha256).digest()
    assert headers == {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": f"v1,{base64.b64encode(expected).decode()}",
    }


def test_attempts_come_less_and_less_often_and_end() -> None:
    waits = [due - NOW for attempts in range(1, 20) if (due := next_attempt(attempts, NOW)) is not None]
    assert waits == sorted(waits) == list(WAITS)


@pytest.mark.parametrize(
    ("status", "failing_for", "given_up"),
    [(500, None, False), (500, timedelta(days=2), False), (500, timedelta(days=3), True), (410, None, True)],
)
def test_an_endpoint_is_given_up_after_days_or_when_it_says_so(
    status: int, failing_for: timedelta | None, given_up: bool
) -> None:
    since = NOW - failing_for if failing_for is not None else None
    assert is_given_up(DeliveryAttempt(NOW, status), since) is given_up
