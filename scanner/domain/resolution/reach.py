"""Walking a set of pins from the requirements: what it needs, what it leaves out, and what does not hold in it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from packaging.utils import NormalizedName
from packaging.version import Version

from .asks import Ask
from .provider import TargetProvider

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


def walk(provider: TargetProvider, choices: Mapping[NormalizedName, int], *, stop_early: bool = False) -> Reach:
    """Follow the asks from the requirements through chosen candidates, breadth first, in the order they are stated.

    A package without a choice is a violation of each ask for it. With `stop_early` the walk ends at the first
    violation; use it to ask "do these hold?".
    """
    reach = Reach()
    todo: deque[tuple[NormalizedName, NormalizedName | None]] = deque()
    seen: set[tuple[NormalizedName, NormalizedName | None]] = set()

    def follow(edge: Edge) -> None:
        name = edge.ask.name
        reach.edges.append(edge)
        choice = choices.get(name, 0)
        if not choice & provider.satisfied(name, edge.ask):
            reach.violations.append(Violation(name, edge))
        if not choice:
            return
        if name not in reach.members:
            ration = provider.ration(name)
            opaque = ration is None or bool(choice & ~ration.shelf.all)
            reach.members[name] = None if ration is None or opaque else ration.shelf.version(choice)
            if ration is not None and name not in provider.waived and not choice & ration.usable:
                reach.violations.append(Violation(name, None))
        for extra in (None, *edge.ask.extras):
            if extra is not None:
                reach.extras.setdefault(name, set()).add(extra)
            if (name, extra) not in seen:
                seen.add((name, extra))
                todo.append((name, extra))

    for root in provider.roots():
        if root.requirement is not None:
            follow(Edge(None, None, root.requirement))
    while todo and not (stop_early and reach.violations):
        name, extra = todo.popleft()
        needs = provider.needs(name, choices[name])
        if needs is not None:
            for _, ask in provider.brought(needs, extra):
                follow(Edge(name, extra, ask))
    return reach
