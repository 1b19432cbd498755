"""Handing messages to a real SMTP server that accepts, refuses, and hangs up."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parseaddr

import pytest
from django.core.mail import EmailMultiAlternatives
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from projects.emails import RenderedEmail, to_one_line
from projects.services.alerts.smtp import SendStatus, build_message, message_id, send_message
from tests.patience import PATIENCE
from tests.services.smtp import SmtpServer

VERDICT_LABELS = RenderedEmail("A subject with ünïcode", "Plain text, ä", "<p>HTML, ä</p>")
STOP = f"https://wheelway.example/alerts/stop/7-{'a' * 43}/?with=a-path-that-no-mail-program-likes-to-see-folded"


def a_message(to: str = "alice@team.example") -> EmailMultiAlternatives:
    return build_message(VERDICT_LABELS, to=to, message_id=message_id("alert-7"), stop_url=STOP)


@pytest.fixture
def smtp(settings: Settings, smtp_server: SmtpServer) -> SmtpServer:
    """Mail goes to a real server."""
    use_smtp(settings, smtp_server.port)
    return smtp_server


def use_smtp(settings: Settings, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
    settings.DEFAULT_FROM_EMAIL = "Wheelway <wheelway@team.example>"


def test_a_message_arrives_with_both_parts_and_its_headers(smtp: SmtpServer) -> None:
    assert send_message(a_message()).status is SendStatus.ACCEPTED
    (received,) = smtp.inbox.messages
    assert smtp.inbox.recipients == [["alice@team.example"]]
    assert received["Subject"] == VERDICT_LABELS.subject
    assert received["To"] == "alice@team.example"
    assert received["List-Unsubscribe"] == f"<{STOP}>"
    assert received["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert received["Auto-Submitted"] == "auto-generated"
    assert received["Message-ID"] == "<alert-7@team.example>"
    assert received["Date"] is not None
    assert [part.get_content_type() for part in received.iter_parts()] == ["text/plain", "text/html"]
    text, html = (received.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert (text.get_content().strip(), html.get_content().strip()) == (VERDICT_LABELS.text, VERDICT_LABELS.html)


def test_a_message_that_nobody_subscribed_to_cannot_be_unsubscribed(smtp: SmtpServer) -> None:
    send_message(build_message(VERDICT_LABELS, to="alice@team.example", message_id=message_id("check-1")))
    assert smtp.inbox.messages[0]["List-Unsubscribe"] is None
    assert smtp.inbox.messages[0]["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        ("451 try later", SendStatus.RETRY),
        ("421 going down", SendStatus.RETRY),
        ("452 mailbox full", SendStatus.RETRY),
        ("550 no such mailbox", SendStatus.FAILED),
        ("554 spam", SendStatus.FAILED),
    ],
)
def test_the_servers_code_tells_whether_to_try_again(smtp: SmtpServer, refusal: str, status: SendStatus) -> None:
    smtp.inbox.refusals.append(refusal)
    outcome = send_message(a_message())
    assert (outcome.status, outcome.error) == (status, refusal)
    assert smtp.inbox.messages == []
    assert send_message(a_message()).status is SendStatus.ACCEPTED


def test_what_the_server_says_is_kept_as_short_plain_text(settings: Settings) -> None:
    with scripted_server([b"554 no\x00\xff " + b"go away " * 50 + b"\r\n"]) as port:
        use_smtp(settings, port)
        outcome = send_message(a_message())
    assert outcome.status is SendStatus.FAILED
    assert outcome.error.startswith("554 no")
    assert outcome.error.isprintable()


@pytest.mark.parametrize(
    ("refusal", "status"), [("450 greylisted", SendStatus.RETRY), ("550 unknown user", SendStatus.FAILED)]
)
def test_a_refused_recipient_is_judged_by_its_code(
    smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch, refusal: str, status: SendStatus
) -> None:
    async def refuse(*_: object) -> str:
        return refusal

    monkeypatch.setattr(type(smtp.inbox), "handle_RCPT", refuse, raising=False)
    outcome = send_message(a_message())
    assert (outcome.status, outcome.error) == (status, refusal)


def test_a_server_that_is_not_there_is_tried_again(settings: Settings) -> None:
    with socket.socket() as taken:
        # Bound but not listening: nobody else gets the port, and connecting to it is refused.
        taken.bind(("127.0.0.1", 0))
        use_smtp(settings, taken.getsockname()[1])
        outcome = send_message(a_message())
    assert outcome.status is SendStatus.RETRY
    assert "refused" in outcome.error


def test_a_server_that_turns_everybody_away_is_tried_again(settings: Settings) -> None:
    with scripted_server([b"421 too busy\r\n"]) as port:
        use_smtp(settings, port)
        outcome = send_message(a_message())
    assert outcome.status is SendStatus.RETRY
    assert outcome.error == "421 too busy"


def test_a_connection_lost_after_the_message_left_is_never_tried_again(settings: Settings) -> None:
    script = [b"220 hello\r\n", b"250 hello\r\n", b"250 sender ok\r\n", b"250 recipient ok\r\n", b"354 go on\r\n"]
    with scripted_server(script) as port:
        use_smtp(settings, port)
        outcome = send_message(a_message())
    assert outcome.status is SendStatus.FAILED
    assert "it may have arrived" in outcome.error


@contextmanager
def scripted_server(script: list[bytes]) -> Iterator[int]:
    """Says one line of the script for each line it is told (and one at first), then takes what comes and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        peer, _ = listener.accept()
        with peer, peer.makefile("rb") as lines:
            peer.sendall(script[0])
            for line in script[1:]:
                lines.readline()
                peer.sendall(line)
            if len(script) > 1:
                for line in lines:
                    if line == b".\r\n":
                        return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        thread.join(PATIENCE)
        listener.close()


