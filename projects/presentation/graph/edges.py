"""Which package of a target asks for which, as far as the stored ways into the set say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

from msgspec import Struct, field

from projects.domain.assessment.package_result import PackageResult


class PackageGraph(Struct, frozen=True):
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
        """Return the column of each of these packages: right of all that ask for it, nearest to the project first.

        Of packages that ask for each other in a circle, one stands left of what asks for it.
        """
        depths: dict[str, int] = {}
        for name in self._order(names):
            above = [depths[one] for one in self.asked_by.get(name, ()) if one in depths]
            depths[name] = max(above, default=-1) + 1
        return dict(sorted(depths.items(), key=lambda item: (item[1], item[0])))

    def _order(self, names: AbstractSet[str]) -> list[str]:
        """Return these packages so that each comes after those that ask for it, except in a circle."""
        order: list[str] = []
        seen: set[str] = set()
        for start in [*sorted(names & self.roots), *sorted(names)]:
            # The way that is being walked, with what each package on it asks for and was not walked yet.
            walk = [] if start in seen else [(start, self._children(start, names))]
            seen.add(start)
            while walk:
                name, rest = walk[-1]
                child = next((one for one in rest if one not in seen), None)
                if child is None:
                    order.append(name)
                    walk.pop()
                else:
                    seen.add(child)
                    walk.append((child, self._children(child, names)))
        return order[::-1]

    def _children(self, name: str, names: AbstractSet[str]) -> Iterator[str]:
        return iter(sorted(self.asks.get(name, set()) & names))


class _Edges(Struct):
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
