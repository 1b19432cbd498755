"""Requirements inside another language (TOML, Python, INI, YAML): their specifiers change in place.

The file reader gives each requirement's line and text; a requirement that is not found there is left alone and reported
as a problem. Lock files are not edited (`projects.domain.rewriting.lock_commands`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from projects.domain.dependency_files.values import Format, ParsedRequirement, RequirementOrigin
from projects.domain.rewriting.edits import PlannedVersions, RewriteProblem, TextEdit, apply_edits
from projects.domain.rewriting.requirement_text import requirement_edits
from projects.domain.rewriting.specifiers import cap_edit, rewrite_poetry
from scanner.domain.translation import gettext

_STRING = re.compile(r"\"(?P<double>(?:[^\"\\]|\\.)*)\"|'(?P<single>[^'\n]*)'|(?P<comment>#.*)")
_QUOTED = {Format.PYPROJECT, Format.SETUP_PY, Format.SCRIPT, Format.PIPFILE}
_BARE = {Format.SETUP_CFG, Format.CONDA}
EMBEDDING_FORMATS = _QUOTED | _BARE


def rewrite_embedded(
    content: str, path: str, form: Format, requirements: Iterable[ParsedRequirement], versions: PlannedVersions
) -> tuple[str, tuple[RewriteProblem, ...]]:
    """Return the file after the plan, and a problem for each requirement that has to be changed by hand."""
    lines = _Lines(content)
    edits: set[TextEdit] = set()
    problems: list[RewriteProblem] = []
    for requirement in requirements:
        indexed = requirement.origin is RequirementOrigin.INDEX and requirement.name in versions.pins
        if not indexed or not versions.applies(requirement.marker):
            continue
        found = set(_edits(lines, form, requirement, versions))
        edits |= found
        if not found and _excludes_goal(requirement, versions):
            goal = f"{requirement.name}=={versions.pins[requirement.name]}"
            text = gettext("{package} was not found on its line: change it by hand to {goal}")
            message = text.format(package=requirement.name, goal=goal)
            problems.append(RewriteProblem(path, requirement.line, message))
    return apply_edits(content, edits), tuple(problems)


class _Lines:
    """The physical lines of a text with their positions."""

    def __init__(self, content: str) -> None:
        self._lines = content.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def at(self, number: int | None) -> tuple[int, str] | None:
        """Return start and text of a line, counted from 1; None where there is none."""
        if number is None or not 0 < number <= len(self._lines):
            return None
        return self._starts[number - 1], self._lines[number - 1]

    def in_table(self, number: int) -> Iterator[tuple[int, str]]:
        """Yield this line and those below it, up to the next table header."""
        for index in range(number - 1, len(self._lines)):
            if index >= number and self._lines[index].lstrip().startswith("["):
                return
            yield self._starts[index], self._lines[index]


def _excludes_goal(requirement: ParsedRequirement, versions: PlannedVersions) -> bool:
    goal = versions.pins[requirement.name]
    parts = requirement.alternatives or (requirement.specifier,)
    try:
        return not any(SpecifierSet(part).contains(goal, prereleases=True) for part in parts)
    except InvalidSpecifier:
        return True


def _edits(
    lines: _Lines, form: Format, requirement: ParsedRequirement, versions: PlannedVersions
) -> Iterator[TextEdit]:
    line = lines.at(requirement.line)
    if line is None:
        return
    start, text = line
    name, separator, constraint = requirement.raw.partition(" = ")
    if separator and form in {Format.PYPROJECT, Format.PIPFILE} and name.strip(" \"'[]") == name:
        yield from _table_edits(lines, requirement, constraint, versions)
        return
    edits = requirement_edits(requirement.raw, versions)
    for position in _positions(text, requirement.raw, form) if edits else ():
        yield from (edit.shifted(start + position) for edit in edits)


def _positions(line: str, text: str, form: Format) -> Iterator[int]:
    """Yield where a requirement's text is on its line."""
    if form in _BARE:
        position = line.find(text)
        if position >= 0:
            yield position
        return
    # In a script's metadata block (PEP 723) the comment sign that begins each line is not a comment of the TOML.
    skipped = len(line) - len(line.lstrip("# \t")) if form is Format.SCRIPT else 0
    yield from _strings(line, text, skipped)


def _strings(line: str, text: str, skipped: int = 0) -> Iterator[int]:
    """Yield where the quoted strings that are `text` begin, up to a comment."""
    for found in _STRING.finditer(line, skipped):
        if found["comment"] is not None:
            return
        kind = "double" if found["double"] is not None else "single"
        if found[kind] == text:
            yield found.start(kind)


def _table_edits(
    lines: _Lines, requirement: ParsedRequirement, constraint: str, versions: PlannedVersions
) -> Iterator[TextEdit]:
    """Yield the edit of `name = "^1.2"`, or of the version in the table of a name (Poetry, Pipfile)."""
    changes = requirement.name in versions.before or _excludes_goal(requirement, versions)
    if not changes or requirement.line is None:
        return
    goal = versions.pins[requirement.name]
    if requirement.name in versions.capped and not _excludes_goal(requirement, versions):
        rewritten = apply_edits(constraint, [cap_edit(constraint, goal)])
    else:
        rewritten = rewrite_poetry(constraint, goal, rises=versions.rises(requirement.name))
    for start, line in lines.in_table(requirement.line):
        for position in _strings(line, constraint):
            yield TextEdit(start + position, start + position + len(constraint), rewritten)
            return
