"""A text file after a change, line by line, with what the change took away and put in. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum


class Mark(StrEnum):
    """What the change did to a line."""

    KEPT = "kept"
    GONE = "gone"
    NEW = "new"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """One line without its end. `number` counts in the new file from 1; None for a line that is gone.

    A skipped line stands for several that are kept and left out; its text says how many.
    """

    mark: Mark
    number: int | None
    text: str


def marked_lines(before: str, after: str, *, context: int | None = None) -> tuple[MarkedLine, ...]:
    """The new text with the lines that are gone before those that replace them.

    `context`: how many kept lines to leave around a change; None leaves all.
    """
    marked = list(_compare(before.splitlines(), after.splitlines()))
    return tuple(marked if context is None else _with_context(marked, context))


def _compare(old: list[str], new: list[str]) -> Iterator[MarkedLine]:
    for tag, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from (MarkedLine(Mark.GONE, None, text) for text in old[start:end])
        mark = Mark.KEPT if tag == "equal" else Mark.NEW
        yield from (MarkedLine(mark, begin + at, text) for at, text in enumerate(new[begin:stop], 1))


def _with_context(marked: list[MarkedLine], context: int) -> Iterator[MarkedLine]:
    near = {
        at
        for place, line in enumerate(marked)
        if line.mark is not Mark.KEPT
        for at in range(place - context, place + context + 1)
    }
    skipped = 0
    for at, line in enumerate(marked):
        if at in near:
            if skipped:
                yield _skip(skipped)
            skipped = 0
            yield line
        else:
            skipped += 1
    if skipped:
        yield _skip(skipped)


def _skip(number: int) -> MarkedLine:
    return MarkedLine(Mark.SKIPPED, None, f"{number} line{'' if number == 1 else 's'} as before")
