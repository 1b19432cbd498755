"""Requirements that stand inside another language (TOML, Python, INI, YAML): only their specifiers change, in place.

Intake says on which line each requirement stands and how it is written; what cannot be found there is left alone and
told. Lock files are not touched: their tools write them (`projects.domain.rewriting.commands`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from projects.domain.dependency_files.values import Format, ParsedRequirement, RequirementOrigin
from projects.domain.rewriting.bounds import move_poetry
from projects.domain.rewriting.moves import Edit, Moves, Trouble, apply
from projects.domain.rewriting.requirement_text import edits_of

_TEXT = re.compile(r"\"(?P<double>(?:[^\"\\]|\\.)*)\"|'(?P<single>[^'\n]*)'|(?P<comment>#.*)")
_QUOTED = {Format.PYPROJECT, Format.SETUP_PY, Format.SCRIPT, Format.PIPFILE}
_BARE = {Format.SETUP_CFG, Format.CONDA}
IN_PLACE = _QUOTED | _BARE


def rewrite_in_place(
    content: str, path: str, form: Format, requirements: Iterable[ParsedRequirement], moves: Moves
) -> tuple[str, tuple[Trouble, ...]]:
    """The file after the plan, and the requirements that a person has to change by hand."""
    lines = _Lines(content)
    edits: set[Edit] = set()
    troubles: list[Trouble] = []
    for requirement in requirements:
        if requirement.origin is not RequirementOrigin.INDEX or not _concerns(requirement, moves):
            continue
        found = set(_edits(lines, form, requirement, moves))
        edits |= found
        if not found and _must_move(requirement, moves):
            goal = f"{requirement.name}=={moves.pins[requirement.name]}"
            message = f"{requirement.name} could not be found on its line: change it by hand to {goal}"
            troubles.append(Trouble(path, requirement.line, message))
    return apply(content, edits), tuple(troubles)


class _Lines:
    """The physical lines of a text with the position of each."""

    def __init__(self, content: str) -> None:
        self._lines = content.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def at(self, number: int | None) -> tuple[int, str] | None:
        """Start and text of a 1-based line."""
        if number is None or not 0 < number <= len(self._lines):
            return None
        return self._starts[number - 1], self._lines[number - 1]

    def after(self, number: int) -> Iterator[tuple[int, str]]:
        """This line and those below it, up to the next table header."""
        for index in range(number - 1, len(self._lines)):
            if index >= number and self._lines[index].lstrip().startswith("["):
                return
            yield self._starts[index], self._lines[index]


def _concerns(requirement: ParsedRequirement, moves: Moves) -> bool:
    return requirement.name in moves.pins and moves.wanted(requirement.marker)


def _must_move(requirement: ParsedRequirement, moves: Moves) -> bool:
    parts = requirement.alternatives or (requirement.specifier,)
    try:
        goal = moves.pins[requirement.name]
        return not any(SpecifierSet(part).contains(goal, prereleases=True) for part in parts)
    except InvalidSpecifier:
        return True


def _edits(lines: _Lines, form: Format, requirement: ParsedRequirement, moves: Moves) -> Iterator[Edit]:
    found = lines.at(requirement.line)
    if found is None or requirement.line is None:
        return
    start, line = found
    name, separator, version = requirement.raw.partition(" = ")
    if separator and form in {Format.PYPROJECT, Format.PIPFILE} and name.strip(" \"'[]") == name:
        yield from _table_edits(lines, requirement, version, form, moves)
        return
    moved = edits_of(requirement.raw, moves)
    if moved is None:
        return
    for at in _places(line, requirement.raw, form):
        yield from (Edit(start + at + edit.start, start + at + edit.end, edit.text) for edit in moved[1])


def _places(line: str, text: str, form: Format) -> Iterator[int]:
    if form in _BARE:
        at = line.find(text)
        if at >= 0:
            yield at
        return
    # The comment sign that a script's block begins its lines with is no comment of TOML.
    skipped = len(line) - len(line.lstrip("# \t")) if form is Format.SCRIPT else 0
    for found in _TEXT.finditer(line, skipped):
        kind = "double" if found["double"] is not None else "single"
        if found["comment"] is not None:
            return
        if found[kind] == text:
            yield found.start(kind)


def _table_edits(
    lines: _Lines, requirement: ParsedRequirement, version: str, form: Format, moves: Moves
) -> Iterator[Edit]:
    """`name = "^1.2"`, or the version in a table of the name: Poetry's words, in a Pipfile those of PEP 440."""
    goal = moves.pins[requirement.name]
    must = requirement.name in moves.before or _must_move(requirement, moves)
    if not must or requirement.line is None:
        return
    moved = move_poetry(version, goal, rises=moves.rises(requirement.name))
    for start, line in lines.after(requirement.line):
        for found in _TEXT.finditer(line):
            kind = "double" if found["double"] is not None else "single"
            if found["comment"] is None and found[kind] == version:
                yield Edit(start + found.start(kind), start + found.end(kind), moved)
                return
