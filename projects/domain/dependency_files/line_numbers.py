"""Line numbers of what a TOML or JSON document holds, which its parser does not give.

A best effort that is right for what tools and people write, and None where nothing fits. A number decides nothing: it
is only shown beside a finding.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left

_TOML_TABLE = re.compile(r"[ \t]*\[{1,2}([^\[\]#\n]{1,500})\]{1,2}[ \t]*(?:#.*)?")
_TOML_KEY = re.compile(r"[ \t]*([A-Za-z0-9_\-]{1,200}|\"[^\"\n]{1,200}\"|'[^'\n]{1,200}')[ \t]*[=.]")
# An unclosed quotation mark takes the rest of its line, so that no line is scanned more than once.
_TOML_TEXT = re.compile(r"\"([^\"\\\n]*+(?:\\.[^\"\\\n]*+)*)(?:\"|\\?$)|'([^'\n]*)'")
_JSON_COLON = re.compile(r"[ \t]*:")
_decode_json = json.JSONDecoder().raw_decode


class TomlLineNumbers:
    """Line numbers of the headers, keys and quoted texts of a TOML document, indexed in one pass."""

    def __init__(self, text: str) -> None:
        self._tables: dict[str, list[int]] = {}
        self._keys: dict[tuple[str, str], int] = {}
        self._texts: dict[str, list[int]] = {}
        self._cursor: dict[str, int] = {}
        current = ""
        for number, line in enumerate(text.splitlines(), start=1):
            header = _TOML_TABLE.fullmatch(line) if "[" in line[:100] else None
            if header:
                current = re.sub(r"[\s\"']", "", header[1])
                self._tables.setdefault(current, []).append(number)
                continue
            key = _TOML_KEY.match(line)
            if key:
                self._keys.setdefault((current, key[1].strip("\"'")), number)
            for double, single in _TOML_TEXT.findall(line):
                self._texts.setdefault(double or single, []).append(number)

    def header(self, name: str, position: int = 0) -> int | None:
        """Return the line of the `position`-th header of that name ("package", "tool.poetry.dependencies")."""
        numbers = self._tables.get(name, [])
        return numbers[position] if position < len(numbers) else None

    def entries(self, name: str) -> int:
        """Return how many headers of that name there are."""
        return len(self._tables.get(name, []))

    def key(self, table_name: str, key: str) -> int | None:
        """Return the line of `key = …` in a table, or of the header of the sub-table `table.key`."""
        return self._keys.get((table_name, key)) or self.header(f"{table_name}.{key}")

    def text(self, sought: str, table_name: str = "", key: str = "") -> int | None:
        """Return the next line that quotes `sought` at or after that table (and key); repeated calls move on."""
        start = (self.key(table_name, key) if key else None) or self.header(table_name) or 1
        # A TOML basic string writes its quotation marks with backslashes.
        numbers = self._texts.get(sought) or self._texts.get(sought.replace('"', '\\"'), [])
        at = max(bisect_left(numbers, start), self._cursor.get(sought, 0))
        if at >= len(numbers):
            at = bisect_left(numbers, start)
        if at >= len(numbers):
            return None
        self._cursor[sought] = at + 1
        return numbers[at]


class JsonLineNumbers:
    """Line numbers of the keys and texts of a valid JSON document; a repeated call moves on to the next occurrence."""

    def __init__(self, text: str) -> None:
        self._found: dict[tuple[str, bool], list[int]] = {}
        self._cursor: dict[tuple[str, bool], int] = {}
        number, counted, start = 1, 0, text.find('"')
        while start >= 0:
            number += text.count("\n", counted, start)
            counted = start
            # A pattern would keep each escape of a long text in memory until the text ends.
            try:
                content, end = _decode_json(text, start)
            except ValueError:
                return
            self._found.setdefault((content, _JSON_COLON.match(text, end) is not None), []).append(number)
            start = text.find('"', end)

    def key(self, name: str) -> int | None:
        """Return the line of the next `"name":`."""
        return self._next((name, True))

    def text(self, value: str) -> int | None:
        """Return the line of the next `"value"` that is not a key."""
        return self._next((value, False))

    def _next(self, key: tuple[str, bool]) -> int | None:
        numbers = self._found.get(key, [])
        position = self._cursor.get(key, 0)
        self._cursor[key] = position + 1
        return numbers[min(position, len(numbers) - 1)] if numbers else None
