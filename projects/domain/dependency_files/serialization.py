"""ParsedFiles as JSON data: `sources`, `problems` and `requirements` of schema 1, and the options and hints."""

from __future__ import annotations

from msgspec.structs import asdict

from projects.domain.dependency_files.values import LockedDependency, ParsedFiles, ParsedRequirement


def to_data(parsed: ParsedFiles) -> dict[str, object]:
    """Return lists of dictionaries of JSON values, in the order of the files."""
    return {
        "sources": [asdict(source) for source in parsed.sources],
        "problems": [asdict(problem) for problem in parsed.problems],
        "requirements": [_requirement_data(requirement) for requirement in parsed.requirements],
        "options": [asdict(option) for option in parsed.options],
        "hints": [asdict(hint) for hint in parsed.hints],
    }


def _requirement_data(requirement: ParsedRequirement) -> dict[str, object]:
    """Return one requirement; the first six keys are those of schema 1."""
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
        "dependencies": [_dependency_data(dependency) for dependency in requirement.dependencies]
        if requirement.lists_dependencies
        else None,
    }


def _dependency_data(dependency: LockedDependency) -> dict[str, object]:
    return {
        "name": dependency.name,
        "marker": dependency.marker,
        "extras": list(dependency.extras),
        "version": dependency.version,
    }
