"""Messages that come back by mail: to a signed return path, and only for an address that does not exist."""

import io
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from projects.domain.bounces import addresses_in, read_bounce
from projects.models import Alert, AlertState
from projects.services.alerts.bounces import return_path, take_bounce
from projects.services.alerts.watches import follow
from tests.projects.watching import person, project_of

pytestmark = pytest.mark.django_db

# As Postfix writes it (RFC 3464).
REPORT = """From: MAILER-DAEMON@mx.example\r
To: {to}\r
Subject: Undelivered Mail Returned to Sender\r
Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r
\r
--b\r
Content-Type: text/plain\r
\r
I am sorry to inform you.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example\r
\r
Final-Recipient: rfc822; alice@team.example\r
Action: {action}\r
Status: {status}\r
Diagnostic-Code: smtp; 550 5.1.1 <alice@team.example>: Recipient address\r
    rejected\r
\r
--b--\r
"""


@pytest.fixture
def alert(settings: Settings) -> Alert:
    settings.WHEELWAY_BOUNCE_ADDRESS = "Bounces@wheelway.example"
    alice = person("alice")
    return Alert.objects.create(subscription=follow(project_of(alice), alice), state=AlertState.SENT)


def report(to: str, status: str = "5.1.1", action: str = "failed") -> bytes:
    return REPORT.format(to=to, status=status, action=action).encode()


def is_in_use(alert: Alert) -> bool:
    return not EmailAddress.objects.filter(user=alert.subscription.user, verified=False).exists()


def test_an_address_that_does_not_exist_gets_no_more_and_the_user_sees_why(alert: Alert) -> None:
    for _ in range(2):
        assert "gets no more alerts" in take_bounce(report(return_path(alert).lower()))
    alert.refresh_from_db()
    assert alert.state == AlertState.FAILED
    assert alert.error == "it was returned: 5.1.1 550 5.1.1 <alice@team.example>: Recipient address rejected"
    assert not is_in_use(alert)


@pytest.mark.parametrize("status", ["5.2.2", "5.3.4", "5.7.1", "4.4.1", ""])
def test_a_full_mailbox_or_a_refused_content_ends_no_address(alert: Alert, status: str) -> None:
    take_bounce(report(return_path(alert), status))
    alert.refresh_from_db()
    assert (alert.state, is_in_use(alert)) == (AlertState.FAILED, True)


def test_a_delay_and_an_answer_of_a_person_change_nothing(alert: Alert) -> None:
    path = return_path(alert)
    for message in (report(path, "4.4.1", "delayed"), f"To: {path}\r\n\r\nI am away.".encode(), b""):
        assert take_bounce(message, path).startswith("ignored: it is no report")
    alert.refresh_from_db()
    assert alert.state == AlertState.SENT


def test_a_forged_return_path_changes_nothing(alert: Alert, settings: Settings) -> None:
    path = return_path(alert)
    other = Alert.objects.create(subscription=alert.subscription)
    signature = path.partition("-")[2].partition("@")[0]
    for forged in (path.replace(signature, "0" * 24), path.replace(f"+{alert.pk}-", f"+{other.pk}-"), "x@y.example"):
        assert take_bounce(report(forged)).startswith("ignored: it did not come")
    settings.WHEELWAY_BOUNCE_ADDRESS = ""
    assert (return_path(alert), is_in_use(alert)) == ("", True)
    assert take_bounce(report(path)).startswith("ignored")


def test_a_return_path_outlives_a_change_of_key_but_not_of_the_address(alert: Alert, settings: Settings) -> None:
    path = return_path(alert)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a-new-key-for-everything-that-is-signed-from-now-on"
    assert "returned" in take_bounce(report(path, "5.2.2"))
    alert.subscription.user.email = "another@team.example"
    alert.subscription.user.save()
    assert take_bounce(report(path)).startswith("ignored")


def test_the_command_reads_the_pipe_of_a_mail_server(alert: Alert, monkeypatch: pytest.MonkeyPatch) -> None:
    piped = io.BytesIO(report("postmaster@mx.example"))
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=piped))
    out = io.StringIO()
    call_command("read-bounce", return_path(alert), stdout=out)
    assert "gets no more alerts" in out.getvalue()
    assert not is_in_use(alert)


@given(st.binary(max_size=300), st.integers(0, len(REPORT)))
def test_no_message_makes_the_reader_fail(noise: bytes, at: int) -> None:
    whole = REPORT.encode()
    for message in (noise, whole[:at] + noise + whole[at:]):
        read_bounce(message)
        addresses_in(message)
