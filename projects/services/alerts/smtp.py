"""Hand one message over to the mail server, and say what became of it."""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass
from email.utils import parseaddr
from enum import Enum
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from projects.emails import RenderedEmail, to_one_line

# A server may answer at any length, and with bytes that no database takes.
ERROR_LENGTH = 1000

logger = logging.getLogger(__name__)


class SendStatus(Enum):
    """How handing a message over ended."""

    ACCEPTED = "accepted"
    # Certainly not delivered, and worth another try.
    RETRY = "try again"
    # Refused for good, or unclear: another try could bring the message twice.
    FAILED = "given up"


@dataclass(frozen=True, slots=True)
class SendResult:
    """How it ended, and the error in words ("" when accepted)."""

    status: SendStatus
    error: str = ""


class UnfoldedHeadersMessage(EmailMultiAlternatives):
    """A message whose headers are not folded.

    A long address would come on a line of its own under "List-Unsubscribe:", which is valid and which not every
    mail program reads. No header here comes near the 998 characters of RFC 5322.
    """

    def message(self, **options: Any) -> Any:
        """The message as it is written out. Django 5.2 and the next major differ in the options and the type."""
        written = super().message(**options)
        written.policy = written.policy.clone(max_line_length=None)
        return written


def build_message(
    words: RenderedEmail, *, to: str, message_id: str, stop_url: str | None = None
) -> EmailMultiAlternatives:
    """The message with text and HTML.

    `stop_url` makes it stoppable with one click (RFC 2369, RFC 8058). Auto-Submitted keeps auto-responders quiet
    (RFC 3834). Django refuses line breaks in any header when the message is written out.
    """
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    if stop_url:
        headers["List-Unsubscribe"] = f"<{stop_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = UnfoldedHeadersMessage(words.subject, words.text, settings.DEFAULT_FROM_EMAIL, [to], headers=headers)
    message.attach_alternative(words.html, "text/html")
    return message


def message_id(local: str) -> str:
    """A Message-ID (RFC 5322) with the sender's domain; `local` must be unique and a dot-atom."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{local}@{domain}>"


def send_message(message: EmailMultiAlternatives) -> SendResult:
    """Try once. Failures come back as values; a defect in our own code raises."""
    try:
        # What cannot be written as a message (a header with a line break) shows here, before anything is sent.
        message.message()
    except ValueError as error:
        return _unwritable(error)
    connection = get_connection()
    try:
        try:
            connection.open()
        except (OSError, smtplib.SMTPException) as error:
            return _judge(error, SendStatus.RETRY)
        return _send(connection, message)
    finally:
        _close(connection)


def _send(connection: BaseEmailBackend, message: EmailMultiAlternatives) -> SendResult:
    try:
        connection.send_messages([message])
    except ValueError as error:
        # The backend reads the recipient's address once more, before it speaks to the server.
        return _unwritable(error)
    except (smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError) as error:
        return _judge(error, SendStatus.FAILED)
    except smtplib.SMTPRecipientsRefused as error:
        # One message goes to one recipient.
        code, text = next(iter(error.recipients.values()))
        return _judge(smtplib.SMTPResponseException(code, text), SendStatus.FAILED)
    except (OSError, smtplib.SMTPException) as error:
        words = _judge(error, SendStatus.FAILED).error
        return SendResult(SendStatus.FAILED, f"{words}; it may have arrived, so it is not sent again")
    return SendResult(SendStatus.ACCEPTED)


def _unwritable(error: ValueError) -> SendResult:
    return SendResult(SendStatus.FAILED, to_one_line(f"the message could not be written: {error}")[:ERROR_LENGTH])


def _judge(error: Exception, otherwise: SendStatus) -> SendResult:
    """By the server's own code (RFC 5321 4.2.1): 4xx passes, 5xx stays. Without a code, `otherwise`."""
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        words = to_one_line(f"{error.smtp_code} {text}")[:ERROR_LENGTH]
        if 400 <= error.smtp_code < 500:
            return SendResult(SendStatus.RETRY, words)
        return SendResult(SendStatus.FAILED if error.smtp_code >= 500 else otherwise, words)
    return SendResult(otherwise, to_one_line(f"{type(error).__name__}: {error}")[:ERROR_LENGTH])


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException) as error:
        # The message's fate is known by now; a server that hangs up rudely does not change it.
        logger.info("the mail server hung up: %s", error)
