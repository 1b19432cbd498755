"""How each package comes into a closure: who asks, by which ways, and how much hangs on it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from packaging.utils import NormalizedName

from projects.domain.assessment.package_result import Place
from projects.domain.dependency_files.values import ParsedRequirement
from scanner.domain.resolution.closure import Closure


def places_in(closure: Closure, requirements: Iterable[ParsedRequirement]) -> dict[NormalizedName, Place]:
    """One place for each package of the closure, in its order: nearest to the project first."""
    own: dict[str, ParsedRequirement] = {}
    said: dict[str, set[bool | None]] = {}
    for requirement in requirements:
        if not requirement.constraint:
            said.setdefault(requirement.name, set()).add(requirement.direct)
        known = own.get(requirement.name)
        # The line to show is the one that asks, not one that only limits.
        if known is None or (known.constraint and not requirement.constraint):
            own[requirement.name] = requirement
    limits: dict[NormalizedName, dict[str, None]] = {}
    for edge in closure.graph.edges:
        if edge.requirement.specifier:
            limits.setdefault(edge.requirement.name, {})[edge.requirement.specifier] = None
    shares = _shares(closure)
    return {
        entry.name: Place(
            name=entry.name,
            direct=_is_direct(said.get(entry.name, set()), asked=entry.direct),
            specifier=",".join(limits.get(entry.name, ())),
            asked=own.get(entry.name),
            paths=closure.paths(entry.name),
            share=shares.get(entry.name, 0.0),
        )
        for entry in closure.entries
    }


def _is_direct(said: Collection[bool | None], *, asked: bool) -> bool | None:
    """Whether the project itself asks for a package; None where its files list it and do not say.

    `said` is what its requirements say of themselves, `asked` whether one of them counts on this target. A list that
    does not say is asked for whole, which tells nothing about a single line of it.
    """
    if asked and True in said:
        return True
    return None if None in said else asked and not said


def _shares(closure: Closure) -> Mapping[NormalizedName, float]:
    """The share of the other packages that cannot be installed without this one, for each package."""
    askers: dict[NormalizedName, set[NormalizedName]] = {}
    for edge in closure.graph.edges:
        if edge.dependent is not None and edge.dependent != edge.requirement.name:
            askers.setdefault(edge.requirement.name, set()).add(edge.dependent)
    others = max(len(closure.entries) - 1, 1)
    return {entry.name: len(_above(entry.name, askers)) / others for entry in closure.entries}


def _above(name: NormalizedName, askers: Mapping[NormalizedName, set[NormalizedName]]) -> set[NormalizedName]:
    """Every package that asks for `name`, directly or through others."""
    found: set[NormalizedName] = set()
    todo = [name]
    while todo:
        for asker in askers.get(todo.pop(), ()):
            if asker not in found and asker != name:
                found.add(asker)
                todo.append(asker)
    return found
