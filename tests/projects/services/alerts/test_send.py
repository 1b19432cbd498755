"""Sending a message: once, in its recipient's language, and not where it is no longer wanted."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.utils import timezone

from projects.languages import speak
from projects.models import AlertState, Membership, Subscription
from projects.services.alerts import send as sending
from projects.services.alerts.dispatch import dispatch_events
from projects.services.alerts.preferences import choose_mail_language, keep_mail_language
from projects.services.alerts.send import ATTEMPT_DELAYS, SendAttempt, send, send_check_message
from projects.services.alerts.smtp import SendResult, SendStatus
from tests.projects.watching import NOON, OLD, die, person, polled, project_of, queued_alert, wheel


def test_a_message_is_sent_once_and_ends_the_watch(db: None, mailoutbox: list[EmailMessage]) -> None:
    alice = person()
    alert = queued_alert(alice, project_of(alice))
    now = timezone.now()
    sent = send(alert.pk, now)
    assert sent is not None
    assert sent.state == AlertState.SENT
    assert send(alert.pk, now) is None
    assert len(mailoutbox) == 1
    alert.refresh_from_db()
    assert (alert.state, alert.attempts, alert.error, alert.sent_at) == (AlertState.SENT, 1, "", now)
    assert alert.message_id == mailoutbox[0].extra_headers["Message-ID"]
    assert alert.subscription.stopped_at == now


def test_a_message_is_in_the_language_of_its_recipient(db: None, mailoutbox: list[EmailMessage]) -> None:
    anna, bob = person("anna"), person("bob")
    project = project_of(anna, bob)
    choose_mail_language(anna, "de")
    with speak("de"):
        keep_mail_language(anna)
        for alert in (queued_alert(anna, project), queued_alert(bob, project)):
            send(alert.pk, timezone.now())
    german, english = (message.subject for message in mailoutbox)
    assert "hat ein Wheel für" in german
    assert "has a wheel for" in english


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda: Subscription.objects.update(stopped_at=NOON), "the watch was stopped before"),
        (lambda: User.objects.update(is_active=False), "the account is not active"),
        (lambda: User.objects.update(email=""), "no e-mail address"),
        (lambda: Membership.objects.all().delete(), "no longer a member"),
        (lambda: polled("greenlet", OLD, wheel("greenlet", "3.1.0", yanked=True)), "was yanked or deleted"),
        (lambda: polled("greenlet", OLD), "was yanked or deleted"),
    ],
    ids=["stopped", "closed account", "no address", "left the project", "yanked", "removed"],
)
def test_a_message_that_is_not_wanted_any_more_is_left_out(
    db: None, mailoutbox: list[EmailMessage], change: Callable[[], object], reason: str
) -> None:
    alice = person()
    alert = queued_alert(alice, project_of(alice))
    change()
    send(alert.pk, timezone.now())
    alert.refresh_from_db()
    assert alert.state == AlertState.SKIPPED
    assert reason in alert.error
    assert mailoutbox == []


def test_a_worker_that_dies_while_sending_leaves_the_message_to_the_operator(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = person()
    alert = queued_alert(alice, project_of(alice))
    monkeypatch.setattr("projects.services.alerts.smtp._send", die)
    with pytest.raises(SystemExit):
        send(alert.pk, timezone.now())
    alert.refresh_from_db()
    assert (alert.state, alert.attempts) == (AlertState.SENDING, 1)
    assert dispatch_events(timezone.now()) == []
    assert send(alert.pk, timezone.now()) is None


def test_a_worker_that_dies_before_the_server_is_connected_leaves_the_message_to_the_next(
    db: None, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    alice = person()
    alert = queued_alert(alice, project_of(alice))
    with monkeypatch.context() as dying:
        dying.setattr("projects.services.alerts.smtp.get_connection", die)
        with pytest.raises(SystemExit):
            send(alert.pk, timezone.now())
    assert dispatch_events(timezone.now()) == [alert.pk]
    send(alert.pk, timezone.now())
    alert.refresh_from_db()
    assert (alert.state, alert.attempts, len(mailoutbox)) == (AlertState.SENT, 1, 1)


def test_a_passing_error_is_tried_again_later_and_not_for_ever(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = person()
    alert = queued_alert(alice, project_of(alice))
    monkeypatch.setattr(sending, "send_message", lambda _, begin: SendResult(SendStatus.RETRY, "451 try later"))
    for wait, following in pairwise(ATTEMPT_DELAYS):
        now = alert.created_at + wait
        assert dispatch_events(now) == [alert.pk]
        sent = send(alert.pk, now)
        assert sent == SendAttempt(AlertState.QUEUED, following - wait)
        assert dispatch_events(alert.created_at + following - timedelta(seconds=1)) == []
    last = send(alert.pk, alert.created_at + ATTEMPT_DELAYS[-1])
    assert last == SendAttempt(AlertState.FAILED)
    alert.refresh_from_db()
    assert (alert.state, alert.attempts, alert.error) == (AlertState.FAILED, len(ATTEMPT_DELAYS), "451 try later")
    assert dispatch_events(alert.created_at + timedelta(days=9)) == []
    assert alert.subscription.stopped_at is None


def test_a_defect_before_the_message_leaves_is_a_failure_with_its_cause(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = person()
    alert = queued_alert(alice, project_of(alice))
    Subscription.objects.update(target="cp313-amiga")
    with pytest.raises(Exception, match="amiga"):
        send(alert.pk, timezone.now())
    alert.refresh_from_db()
    assert alert.state == AlertState.FAILED
    assert "amiga" in alert.error


def test_an_alert_that_does_not_exist_is_none(db: None) -> None:
    assert send(4711, timezone.now()) is None


def test_a_test_message_is_sent_at_once_and_not_tried_again(db: None, mailoutbox: list[EmailMessage]) -> None:
    assert send_check_message(person(), NOON) == SendResult(SendStatus.ACCEPTED)
    assert mailoutbox[0].to == ["alice@team.example"]
    assert send_check_message(person("nobody", address=""), NOON).status is SendStatus.FAILED
    assert len(mailoutbox) == 1
