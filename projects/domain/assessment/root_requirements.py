"""Convert parsed requirements to the root requirements of a resolution."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace
from packaging.markers import InvalidMarker
from packaging.specifiers import InvalidSpecifier
from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.dependency_files.pep508 import (
    MalformedRequirement,
    all_of,
    any_of,
    normalize_marker,
    pinned_version,
)
from projects.domain.dependency_files.poetry_versions import python_marker
from projects.domain.dependency_files.target_limits import LimitKind, TargetLimit
from projects.domain.dependency_files.values import LockRule, ParsedRequirement, RequirementOrigin
from scanner.domain.resolution.closure import Closure
from scanner.domain.resolution.model.markers import MarkerMemo
from scanner.domain.resolution.model.requirement import Requirement, make_requirement
from scanner.domain.resolution.model.root_requirements import RootRequirements
from scanner.domain.targets.target import Target


def root_requirements_of(
    requirements: Iterable[ParsedRequirement], limits: Iterable[TargetLimit] = ()
) -> RootRequirements:
    """Return the root requirements of what the files say.

    A lock fixes each of its packages. Which of them are installed is up to its rule: every one whose marker holds, or
    those that the project's own requirements lead to, if the files say which these are. `limits` are the Pythons of
    the locks: outside of them a lock's markers say nothing.
    """
    everything = _at_locked_places(requirements)
    requiring = [one for one in everything if not one.constraint and not one.override]
    telling = {one.source for one in requiring if one.direct is not None}
    pythons = _pythons_of_locks(limits, telling)
    direct = [one for one in requiring if one.direct or (one.direct is None and one.source not in telling)]
    included = [
        replace(one, direct_marker=None, marker=all_of(one.marker, pythons.get(one.source)))
        for one in requiring
        if one.lock in {LockRule.LINES, LockRule.PACKAGES} or one.origin is not RequirementOrigin.INDEX
        if not one.direct or one.direct_marker
    ]
    return RootRequirements(
        _convert_all(direct),
        _convert_all(one for one in everything if one.constraint and not one.override),
        _convert_all(one for one in everything if one.override),
        (*_convert_all(included), *_behind_foreign(requiring)),
        _convert_all(replace(one, direct_marker=None, extras=()) for one in requiring if _is_fixed(one)),
    )


def _at_locked_places(requirements: Iterable[ParsedRequirement]) -> list[ParsedRequirement]:
    """Return the requirements, those of a repository or URL at the place that a lock has: there it names the commit."""
    everything = list(requirements)
    foreign = [one for one in everything if one.origin is not RequirementOrigin.INDEX]
    places = {one.name: one.url for one in foreign if one.lock is not None}
    return [
        replace(one, url=places[one.name]) if one.name in places and one.origin is not RequirementOrigin.INDEX else one
        for one in everything
    ]


def _pythons_of_locks(limits: Iterable[TargetLimit], telling: Collection[str]) -> dict[str, str | None]:
    """Return the condition on Python of each lock that names its direct packages.

    Tools leave out of a marker what the Pythons of the project make always true.
    """
    found: dict[str, str | None] = {}
    for limit in limits:
        if limit.kind is LimitKind.LOCK_PYTHON and limit.source in telling:
            try:
                markers = [normalize_marker(python_marker(one)) for one in limit.specifiers]
            except MalformedRequirement:
                continue
            found[limit.source] = all_of(found.get(limit.source), any_of(*markers))
    return found


def _is_fixed(one: ParsedRequirement) -> bool:
    is_unchecked = one.lock in {LockRule.PACKAGES, LockRule.GRAPH}
    return is_unchecked and one.pinned is not None and one.origin is RequirementOrigin.INDEX


def _behind_foreign(requirements: Iterable[ParsedRequirement]) -> Iterator[Requirement]:
    """Yield what locked packages that are not from an index require: only their lock says it."""
    for one in requirements:
        if one.lock is not None and one.origin is not RequirementOrigin.INDEX:
            for edge in one.dependencies:
                if "extra" not in (edge.marker or ""):
                    marker = all_of(one.marker, edge.marker)
                    yield make_requirement(edge.name, extras=edge.extras, marker=marker)


def _convert_all(requirements: Iterable[ParsedRequirement]) -> tuple[Requirement, ...]:
    return tuple(made for one in requirements for made in convert_requirement(one))


def convert_requirement(requirement: ParsedRequirement) -> Sequence[Requirement]:
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


def versions_in_use(
    roots: RootRequirements, target: Target, resolved: Mapping[NormalizedName, Version]
) -> dict[NormalizedName, Version]:
    """Return the versions that a plan starts from: those of the closure, `resolved`.

    Of a package that the project pins to several versions on the target it is the lowest pin, whichever comes first
    in the files: any plan moves that line. A pinned version that no index has is in use too.
    """
    markers = MarkerMemo(target)
    pins: dict[NormalizedName, set[Version]] = {}
    for requirement in roots.requirements:
        version = pinned_version(requirement.specifier)
        if version is not None and markers.holds(requirement, ""):
            pins.setdefault(requirement.name, set()).add(Version(version))
    return {
        **resolved,
        **{name: min(versions) for name, versions in pins.items() if len(versions) > 1 or name not in resolved},
    }


def without_reached(roots: RootRequirements, closures: Iterable[Closure]) -> RootRequirements:
    """Return the roots of a plan: what a lock includes stays required only where nothing else leads to it.

    So a package that nothing requires any more after an upgrade may go.
    """
    alone = {edge.requirement.name for found in closures for edge in found.graph.edges if edge.dependent is None}
    return replace(roots, included=tuple(one for one in roots.included if one.name in alone))
