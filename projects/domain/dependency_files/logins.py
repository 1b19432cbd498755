"""Logins in dependency files: taken out of what is stored, and put back into a download of one who may see them.

A login is the user part of a URL, the value of a secret-looking query parameter, or a token in the path of a conda
channel. Each is replaced by a mark with its number, so that the file stays readable as before and a rewritten one can
get them back.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from typing import Any, Self

from msgspec import Struct

# Where a login may be: before the @ of an authority (a password may have a slash), in a query, in a conda channel.
_PLACES = re.compile(
    r"(?<=://)(?P<user>[^/?#\s'\"@]{0,2000}(?:@[^/?#\s'\"@]{0,2000}){0,5})@"
    r"|(?<=://)(?P<slashed>[^\s/@:'\"]{1,200}:(?!\d{1,5}[/?#\s])[^\s@'\"]{1,500})@"
    r"|(?<=[?&])(?P<key>[\w.\-]{0,40}(?:token|secret|passw|pwd|auth|signature|credential|api[_-]?key|access[_-]?key"
    r"|sig)[\w.\-]{0,40})=(?P<value>[^&#\s'\"]+)"
    r"|(?<=/t/)(?P<channel>[A-Za-z0-9\-]{8,200})(?=/)",
    re.IGNORECASE,
)
_VARIABLES = re.compile(r"(?:\$\{?\w+\}?|[:%])*")
_SSH = re.compile(r"ssh://$", re.IGNORECASE)
_SCHEME_LENGTH = 40
_MARKS = ("****", "****x", "****y", "****z", "****login")
_UTF_16_OR_32 = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class FileLogins(Struct, frozen=True):
    """The logins that were in files, by number from 1, and the mark that precedes the number in their places."""

    mark: str = _MARKS[0]
    values: tuple[str, ...] = ()

    def restore(self, text: str) -> str:
        """Return a text made of the files with the logins in their places."""

        def value(found: re.Match[str]) -> str:
            number = int(found[1])
            return self.values[number - 1] if 0 < number <= len(self.values) else found[0]

        return re.sub(re.escape(self.mark) + r"([0-9]{1,7})(?![0-9])", value, text) if self.values else text

    def restore_bytes(self, content: bytes) -> bytes:
        """Return a file with the logins in their places."""
        text, encoding = _decode(content)
        return _encode(self.restore(text), encoding)

    def to_json(self) -> str:
        """Return the value as a text, empty without logins."""
        return json.dumps([self.mark, *self.values]) if self.values else ""

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the value that `to_json` wrote."""
        if not text:
            return cls()
        data: list[Any] = json.loads(text)
        return cls(data[0], tuple(data[1:]))


def hide_logins(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], FileLogins]:
    """Return the files with marks in place of logins, and the logins."""
    texts = {path: _decode(content) for path, content in files.items()}
    mark = _unused_mark([text for text, _ in texts.values()])
    values: list[str] = []

    def hide(found: re.Match[str]) -> str:
        kind = found.lastgroup or ""
        login = found["value"] if kind == "value" else found[kind]
        if not login or _is_public(login, kind, found):
            return found[0]
        values.append(login)
        hidden = f"{mark}{len(values)}"
        start, end = found.span(kind)
        return found[0][: start - found.start()] + hidden + found[0][end - found.start() :]

    hidden = {}
    for path, (text, encoding) in texts.items():
        changed = _PLACES.sub(hide, text)
        hidden[path] = files[path] if changed == text else _encode(changed, encoding)
    return hidden, FileLogins(mark, tuple(values))


def _is_public(login: str, kind: str, found: re.Match[str]) -> bool:
    if _VARIABLES.fullmatch(login):
        return True
    before = found.string[max(0, found.start() - _SCHEME_LENGTH) : found.start()]
    # The user name of ssh is no secret.
    return kind == "user" and ":" not in login and _SSH.search(before) is not None


def _unused_mark(texts: list[str]) -> str:
    for mark in _MARKS:
        pattern = re.compile(re.escape(mark) + "[0-9]")
        if not any(pattern.search(text) for text in texts):
            return mark
    number = 0
    while any(f"****m{number}n" in text for text in texts):
        number += 1
    return f"****m{number}n"


def _decode(content: bytes) -> tuple[str, str]:
    """Return the text and its encoding: Latin-1 for what is no Unicode, since it keeps every byte."""
    for start, encoding in _UTF_16_OR_32:
        if content.startswith(start):
            try:
                return content.decode(encoding), encoding
            except UnicodeDecodeError:
                break
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1"


def _encode(text: str, encoding: str) -> bytes:
    # The byte order mark is a character of the text.
    return text.encode(encoding)
