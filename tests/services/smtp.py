"""A real SMTP server in a thread; what it accepted can be read as parsed messages."""

import email
import email.policy
import socket
from email.message import EmailMessage
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Inbox:
    """Accepts every message. `messages` holds them as they arrived; `senders` and `recipients` are their envelopes."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.senders: list[str] = []
        self.recipients: list[list[str]] = []
        # One answer for each coming message, instead of accepting it: "451 try later".
        self.refusals: list[str] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        if self.refusals:
            return self.refusals.pop(0)
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.senders.append(envelope.mail_from or "")
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"


class SmtpServer:
    """Use as a context manager. `url` goes into WHEELWAY_MAIL_URL; `host` and `port` into Django's settings."""

    def __init__(self) -> None:
        self.host = "127.0.0.1"
        # The controller connects back to the port it was given, so 0 does not work.
        with socket.socket() as probe:
            probe.bind((self.host, 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"smtp://{self.host}:{self.port}"
        self.inbox = Inbox()
        self._controller = Controller(self.inbox, hostname=self.host, port=self.port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._controller.stop()
