"""The dependency graph of chosen versions: what they require, and what does not hold."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from msgspec import Struct, field
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.target_provider import TargetProvider

__all__ = ["DependencyEdge", "DependencyGraph", "Violation", "walk"]


class DependencyEdge(Struct, frozen=True):
    """A requirement that applies, stated by the project (`dependent` None), by a package, or by an extra of it."""

    dependent: NormalizedName | None
    extra: NormalizedName | None
    requirement: Requirement


class Violation(Struct, frozen=True):
    """A requirement that the choices do not satisfy or, if `edge` is None, a choice that cannot be used."""

    name: NormalizedName
    edge: DependencyEdge | None


class DependencyGraph(Struct):
    """What choices lead to on one target.

    `members` maps every package reached to its version, None if it has none (a URL). `unread` are packages whose
    dependencies are not known.
    """

    members: dict[NormalizedName, Version | None] = field(default_factory=dict)
    extras: dict[NormalizedName, set[NormalizedName]] = field(default_factory=dict)
    edges: list[DependencyEdge] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    unread: list[NormalizedName] = field(default_factory=list)
    choices: Mapping[NormalizedName, int] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether the choices satisfy every requirement, and the dependencies of all of them are known."""
        return not self.violations and not self.unread


class _Walker:
    """The state of one walk."""

    def __init__(self, provider: TargetProvider, choices: Mapping[NormalizedName, int]) -> None:
        self.provider, self.choices, self.graph = provider, choices, DependencyGraph(choices=choices)
        self.todo: deque[tuple[NormalizedName, NormalizedName | None]] = deque()

    def follow(
        self,
        dependent: NormalizedName | None,
        extra: NormalizedName | None,
        requirements: Iterable[tuple[Requirement, int]],
    ) -> None:
        """Add requirements of one dependent, each with what it admits, and note what they lead to."""
        graph, todo, choices = self.graph, self.todo, self.choices
        edges, reached = graph.edges, graph.extras
        for requirement, admitted in requirements:
            name = requirement.name
            edge = DependencyEdge(dependent, extra, requirement)
            edges.append(edge)
            choice = choices.get(name, 0)
            if not choice & admitted:
                graph.violations.append(Violation(name, edge))
            if not choice:
                continue
            extras = reached.get(name)
            if extras is None:
                self.enter(name, choice)
                extras = reached[name] = set()
                todo.append((name, None))
            for added in requirement.extras:
                if added not in extras:
                    extras.add(added)
                    todo.append((name, added))

    def covers(self, requirement: Requirement, admitted: int) -> bool:
        """Return whether what was followed leads to a package in a version that this requirement admits too."""
        extras = self.graph.extras.get(requirement.name)
        is_reached = extras is not None and extras.issuperset(requirement.extras)
        return is_reached and bool(self.choices.get(requirement.name, 0) & admitted)

    def finish(self, *, stop_early: bool) -> None:
        """Follow what the packages reached require."""
        provider, todo, graph = self.provider, self.todo, self.graph
        while todo and not (stop_early and graph.violations):
            name, extra = todo.popleft()
            requirements = provider.requirements_of(name, self.choices[name], extra)
            if requirements is not None:
                self.follow(name, extra, requirements)
            elif extra is None and graph.members.get(name) is not None:
                graph.unread.append(name)

    def enter(self, name: NormalizedName, choice: int) -> None:
        """Add a package that is reached for the first time."""
        provider, graph = self.provider, self.graph
        candidates = provider.candidates(name)
        if candidates is None:
            graph.members[name] = None
            return
        graph.members[name] = candidates.package.version(choice) if choice & candidates.package.all else None
        if not choice & candidates.usable and name not in provider.tolerated:
            graph.violations.append(Violation(name, None))
        for pair, _ in provider.breaks_beside(name, choice):
            if all(self.choices.get(NormalizedName(one), 0) & broken and one in graph.members for one, broken in pair):
                graph.violations.append(Violation(name, None))


def walk(
    provider: TargetProvider, choices: Mapping[NormalizedName, int], *, stop_early: bool = False
) -> DependencyGraph:
    """Return the graph of choices, breadth first from the project's requirements in their order.

    What is required only because a list or a lock includes it begins where nothing else leads to it. A package without
    a choice is a violation of each requirement for it. With `stop_early` the walk ends at the first violation, which is
    enough to know whether the choices hold.
    """
    walker = _Walker(provider, choices)
    walker.follow(None, None, ((one, provider.admitted(one)) for one in provider.direct))
    walker.finish(stop_early=stop_early)
    for requirement in provider.included:
        admitted = provider.admitted(requirement)
        if not walker.covers(requirement, admitted):
            walker.follow(None, None, [(requirement, admitted)])
            walker.finish(stop_early=stop_early)
    walker.graph.violations += [Violation(name, None) for name in provider.breaks.open_in(walker.graph.members)]
    return walker.graph
