"""Bytes to text and back without losing one: byte order mark and encoding stay as they are."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from projects.domain.dependency_files.decoding import UndecodableFile, decode

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"", "utf-8"),
    (b"", "latin-1"),
)
_CODING = re.compile(rb"coding[:=]\s*([-\w.]+)")


@dataclass(frozen=True, slots=True)
class Opened:
    """A file's text, and what it takes to write it as it was."""

    text: str
    mark: bytes
    encoding: str

    def write(self, text: str) -> bytes:
        """The bytes of another text in the same form."""
        return self.mark + text.encode(self.encoding)


def open_text(data: bytes) -> Opened | None:
    """The text that intake reads; None where intake reads none, or where writing it back would change a byte."""
    try:
        text = decode(data)
    except UndecodableFile:
        return None
    declared = tuple((b"", found[1].decode("ascii", "replace")) for found in _CODING.finditer(data[:4096]))
    for mark, encoding in (*_MARKS, *declared):
        try:
            if data.startswith(mark) and mark + text.encode(encoding) == data:
                return Opened(text, mark, encoding)
        except (LookupError, UnicodeError, ValueError):
            continue
    return None
