"""Where the project states the requirements that take part in a conflict."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from projects.domain.assessment.root_requirements import convert_requirement
from projects.domain.dependency_files.values import ParsedRequirement
from scanner.domain.resolution.explain.conflict import ConflictExplanation, ConflictLine, LineKind, RequirementEdit

_OWN = {LineKind.ASKED, LineKind.LIMITED}


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
