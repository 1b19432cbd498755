"""A text file after a change, line by line, with the lines that the change removed and added."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from enum import StrEnum

from msgspec import Struct

from scanner.domain.translation import ngettext


class LineMark(StrEnum):
    """What the change did to a line. SKIPPED stands for several unchanged lines that are left out."""

    KEPT = "kept"
    GONE = "gone"
    NEW = "new"
    SKIPPED = "skipped"


class MarkedLine(Struct, frozen=True):
    """One line without its line end. The text of a skipped line says how many lines are left out."""

    mark: LineMark
    text: str


def marked_lines(before: str, after: str, *, context: int | None = None) -> tuple[MarkedLine, ...]:
    """Return the lines of both texts, removed ones before those that replace them.

    `context` is how many unchanged lines to keep around a change; None keeps all.
    """
    marked = list(_compare(before.splitlines(), after.splitlines()))
    return tuple(marked if context is None else _with_context(marked, context))


def _compare(old: list[str], new: list[str]) -> Iterator[MarkedLine]:
    for tag, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from (MarkedLine(LineMark.GONE, text) for text in old[start:end])
        mark = LineMark.KEPT if tag == "equal" else LineMark.NEW
        yield from (MarkedLine(mark, text) for text in new[new_start:new_end])


def _with_context(marked: list[MarkedLine], context: int) -> Iterator[MarkedLine]:
    near = {
        position
        for changed, line in enumerate(marked)
        if line.mark is not LineMark.KEPT
        for position in range(changed - context, changed + context + 1)
    }
    skipped = 0
    for position, line in enumerate(marked):
        if position in near:
            yield from _skipped(skipped)
            skipped = 0
            yield line
        else:
            skipped += 1
    yield from _skipped(skipped)


def _skipped(number: int) -> Iterator[MarkedLine]:
    if number:
        text = ngettext("{count} unchanged line", "{count} unchanged lines", number).format(count=number)
        yield MarkedLine(LineMark.SKIPPED, text)
