"""An Intake as plain data for JSON: the `sources`, `problems` and `requirements` of schema 1, and a little more."""

from __future__ import annotations

from projects.domain.dependency_files.values import Edge, Intake, ParsedRequirement


def as_data(intake: Intake) -> dict[str, object]:
    """Lists of dictionaries of texts, numbers and None, in the order of the files."""
    return {
        "sources": [
            {"path": source.path, "format": source.format.value, "sha256": source.sha256} for source in intake.sources
        ],
        "problems": [
            {"path": problem.path, "line": problem.line, "text": problem.text, "message": problem.message}
            for problem in intake.problems
        ],
        "requirements": [requirement_data(requirement) for requirement in intake.requirements],
        "options": [
            {"name": option.name, "value": option.value, "source": option.source, "line": option.line}
            for option in intake.options
        ],
        "hints": [
            {"kind": hint.kind, "value": hint.value, "source": hint.source, "line": hint.line} for hint in intake.hints
        ],
    }


def requirement_data(requirement: ParsedRequirement) -> dict[str, object]:
    """One requirement; the first six keys are schema 1's."""
    return {
        "name": requirement.name,
        "specifier": requirement.specifier,
        "extras": list(requirement.extras),
        "marker": requirement.marker,
        "source": requirement.source,
        "line": requirement.line,
        "url": requirement.url,
        "pinned": requirement.pinned,
        "scope": requirement.scope.value,
        "group": requirement.group,
        "groups": list(requirement.groups),
        "hashes": list(requirement.hashes),
        "editable": requirement.editable,
        "constraint": requirement.constraint,
        "override": requirement.override,
        "direct": requirement.direct,
        "locked": requirement.locked,
        "origin": requirement.origin.value,
        "alternatives": list(requirement.alternatives),
        "dependencies": [_edge_data(edge) for edge in requirement.dependencies] if requirement.has_edges else None,
    }


def _edge_data(edge: Edge) -> dict[str, object]:
    return {"name": edge.name, "marker": edge.marker, "extras": list(edge.extras), "version": edge.version}