@pytest.mark.parametrize(
    "build",
    [
        lambda: a_message(to="alice@team.example\nBcc: everybody@team.example"),
        lambda: build_message(VERDICT_LABELS, to="alice@team.example", message_id="<a@b>\r\nBcc: x@team.example"),
        lambda: build_message(
            VERDICT_LABELS, to="alice@team.example", message_id="<a@b>", stop_url="https://x/\nBcc: x@y.example"
        ),
        lambda: build_message(
            RenderedEmail("one\nBcc: x@team.example", "text", "html"), to="alice@team.example", message_id="<a@b>"
        ),
        lambda: a_message(to="two@team.example, three@team.example"),
    ],
    ids=["recipient", "message id", "stop link", "subject", "two addresses"],
)
def test_a_header_cannot_be_smuggled_in(smtp: SmtpServer, build: Callable[[], EmailMultiAlternatives]) -> None:
    assert send_message(build()).status is SendStatus.FAILED
    assert smtp.inbox.messages == []


@given(st.text())
def test_a_subject_is_always_one_line(text: str) -> None:
    subject = to_one_line(text)
    assert len(subject.splitlines()) <= 1
    assert subject == subject.strip()
    message = EmailMultiAlternatives(subject, "text", "a@team.example", ["b@team.example"])
    assert "\n" not in str(message.message()["Subject"]).replace("\n ", "")


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("Wheelway <wheelway@team.example>", "<alert-1@team.example>"),
        ("wheelway@localhost", "<alert-1@localhost>"),
        ("", "<alert-1@localhost>"),
    ],
)
def test_a_message_id_has_the_senders_domain(settings: Settings, sender: str, expected: str) -> None:
    settings.DEFAULT_FROM_EMAIL = sender
    assert message_id("alert-1") == expected
    assert parseaddr(expected)[1].count("@") == 1


def test_the_sender_of_the_envelope_is_the_return_path_and_readers_see_the_usual_one(smtp: SmtpServer) -> None:
    message = build_message(
        VERDICT_LABELS, to="alice@team.example", message_id="<1@x>", return_path="b+1-ab@team.example"
    )
    assert send_message(message).status is SendStatus.ACCEPTED
    assert smtp.inbox.senders == ["b+1-ab@team.example"]
    assert smtp.inbox.messages[0]["From"] != "b+1-ab@team.example"
