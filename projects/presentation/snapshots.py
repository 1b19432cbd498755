"""The files of a snapshot, and how they differ from those of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import unified_diff

from msgspec import Struct

from scanner.domain.translation import pgettext

_CONTEXT = 3


class FileDifference(Struct, frozen=True):
    """One file that differs. `lines` are (kind, text): kind is "plus", "minus", "place" or empty."""

    path: str
    text: str
    lines: tuple[tuple[str, str], ...]


def compare_files(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FileDifference, ...]:
    """Return the files that differ in anything, by path."""
    return tuple(
        FileDifference(path, _text(path, before, after), tuple(_lines(before.get(path, ""), after.get(path, ""))))
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    )


def _text(path: str, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    if path not in before:
        return pgettext("of a file", "added")
    return pgettext("of a file", "changed") if path in after else pgettext("of a file", "removed")


def _lines(before: str, after: str) -> Iterator[tuple[str, str]]:
    found = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=_CONTEXT)
    for number, line in enumerate(found):
        # The first two lines name the files.
        if number > 1:
            yield {"+": "plus", "-": "minus", "@": "place"}.get(line[:1], ""), line
