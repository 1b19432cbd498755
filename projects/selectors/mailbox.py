"""Messages written by Django's file-based e-mail backend, for the mailbox page."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from msgspec import Struct

_FILE_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
# The backend writes this line after each message of a file.
_END = b"\n" + b"-" * 79 + b"\n"
# The number of files that the page lists, and the bytes read of each.
MOST_FILES = 200
MOST_BYTES = 1_000_000
# The backend's file names: date, time, a number.
_NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9]{1,30}", re.ASCII)


class StoredMessage(Struct, frozen=True):
    """One message. `key` identifies it in URLs; `headers` are those to show, in order."""

    key: str
    subject: str
    recipient: str
    sent_at: datetime | None
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str


def is_in_use() -> bool:
    """Return whether messages are written to files."""
    return str(settings.EMAIL_BACKEND) == _FILE_BACKEND


def stored_messages() -> tuple[StoredMessage, ...]:
    """Return the newest messages, newest first."""
    folder = Path(settings.EMAIL_FILE_PATH)
    names = sorted((path.stem for path in folder.glob("*.log") if _NAME.fullmatch(path.stem)), reverse=True)
    return tuple(message for name in names[:MOST_FILES] for message in reversed(_read(folder, name)))


def stored_message(key: str) -> StoredMessage | None:
    """Return one message by its key, or None. No key can name a file outside the folder."""
    name, _, _ = key.partition(".")
    if not _NAME.fullmatch(name):
        return None
    return next((message for message in _read(Path(settings.EMAIL_FILE_PATH), name) if message.key == key), None)


def _read(folder: Path, name: str) -> list[StoredMessage]:
    try:
        with (folder / f"{name}.log").open("rb") as file:
            content = file.read(MOST_BYTES)
    except OSError:
        # Deleted meanwhile or not readable. The other files are still listed.
        return []
    parts = [part for part in content.split(_END) if part.strip()]
    return [_parse(f"{name}.{number}", part) for number, part in enumerate(parts)]


def _parse(key: str, raw: bytes) -> StoredMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    shown = ("From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post")
    return StoredMessage(
        key=key,
        subject=str(message["Subject"] or ""),
        recipient=str(message["To"] or ""),
        sent_at=_date(message),
        headers=tuple((name, str(message[name])) for name in shown if message[name]),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):
        return "This part has an unknown character set."


def _date(message: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(message["Date"])).astimezone(UTC)
    except (TypeError, ValueError):
        return None
