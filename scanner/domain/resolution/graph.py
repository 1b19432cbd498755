"""The dependency graph of chosen versions: what they require, and what does not hold."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

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
        self.seen: set[tuple[NormalizedName, NormalizedName | None]] = set()

    def follow(self, edge: DependencyEdge) -> None:
        """Add a requirement, and note what it leads to."""
        name, graph = edge.requirement.name, self.graph
        graph.edges.append(edge)
        choice = self.choices.get(name, 0)
        if not choice & self.provider.satisfied(name, edge.requirement):
            graph.violations.append(Violation(name, edge))
        if not choice:
            return
        if name not in graph.members:
            self.enter(name, choice)
        graph.extras.setdefault(name, set()).update(edge.requirement.extras)
        for extra in (None, *edge.requirement.extras):
            if (name, extra) not in self.seen:
                self.seen.add((name, extra))
                self.todo.append((name, extra))

    def covers(self, requirement: Requirement) -> bool:
        """Return whether what was followed leads to a package in a version that this requirement admits too."""
        name = requirement.name
        return (
            name in self.graph.members
            and set(requirement.extras) <= self.graph.extras.get(name, set())
            and bool(self.choices.get(name, 0) & self.provider.satisfied(name, requirement))
        )

    def finish(self, *, stop_early: bool) -> None:
        """Follow what the packages reached require."""
        while self.todo and not (stop_early and self.graph.violations):
            name, extra = self.todo.popleft()
            dependencies = self.provider.dependencies_of(name, self.choices[name])
            if dependencies is not None:
                for _, requirement in self.provider.applicable(dependencies, extra):
                    self.follow(DependencyEdge(name, extra, requirement))
            elif extra is None and self.graph.members.get(name) is not None:
                self.graph.unread.append(name)

    def enter(self, name: NormalizedName, choice: int) -> None:
        """Add a package that is reached for the first time."""
        candidates = self.provider.candidates(name)
        if candidates is None:
            self.graph.members[name] = None
            return
        self.graph.members[name] = candidates.package.version(choice) if choice & candidates.package.all else None
        if not choice & candidates.usable and name not in self.provider.tolerated:
            self.graph.violations.append(Violation(name, None))
        for pair, _ in self.provider.breaks_beside(name, choice):
            if all(
                self.choices.get(NormalizedName(one), 0) & broken and one in self.graph.members for one, broken in pair
            ):
                self.graph.violations.append(Violation(name, None))


def walk(
    provider: TargetProvider, choices: Mapping[NormalizedName, int], *, stop_early: bool = False
) -> DependencyGraph:
    """Return the graph of choices, breadth first from the project's requirements in their order.

    What is required only because a list or a lock includes it begins where nothing else leads to it. A package without
    a choice is a violation of each requirement for it. With `stop_early` the walk ends at the first violation, which is
    enough to know whether the choices hold.
    """
    walker = _Walker(provider, choices)
    for requirement in provider.direct:
        walker.follow(DependencyEdge(None, None, requirement))
    walker.finish(stop_early=stop_early)
    for requirement in provider.included:
        if not walker.covers(requirement):
            walker.follow(DependencyEdge(None, None, requirement))
            walker.finish(stop_early=stop_early)
    walker.graph.violations += [Violation(name, None) for name in provider.breaks.open_in(walker.graph.members)]
    return walker.graph
