"""A conflict as a table: who asks for what, what follows, and the ways out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from scanner.domain.resolution.explain.conflict import ConflictExplanation, ConflictLine, LineKind, Relaxation
from scanner.domain.resolution.explain.conflict_text import conflict_lines, line_text, relaxation_text, subject_text
from scanner.domain.translation import gettext


class ConflictRow(Struct, frozen=True):
    """One fact: who states it, what it asks for, and whether it is about the package that has no version left."""

    who: str
    what: str
    is_side: bool


class ConflictTable(Struct, frozen=True):
    """A conflict on a page: its facts, its last sentence, and the ways out, smallest first."""

    rows: tuple[ConflictRow, ...]
    lines: tuple[str, ...]
    conclusion: str
    ways_out: tuple[str, ...]


def conflict_table(conflict: ConflictExplanation, target_name: Callable[[str], str]) -> ConflictTable:
    """Return the table of a conflict. Of one that was stored as text, only the sentences."""
    lines = tuple(conflict_lines(conflict, target_name))
    return ConflictTable(
        tuple(_row(line, conflict.exhausted, target_name) for line in conflict.lines),
        lines,
        lines[-1] if lines else "",
        tuple(_way_out(one) for one in conflict.relaxations),
    )


def _way_out(relaxation: Relaxation) -> str:
    return f"{_capitalised(relaxation_text(relaxation), [edit.before for edit in relaxation.edits])}."


def _capitalised(text: str, names: Iterable[str]) -> str:
    """Return the text with a capital letter unless it starts with a name, which keeps its small one."""
    return text if text.startswith(tuple(filter(None, names))) else f"{text[:1].upper()}{text[1:]}"


def conflict_cause(conflict: ConflictExplanation) -> str:
    """Return the two sides of a conflict in one sentence."""
    sides = [line_text(line) for line in conflict.lines if _is_side(line, conflict.exhausted)]
    if len(sides) < 2:
        sides = conflict_lines(conflict)[:1]
        return sides[0] if sides else gettext("The requirements contradict each other.")
    text = gettext("{side}, but {other}.").format(side=sides[0], other=sides[-1])
    return _capitalised(text, [line.name for line in conflict.lines])


def _row(line: ConflictLine, exhausted: str, target_name: Callable[[str], str]) -> ConflictRow:
    side = _is_side(line, exhausted)
    place = target_name(line.target) if line.target else ""
    on_place = gettext("{what} on {target}")
    asked = on_place.format(what=line.requirement, target=place) if place else line.requirement
    match line.kind:
        case LineKind.ASKED:
            return ConflictRow(_place(line) or gettext("your files"), asked, side)
        case LineKind.LIMITED:
            return ConflictRow(_place(line) or gettext("your constraints"), asked, side)
        case LineKind.OVERRIDDEN:
            return ConflictRow(_place(line) or gettext("your overrides"), asked, side)
        case LineKind.NEEDS:
            return ConflictRow(subject_text(line), asked, side)
        case _:
            fact = line_text(line)
            return ConflictRow(gettext("the index"), on_place.format(what=fact, target=place) if place else fact, side)


def _place(line: ConflictLine) -> str:
    return f"{line.source}:{line.line}" if line.source and line.line else line.source


def _is_side(line: ConflictLine, exhausted: str) -> bool:
    return bool(exhausted) and exhausted == (line.required if line.kind is LineKind.NEEDS else line.name)
