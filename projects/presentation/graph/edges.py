"""Which package of a target asks for which, as far as the stored ways into the set say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import pairwise

from projects.domain.assessment.package_result import PackageResult


@dataclass(frozen=True, slots=True)
class PackageGraph:
    """The packages of one target. `asks` has, by name, those that it requires; `asked_by` the other direction.

    `roots` are what the project itself requires or lists.
    """

    results: Mapping[str, PackageResult]
    asks: Mapping[str, AbstractSet[str]]
    asked_by: Mapping[str, AbstractSet[str]]
    roots: frozenset[str]

    def above(self, names: Iterable[str]) -> set[str]:
        """Return these packages and those that lead to them."""
        return _reachable(names, self.asked_by)

    def below(self, names: Iterable[str]) -> set[str]:
        """Return these packages and those that they lead to."""
        return _reachable(names, self.asks)

    def depths(self, names: AbstractSet[str]) -> dict[str, int]:
        """Return how many steps each of these packages is from the project, nearest first, over these packages."""
        depths: dict[str, int] = {}
        layer = sorted(names & self.roots) or sorted(
            name for name in names if not self.asked_by.get(name, set()) & names
        )
        todo = set(names)
        depth = 0
        while todo:
            # Packages that ask only for each other have no way from the project: they begin a layer of their own.
            found = [name for name in layer if name in todo] or sorted(todo)[:1]
            depths.update(dict.fromkeys(found, depth))
            todo.difference_update(found)
            layer = sorted({child for name in found for child in self.asks.get(name, ())})
            depth += 1
        return depths


@dataclass(slots=True)
class _Edges:
    asks: dict[str, set[str]] = field(default_factory=dict)
    asked_by: dict[str, set[str]] = field(default_factory=dict)

    def add(self, dependent: str, name: str) -> None:
        self.asks.setdefault(dependent, set()).add(name)
        self.asked_by.setdefault(name, set()).add(dependent)


def package_graph(results: Sequence[PackageResult]) -> PackageGraph:
    """Return the graph of a target's packages. Those that the target does not need are left out."""
    needed: dict[str, PackageResult] = {result.name: result for result in results if result.is_needed}
    edges = _Edges()
    roots = set()
    for name, result in needed.items():
        paths = [_steps(path, needed) for path in result.provenance.paths]
        if result.provenance.direct is not False or not any(len(path) > 1 for path in paths):
            roots.add(name)
        for path in paths:
            roots.update(path[:1])
            for dependent, required in pairwise(path):
                edges.add(dependent, required)
    return PackageGraph(needed, edges.asks, edges.asked_by, frozenset(roots))


def _steps(path: Sequence[str], known: Mapping[str, PackageResult]) -> list[str]:
    """Return a way into the set without extras and repeats."""
    return [name for name in dict.fromkeys(step.partition("[")[0] for step in path) if name in known]


def _reachable(names: Iterable[str], edges: Mapping[str, AbstractSet[str]]) -> set[str]:
    found = set(names)
    todo = list(found)
    while todo:
        new = edges.get(todo.pop(), set()) - found
        found |= new
        todo += new
    return found
