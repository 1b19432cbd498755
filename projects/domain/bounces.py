"""Messages that come back: reports that a message could not be delivered (RFC 3464), and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser

from msgspec import Struct

LARGEST_MESSAGE = 1024 * 1024
_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
_ADDRESS = re.compile(r"[^\s<>,;:\"]{1,320}@[^\s<>,;:\"]{1,255}")
# Of the permanent failures (RFC 3463): the address is wrong or moved, the mailbox is disabled, the host is unknown.
_HARD_SUBJECTS = ("1",)
_HARD_STATUSES = ("5.2.1", "5.4.4")
_REASON_LENGTH = 300


class Bounce(Struct, frozen=True):
    """A report that a message was not delivered.

    - status: the enhanced status code of RFC 3463, such as 5.1.1; reason: what the server said, on one line.
    - is_hard: no other message would arrive at the address either.
    """

    status: str
    reason: str
    is_hard: bool


def read_bounce(content: bytes) -> Bounce | None:
    """Return what a delivery report says; None for any other message. Never raises.

    A message that is delayed, too large, refused for its content, or whose mailbox is full is no hard failure.
    """
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(content[:LARGEST_MESSAGE])
        return next((found for fields in _recipients(message) if (found := _bounce(fields)) is not None), None)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # The parser of the standard library raises these for some malformed headers.
        return None


def addresses_in(content: bytes) -> list[str]:
    """Return to which addresses a mail server delivered a message, as its headers say. Never raises."""
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(content[:LARGEST_MESSAGE], headersonly=True)
        found = [str(value) for name in ("X-Original-To", "Delivered-To", "To") for value in message.get_all(name, [])]
    except (ValueError, LookupError, TypeError, AttributeError):
        return []
    return [address for text in found for address in _ADDRESS.findall(text[:2000])]


def _recipients(message: Message | EmailMessage) -> Iterator[Message]:
    """Yield the fields about each recipient; the first block of a report is about the message."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            if isinstance(blocks, list):
                yield from (block for block in blocks if isinstance(block, Message) and "Action" in block)


def _bounce(fields: Message) -> Bounce | None:
    if str(fields.get("Action", "")).strip().lower() != "failed":
        return None
    found = _STATUS.search(str(fields.get("Status", "")))
    status = found[0] if found else ""
    said = " ".join(str(fields.get("Diagnostic-Code", "")).split())
    reason = "".join(char for char in said.partition(";")[2].strip() or said if char.isprintable())[:_REASON_LENGTH]
    is_permanent = status.startswith("5.")
    is_hard = is_permanent and (status.split(".")[1] in _HARD_SUBJECTS or status in _HARD_STATUSES)
    return Bounce(status, reason, is_hard)
