"""From what the files say to what the resolver is asked: roots, constraints, overrides. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from packaging.markers import InvalidMarker
from packaging.specifiers import InvalidSpecifier

from projects.domain.dependency_files.values import ParsedRequirement, RequirementOrigin
from scanner.domain.resolution.model.candidates import RootRequirements
from scanner.domain.resolution.model.requirement import Requirement, make_requirement


def question_of(requirements: Iterable[ParsedRequirement]) -> RootRequirements:
    """What these requirements ask for as written.

    Where the files tell direct from transitive, a lock's transitive pins only limit: on a target that does not need
    a package its pin asks for nothing. Where they do not tell, every pin asks.
    """
    everything = list(requirements)
    overrides = tuple(ask for one in everything if one.override for ask in _asks(one))
    asking = [one for one in everything if not one.constraint and not one.override]
    limits = [one for one in everything if one.constraint and not one.override]
    if any(one.direct for one in asking):
        limits += [one for one in asking if not one.direct]
        asking = [one for one in asking if one.direct]
    roots = tuple(ask for one in asking for ask in _asks(one))
    return RootRequirements(roots, tuple(ask for one in limits for ask in _asks(one)), overrides)


def _asks(requirement: ParsedRequirement) -> Sequence[Requirement]:
    """One ask, or none where a part of the requirement cannot be read; intake has reported that with its place."""
    specifiers = requirement.alternatives or (requirement.specifier,)
    url = None if requirement.origin is RequirementOrigin.INDEX else requirement.url or requirement.origin.value
    try:
        return (
            make_requirement(
                requirement.name,
                *(() if url else specifiers),
                extras=requirement.extras,
                marker=requirement.marker,
                url=url,
            ),
        )
    except (InvalidSpecifier, InvalidMarker):
        return ()
