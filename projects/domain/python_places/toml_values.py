"""The strings of a TOML or INI document with their places, for the few settings that matter here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_HEADER = re.compile(r"[ \t]*\[{1,2}[ \t]*(?P<name>[^\[\]#]{1,200}?)[ \t]*\]{1,2}[ \t]*(?:[#;].*)?$")
_KEY = re.compile(r"[ \t]*(?P<key>[\w.\-\"']{1,100})[ \t]*(?P<sign>[=:])[ \t]*")
_STRING = re.compile(r"(?P<quote>[\"'])(?P<text>[^\"'\n]{0,500})(?P=quote)")
_MOST_LINES = 20_000


class PlacedText(Struct, frozen=True):
    """A text of a setting: the table and key, the line from 1, the columns, and whether it is in a list."""

    table: str
    key: str
    line: int
    start: int
    end: int
    text: str
    is_list: bool


def toml_strings(text: str) -> Iterator[PlacedText]:
    """Yield the strings of `key = "…"` and `key = ["…", …]`, also over several lines."""
    table, key, depth = "", "", 0
    for number, line in enumerate(_lines(text), start=1):
        start = 0
        if depth <= 0:
            if header := _HEADER.match(line):
                table = header["name"].replace('"', "").replace("'", "")
                continue
            found = _KEY.match(line)
            if found is None or found["sign"] != "=":
                continue
            key, start, depth = found["key"].strip("\"'"), found.end(), 0
        comment = _comment_at(line)
        opened = depth > 0 or line[start:comment].lstrip().startswith("[")
        for string in _STRING.finditer(line, start, comment):
            yield PlacedText(table, key, number, *string.span("text"), string["text"], opened)
        bare = _STRING.sub("", line[start:comment])
        depth += bare.count("[") - bare.count("]")


def ini_values(text: str) -> Iterator[PlacedText]:
    """Yield each line of the values of an INI file; indented lines continue a value."""
    table, key = "", ""
    for number, line in enumerate(_lines(text), start=1):
        if header := _HEADER.match(line):
            table, key = header["name"], ""
            continue
        found = _KEY.match(line) if line[:1].strip() else None
        start = 0
        if found is not None:
            key, start = found["key"], found.end()
        elif line[:1].strip() or not key:
            continue
        content = line[start:].split("#")[0].rstrip()
        stripped = content.lstrip()
        if stripped:
            first = start + len(content) - len(stripped)
            yield PlacedText(table, key, number, first, start + len(content), stripped, found is None)


def _comment_at(line: str) -> int:
    """Return where the comment of a line begins, its end without one."""
    position = 0
    for string in _STRING.finditer(line):
        hash_at = line.find("#", position, string.start())
        if hash_at >= 0:
            return hash_at
        position = string.end()
    hash_at = line.find("#", position)
    return hash_at if hash_at >= 0 else len(line)


def _lines(text: str) -> list[str]:
    return [line.rstrip("\r") for line in text.split("\n")[:_MOST_LINES]]
