"""Convert parsed requirements to the root requirements of a resolution."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from packaging.markers import InvalidMarker
from packaging.specifiers import InvalidSpecifier

from projects.domain.dependency_files.pep508 import all_of
from projects.domain.dependency_files.values import ParsedRequirement, RequirementOrigin
from scanner.domain.resolution.model.candidates import RootRequirements
from scanner.domain.resolution.model.requirement import Requirement, make_requirement


def root_requirements_of(requirements: Iterable[ParsedRequirement]) -> RootRequirements:
    """Return the root requirements of what the files say.

    If the files say which requirements are direct, the transitive pins of a lock become constraints: on a target that
    does not need a package, its pin requires nothing. Otherwise every pin is a requirement.
    """
    everything = list(requirements)
    overrides = tuple(made for one in everything if one.override for made in _convert(one))
    requiring = [one for one in everything if not one.constraint and not one.override]
    constraining = [one for one in everything if one.constraint and not one.override]
    if any(one.direct for one in requiring):
        # A pin that the project requires on some targets only still constrains the package on the others.
        constraining += [replace(one, direct_marker=None) for one in requiring if not one.direct or one.direct_marker]
        requiring = [one for one in requiring if one.direct]
    roots = tuple(made for one in requiring for made in _convert(one))
    return RootRequirements(roots, tuple(made for one in constraining for made in _convert(one)), overrides)


def _convert(requirement: ParsedRequirement) -> Sequence[Requirement]:
    """Return one requirement, or none if a part of it cannot be parsed, which the reader of the files has reported."""
    specifiers = requirement.alternatives or (requirement.specifier,)
    url = None if requirement.origin is RequirementOrigin.INDEX else requirement.url or requirement.origin.value
    try:
        return (
            make_requirement(
                requirement.name,
                *(() if url else specifiers),
                extras=requirement.extras,
                marker=all_of(requirement.marker, requirement.direct_marker),
                url=url,
            ),
        )
    except (InvalidSpecifier, InvalidMarker):
        return ()
