"""The parts of files around their places: what a patch of these places shows, and no other line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from projects.domain.dependency_files.redaction import without_credentials
from projects.domain.python_places.values import PythonPlace

# The lines that a unified diff shows before and after a change.
_CONTEXT = 3
_MOST_CHARACTERS = 1_000_000


class FileExcerpt(Struct, frozen=True):
    """Some lines of a file by number, and the number of all; what follows the last line feed is a line, too."""

    path: str
    count: int
    lines: Mapping[int, str]

    @property
    def text(self) -> str:
        """The file with a mark in place of each line that was not kept."""
        return "\n".join(self.lines.get(number, f"\N{SYMBOL FOR NULL}{number}") for number in range(1, self.count + 1))

    def to_json(self) -> dict[str, object]:
        """Return the excerpt as values of JSON."""
        return {"path": self.path, "count": self.count, "lines": list(self.lines.items())}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> FileExcerpt:
        """Return an excerpt that `to_json` wrote."""
        return cls(value["path"], value["count"], dict(value["lines"]))


def excerpts(texts: Mapping[str, str], places: Iterable[PythonPlace]) -> list[FileExcerpt]:
    """Return the excerpts of the files that have places.

    A file is left out where a login or a NUL is near a place, and when there are too many lines already: its places
    are then left to people.
    """
    at: dict[str, set[int]] = {}
    for place in places:
        at.setdefault(place.path, set()).add(place.line)
    found: list[FileExcerpt] = []
    left = _MOST_CHARACTERS
    for path in sorted(at.keys() & texts.keys()):
        excerpt = _excerpt(path, texts[path], at[path])
        size = sum(map(len, excerpt.lines.values()))
        if size <= left and all(_may_be_stored(line) for line in excerpt.lines.values()):
            found.append(excerpt)
            left -= size
    return found


def _excerpt(path: str, text: str, at: set[int]) -> FileExcerpt:
    lines = text.split("\n")
    near = {number for line in at for number in range(line - _CONTEXT, line + _CONTEXT + 1)}
    if not lines[-1]:
        near.add(len(lines))
    return FileExcerpt(
        path, len(lines), {number: lines[number - 1] for number in sorted(near) if 0 < number <= len(lines)}
    )


def _may_be_stored(line: str) -> bool:
    return "\0" not in line and without_credentials(line) == line
