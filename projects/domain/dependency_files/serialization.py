"""An Intake as plain data for JSON: the `sources`, `problems` and `requirements` of schema 1, and a little more."""

from __future__ import annotations

from projects.domain.dependency_files.values import LockedDependency, ParsedFiles, ParsedRequirement


def to_data(parsed: ParsedFiles) -> dict[str, object]:
    """Lists of dictionaries of texts, numbers and None, in the order of the files."""
    return {
        "sources": [
            {"path": source.path, "format": source.format.value, "sha256": source.sha256} for source in parsed.sources
        ],
        "problems": [
            {"path": problem.path, "line": problem.line, "text": problem.text, "message": problem.message}
            for problem in parsed.problems
        ],
        "requirements": [_requirement_data(requirement) for requirement in parsed.requirements],
        "options": [
            {"name": option.name, "value": option.value, "source": option.source, "line": option.line}
            for option in parsed.options
        ],
        "hints": [
            {"kind": hint.kind, "value": hint.value, "source": hint.source, "line": hint.line} for hint in parsed.hints
        ],
    }


def _requirement_data(requirement: ParsedRequirement) -> dict[str, object]:
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
        "dependencies": [_edge_data(dependency) for dependency in requirement.dependencies]
        if requirement.lists_dependencies
        else None,
    }


def _edge_data(dependency: LockedDependency) -> dict[str, object]:
    return {
        "name": dependency.name,
        "marker": dependency.marker,
        "extras": list(dependency.extras),
        "version": dependency.version,
    }
