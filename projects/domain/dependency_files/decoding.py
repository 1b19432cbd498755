"""Decode a file as pip decodes a requirements file, bounded; binary data is refused."""

from __future__ import annotations

import codecs
import re

from projects.domain.dependency_files.limits import MAX_FILE_BYTES, MAX_LINES

# The UTF-32 mark begins with the UTF-16 one, so it is tried first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CODING = re.compile(rb"coding[:=]\s*([-\w.]+)")
# Windows-1252 has characters where Latin-1 has control characters; U+0085 among these would end a line.
_WINDOWS_1252 = {
    byte: bytes([byte]).decode("cp1252") for byte in range(0x80, 0xA0) if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
# Codecs that spell characters which the eye does not see in the file.
_HIDING = {"utf-7", "unicode_escape", "raw_unicode_escape", "raw-unicode-escape", "unicode-escape", "idna", "punycode"}
_BINARY_STARTS = {
    b"PK\x03\x04": "a zip archive or wheel",
    b"\x1f\x8b": "gzip data",
    b"BZh": "bzip2 data",
    b"\xfd7zXZ\x00": "xz data",
    b"\x28\xb5\x2f\xfd": "zstandard data",
    b"%PDF": "a PDF document",
    b"\x7fELF": "a program",
    b"\x89PNG": "an image",
    b"MZ\x90\x00": "a program",
}


class UndecodableFile(ValueError):
    """Bytes that are not a text in a known encoding; `reason` is a sentence for the user."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def decode(data: bytes) -> str:
    """Return the text of `data`, by byte order mark, coding line (PEP 263), UTF-8, else Windows-1252.

    Raises UndecodableFile for binary data, NUL characters, unknown codings and a size above the limits.
    """
    if len(data) > MAX_FILE_BYTES:
        raise UndecodableFile(f"the file has more than {MAX_FILE_BYTES:,} bytes, the most that is read")
    for start, what in _BINARY_STARTS.items():
        if data.startswith(start):
            raise UndecodableFile(f"this is {what}, not a text file")
    text = _decode(data)
    if "\x00" in text:
        raise UndecodableFile("the file holds NUL characters: it is binary, or UTF-16 without a byte order mark")
    if text.count("\n") > MAX_LINES:
        raise UndecodableFile(f"the file has more than {MAX_LINES:,} lines")
    return text


def _decode(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise UndecodableFile(f"the byte order mark says {encoding}, the bytes do not fit it") from error
    declared = _declared_encoding(data)
    if declared is not None:
        return _decode_as(data, declared)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1").translate(_WINDOWS_1252)
    # Latin-1 accepts every byte, so control characters are what shows that the data is not text.
    controls = sum(1 for char in text[:65_536] if char < " " and char not in "\t\n\r\x0c\x1b")
    if controls:
        raise UndecodableFile("the file is text neither in UTF-8 nor in Windows-1252: it holds control characters")
    return text


def _declared_encoding(data: bytes) -> str | None:
    for line in data[:4096].split(b"\n")[:2]:
        found = _CODING.search(line) if line.startswith(b"#") else None
        if found:
            return found[1].decode("ascii", "replace")
    return None


def _decode_as(data: bytes, encoding: str) -> str:
    message = f"the coding line names {encoding[:40]!r}, which does not decode this file"
    # decode() itself refuses codecs that inflate ("zip", "bz2"): they are not text encodings.
    try:
        name, text = codecs.lookup(encoding).name, data.decode(encoding)
    except (LookupError, UnicodeError, ValueError) as error:
        raise UndecodableFile(message) from error
    if name in _HIDING:
        raise UndecodableFile(message)
    return text
