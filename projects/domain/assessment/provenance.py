"""How each package comes into a resolved set: who requires it, by which paths, and how much depends on it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct
from packaging.utils import NormalizedName

from projects.domain.dependency_files.values import ParsedRequirement
from scanner.domain.resolution.closure import Closure


class Provenance(Struct, frozen=True):
    """How one package comes into the set on one target.

    `direct` is whether the project itself requires the package; None where its files list it without saying so.
    `specifier` joins every specifier that applies to it. `source` and `line` are the place of the project's own
    requirement. `paths` lead from a requirement of the project to the package. `groups` are the extras and dependency
    groups that bring it, "" for the main requirements.
    """

    direct: bool | None
    specifier: str = ""
    source: str | None = None
    line: int | None = None
    paths: tuple[tuple[str, ...], ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def shortest_path(self) -> tuple[str, ...]:
        """The shortest path through another package; empty when there is none."""
        # A list that is installed whole gives each of its lines a path of one step, which says nothing.
        return min((path for path in self.paths if len(path) > 1), key=lambda path: (len(path), path), default=())


def find_provenance(closure: Closure, requirements: Iterable[ParsedRequirement]) -> dict[NormalizedName, Provenance]:
    """Return the provenance of each package of the closure, in its order: nearest to the project first."""
    own: dict[str, ParsedRequirement] = {}
    declared: dict[str, set[bool | None]] = {}
    groups: dict[str, dict[str, None]] = {}
    for requirement in requirements:
        if not requirement.constraint:
            groups.setdefault(requirement.name, {}).update(dict.fromkeys(requirement.groups or ("",)))
            declared.setdefault(requirement.name, set()).add(requirement.direct)
        known = own.get(requirement.name)
        # The line to show is a requirement, not a constraint.
        if known is None or (known.constraint and not requirement.constraint):
            own[requirement.name] = requirement
    specifiers: dict[NormalizedName, dict[str, None]] = {}
    for edge in closure.graph.edges:
        if edge.requirement.specifier:
            specifiers.setdefault(edge.requirement.name, {})[edge.requirement.specifier] = None
    found = {}
    for member in closure.members:
        written = own.get(member.name)
        paths = tuple(tuple(path) for path in closure.paths(member.name))
        origins = [member.name, *(path[0] for path in paths)]
        found[member.name] = Provenance(
            direct=_is_direct(declared.get(member.name, set()), required=member.direct),
            specifier=",".join(specifiers.get(member.name, ())),
            source=written.source if written else None,
            line=written.line if written else None,
            paths=paths,
            groups=tuple(dict.fromkeys(group for origin in origins for group in groups.get(origin, ()))),
        )
    return found


def _is_direct(declared: Collection[bool | None], *, required: bool) -> bool | None:
    """Return whether the project itself requires a package; None where its files list it and do not say.

    `declared` is what its requirements say of themselves, `required` whether one of them applies on this target. A
    list that does not say is required as a whole, which says nothing about a single line of it.
    """
    if required and True in declared:
        return True
    return None if None in declared else required and not declared


def find_dependent_shares(closure: Closure) -> Mapping[NormalizedName, float]:
    """Return, for each package, the share of the other packages that depend on it, directly or not (0 to 1)."""
    dependents: dict[NormalizedName, set[NormalizedName]] = {}
    for edge in closure.graph.edges:
        if edge.dependent is not None and edge.dependent != edge.requirement.name:
            dependents.setdefault(edge.requirement.name, set()).add(edge.dependent)
    others = max(len(closure.members) - 1, 1)
    return {member.name: len(_all_dependents(member.name, dependents)) / others for member in closure.members}


def _all_dependents(
    name: NormalizedName, dependents: Mapping[NormalizedName, set[NormalizedName]]
) -> set[NormalizedName]:
    found: set[NormalizedName] = set()
    todo = [name]
    while todo:
        for dependent in dependents.get(todo.pop(), ()):
            if dependent not in found and dependent != name:
                found.add(dependent)
                todo.append(dependent)
    return found
