"""Line numbers in a JSON text, which json does not give: of a key, and of a quoted text."""

from __future__ import annotations

import re

_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"([ \t]*:)?')


class JsonLineNumbers:
    """An index made in one pass; repeated questions for the same text move on to its next occurrence."""

    def __init__(self, text: str) -> None:
        self._found: dict[tuple[str, bool], list[int]] = {}
        self._cursor: dict[tuple[str, bool], int] = {}
        for number, line in enumerate(text.split("\n"), start=1):
            for content, colon in _STRING.findall(line):
                self._found.setdefault((content, bool(colon)), []).append(number)

    def key(self, name: str) -> int | None:
        """The line of the next `"name":`."""
        return self._next((name, True))

    def text(self, value: str) -> int | None:
        """The line of the next `"value"` that is not a key."""
        return self._next((value, False))

    def _next(self, key: tuple[str, bool]) -> int | None:
        numbers = self._found.get(key, [])
        position = self._cursor.get(key, 0)
        self._cursor[key] = position + 1
        return numbers[min(position, len(numbers) - 1)] if numbers else None
