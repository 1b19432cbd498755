"""Where the project states the requirements that take part in a conflict."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from projects.domain.assessment.root_requirements import convert_requirement
from projects.domain.dependency_files.values import ParsedRequirement
from scanner.domain.resolution.explain.conflict import ConflictExplanation, ConflictLine, LineKind, RequirementEdit
from scanner.domain.resolution.model.requirement import Requirement

_PIN = re.compile(r"==([^=,*]+)")
_OWN = {LineKind.ASKED, LineKind.LIMITED, LineKind.OVERRIDDEN}


def as_stated(conflict: ConflictExplanation, requirements: Iterable[ParsedRequirement]) -> ConflictExplanation:
    """Return the conflict of a plan, which may loosen requirements, with those that the project states.

    What is stated admits less, so the conflict follows from it too: what is true of all releases that are left is true
    of the one that is pinned. A package with several requirements keeps the loosened one: it is not known which of them
    it was.
    """
    stated: dict[str, set[Requirement]] = {}
    for one in requirements:
        for made in () if one.constraint else convert_requirement(one):
            stated.setdefault(made.name, set()).add(made)

    def state(line: ConflictLine) -> ConflictLine:
        own = stated.get(line.name, set())
        if len(own) != 1:
            return line
        (requirement,) = own
        if line.kind is LineKind.ASKED:
            return replace(line, requirement=str(requirement))
        pin = _PIN.fullmatch(requirement.specifier)
        if line.kind is LineKind.NEEDS and line.every and pin is not None:
            return replace(line, versions=pin[1], only=False)
        return line

    return replace(conflict, lines=tuple(map(state, conflict.lines)))


def with_sources(conflict: ConflictExplanation, requirements: Iterable[ParsedRequirement]) -> ConflictExplanation:
    """Return a conflict whose lines and edits say in which file and line the project states them."""
    places: dict[str, tuple[str, int | None]] = {}
    for one in requirements:
        for made in convert_requirement(one):
            places.setdefault(str(made), (one.source, one.line))

    def place_line(line: ConflictLine) -> ConflictLine:
        source, number = places.get(line.requirement, ("", None)) if line.kind in _OWN else ("", None)
        return replace(line, source=source, line=number)

    def place_edit(edit: RequirementEdit) -> RequirementEdit:
        source, number = places.get(edit.before, ("", None))
        return replace(edit, source=source, line=number)

    return replace(
        conflict,
        lines=tuple(map(place_line, conflict.lines)),
        relaxations=tuple(replace(way, edits=tuple(map(place_edit, way.edits))) for way in conflict.relaxations),
    )
