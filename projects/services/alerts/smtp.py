"""Passing one message to the mail server, with the result as a value."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable
from email.utils import parseaddr
from enum import Enum
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from msgspec import Struct
from msgspec.structs import replace

from projects.domain.failures import MAY_HAVE_ARRIVED, UNWRITABLE
from projects.emails import RenderedEmail, to_one_line

# The length to which a server's answer is cut.
ERROR_LENGTH = 1000
# There is no such mailbox, or it is not here any more (RFC 5321 4.2.3).
_UNKNOWN_RECIPIENT = (550, 551, 553)

logger = logging.getLogger(__name__)


class SendStatus(Enum):
    """The status of a message after an attempt to send it."""

    ACCEPTED = "accepted"
    # Certainly not delivered; may be retried.
    RETRY = "try again"
    # Rejected permanently, or unclear: another attempt could deliver the message twice.
    FAILED = "given up"
    # Another worker sends it.
    TAKEN = "taken"


class SendResult(Struct, frozen=True):
    """The status, and the error message ("" if accepted)."""

    status: SendStatus
    error: str = ""
    # The server refuses the recipient for good: other messages would not arrive either.
    refuses_recipient: bool = False


class UnfoldedHeadersMessage(EmailMultiAlternatives):
    """A message whose headers are not folded.

    Folding would put a long URL on the line after "List-Unsubscribe:", which is valid but not understood by every mail
    program. No header reaches the limit of 998 characters (RFC 5322).
    """

    def message(self, **options: Any) -> Any:
        """Return the message without folding. Django 5.2 and 6.0 differ in the options and the type."""
        written = super().message(**options)
        written.policy = written.policy.clone(max_line_length=None)
        return written


def build_message(
    rendered: RenderedEmail, *, to: str, message_id: str, stop_url: str | None = None, return_path: str = ""
) -> EmailMultiAlternatives:
    """Return the message with a text and an HTML body.

    `stop_url` adds one-click unsubscribing (RFC 2369, RFC 8058). Auto-Submitted keeps auto-responders from answering
    (RFC 3834). `return_path` is where the mail server returns it, if that is not the sender. Django rejects line breaks
    in any header when the message is serialized.
    """
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    if stop_url:
        headers["List-Unsubscribe"] = f"<{stop_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if return_path:
        # Django takes the sender of the envelope from the message, and this header for the reader.
        headers["From"] = settings.DEFAULT_FROM_EMAIL
    message = UnfoldedHeadersMessage(
        rendered.subject, rendered.text, return_path or settings.DEFAULT_FROM_EMAIL, [to], headers=headers
    )
    message.attach_alternative(rendered.html, "text/html")
    return message


def message_id(local: str) -> str:
    """Return a Message-ID (RFC 5322) with the sender's domain. `local` must be unique and a dot-atom."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{local}@{domain}>"


def send_message(message: EmailMultiAlternatives, begin: Callable[[], bool] = lambda: True) -> SendResult:
    """Send once. Failures are returned as values; errors in this code raise.

    `begin` is called before the first byte of the message could reach the server, and not at all if none will. If it
    returns False, nothing is sent.
    """
    try:
        # Find a message that cannot be serialized (a line break in a header) before anything is sent.
        message.message()
    except ValueError as error:
        return _unwritable(error)
    connection = get_connection()
    try:
        try:
            connection.open()
        except (OSError, smtplib.SMTPException) as error:
            return _result_of(error, SendStatus.RETRY)
        return _send(connection, message) if begin() else SendResult(SendStatus.TAKEN)
    finally:
        _close(connection)


def _send(connection: BaseEmailBackend, message: EmailMultiAlternatives) -> SendResult:
    try:
        connection.send_messages([message])
    except ValueError as error:
        # The backend parses the recipient's address before it contacts the server.
        return _unwritable(error)
    except (smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError) as error:
        return _result_of(error, SendStatus.FAILED)
    except smtplib.SMTPRecipientsRefused as error:
        # Each message has one recipient.
        code, text = next(iter(error.recipients.values()))
        result = _result_of(smtplib.SMTPResponseException(code, text), SendStatus.FAILED)
        return replace(result, refuses_recipient=code in _UNKNOWN_RECIPIENT)
    except (OSError, smtplib.SMTPException) as error:
        answer = _result_of(error, SendStatus.FAILED).error
        return SendResult(SendStatus.FAILED, MAY_HAVE_ARRIVED.format(answer=answer))
    return SendResult(SendStatus.ACCEPTED)


def _unwritable(error: ValueError) -> SendResult:
    return SendResult(SendStatus.FAILED, to_one_line(UNWRITABLE.format(error=error))[:ERROR_LENGTH])


def _result_of(error: Exception, otherwise: SendStatus) -> SendResult:
    """Return the result for an SMTP reply code (RFC 5321 4.2.1): 4xx is temporary, 5xx permanent. Else `otherwise`."""
    if isinstance(error, smtplib.SMTPResponseException):
        raw = error.smtp_error
        text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
        answer = to_one_line(f"{error.smtp_code} {text}")[:ERROR_LENGTH]
        if 400 <= error.smtp_code < 500:
            return SendResult(SendStatus.RETRY, answer)
        return SendResult(SendStatus.FAILED if error.smtp_code >= 500 else otherwise, answer)
    return SendResult(otherwise, to_one_line(f"{type(error).__name__}: {error}")[:ERROR_LENGTH])


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException) as error:
        # The result is known by now; an error on closing does not change it.
        logger.info("error on closing the connection to the mail server: %s", error)
