"""Walking a set of pins from the requirements: what it needs, what it leaves out, and what does not hold in it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.model.requirement import Ask
from scanner.domain.resolution.target_provider import TargetProvider

__all__ = ["Edge", "Reach", "Violation", "walk"]


@dataclass(frozen=True, slots=True)
class Edge:
    """Somebody asks for a package. `by` is None for the project; `by_extra` is the extra that brings the ask."""

    by: NormalizedName | None
    by_extra: NormalizedName | None
    ask: Ask


@dataclass(frozen=True, slots=True)
class Violation:
    """An ask that the pins do not satisfy, or (`edge` None) a pin that may not be chosen on the target."""

    name: NormalizedName
    edge: Edge | None


@dataclass(slots=True)
class Reach:
    """What the pins lead to on one target. `members` maps every package reached to its version (None: opaque)."""

    members: dict[NormalizedName, Version | None] = field(default_factory=dict)
    extras: dict[NormalizedName, set[NormalizedName]] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    choices: Mapping[NormalizedName, int] = field(default_factory=dict)


class _Walker:
    """The state of one walk."""

    def __init__(self, provider: TargetProvider, choices: Mapping[NormalizedName, int]) -> None:
        self.provider, self.choices, self.reach = provider, choices, Reach(choices=choices)
        self.todo: deque[tuple[NormalizedName, NormalizedName | None]] = deque()
        self.seen: set[tuple[NormalizedName, NormalizedName | None]] = set()

    def follow(self, edge: Edge) -> None:
        """Take in one ask, and remember what it leads to."""
        name, reach = edge.ask.name, self.reach
        reach.edges.append(edge)
        choice = self.choices.get(name, 0)
        if not choice & self.provider.satisfied(name, edge.ask):
            reach.violations.append(Violation(name, edge))
        if not choice:
            return
        if name not in reach.members:
            self.enter(name, choice)
        reach.extras.setdefault(name, set()).update(edge.ask.extras)
        for extra in (None, *edge.ask.extras):
            if (name, extra) not in self.seen:
                self.seen.add((name, extra))
                self.todo.append((name, extra))

    def enter(self, name: NormalizedName, choice: int) -> None:
        """Take in a package that is reached for the first time."""
        ration = self.provider.ration(name)
        if ration is None:
            self.reach.members[name] = None
            return
        self.reach.members[name] = ration.shelf.version(choice) if choice & ration.shelf.all else None
        if not choice & ration.usable and name not in self.provider.waived:
            self.reach.violations.append(Violation(name, None))


def walk(provider: TargetProvider, choices: Mapping[NormalizedName, int], *, stop_early: bool = False) -> Reach:
    """Follow the asks from the requirements through chosen candidates, breadth first, in the order they are stated.

    A package without a choice is a violation of each ask for it. With `stop_early` the walk ends at the first
    violation; use it to ask "do these hold?".
    """
    walker = _Walker(provider, choices)
    reach = walker.reach
    for ask in provider.asked:
        walker.follow(Edge(None, None, ask))
    while walker.todo and not (stop_early and reach.violations):
        name, extra = walker.todo.popleft()
        needs = provider.needs(name, choices[name])
        if needs is not None:
            for _, ask in provider.brought(needs, extra):
                walker.follow(Edge(name, extra, ask))
    return reach
