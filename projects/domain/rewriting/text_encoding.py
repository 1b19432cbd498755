"""Decoding of a file so that it can be written back byte for byte, with its byte order mark and encoding."""

from __future__ import annotations

import codecs
import re

from msgspec import Struct

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


class DecodedText(Struct, frozen=True):
    """A file's text with its byte order mark and encoding."""

    text: str
    mark: bytes
    encoding: str

    def encode(self, text: str) -> bytes:
        """Return the bytes of another text with the same mark and encoding."""
        return self.mark + text.encode(self.encoding)


def decode_text(data: bytes) -> DecodedText | None:
    """Decode as the file reader does; None where it cannot, or where encoding again would change a byte."""
    try:
        text = decode(data)
    except UndecodableFile:
        return None
    declared = tuple((b"", found[1].decode("ascii", "replace")) for found in _CODING.finditer(data[:4096]))
    for mark, encoding in (*_MARKS, *declared):
        try:
            if data.startswith(mark) and mark + text.encode(encoding) == data:
                return DecodedText(text, mark, encoding)
        except (LookupError, UnicodeError, ValueError):
            continue
    return None
