"""The nodes of a search by number, and the incompatibilities that are known of each."""

from __future__ import annotations

from scanner.domain.resolution.pubgrub.incompatibility import ExternalCause, Incompatibility

__all__ = ["KnownIncompatibilities"]


class KnownIncompatibilities:
    """What a search knows. It only grows.

    `watch` has the incompatibilities of each node, each with the set of its term for that node. `failed` is the one
    without terms, if it is known: there is no solution.
    """

    def __init__(self) -> None:
        self.nodes: list[str] = []
        self.number: dict[str, int] = {}
        self.watch: list[list[tuple[int, Incompatibility]]] = []
        self.failed: Incompatibility | None = None
        self._seen: set[tuple[tuple[int, int], ...]] = set()

    def copy(self) -> KnownIncompatibilities:
        """Return the same knowledge, to grow by itself."""
        made = KnownIncompatibilities()
        made.nodes, made.number, made.failed = [*self.nodes], {**self.number}, self.failed
        made.watch, made._seen = [[*watched] for watched in self.watch], {*self._seen}
        return made

    def add_node(self, node: str) -> int:
        """Give a new node its number."""
        number = self.number[node] = len(self.nodes)
        self.nodes.append(node)
        self.watch.append([])
        return number

    def state(self, terms: dict[int, int], reason: object) -> list[Incompatibility]:
        """Keep a fact and return it, unless it always holds or is known."""
        key = tuple(terms.items())
        if key in self._seen or not all(terms.values()):
            return []
        self._seen.add(key)
        incompatibility = Incompatibility(key, ExternalCause(reason))
        self.keep(incompatibility)
        return [incompatibility]

    def keep(self, incompatibility: Incompatibility) -> None:
        """Keep an incompatibility."""
        if not incompatibility.terms:
            self.failed = incompatibility
        for node, mask in incompatibility.terms:
            self.watch[node].append((mask, incompatibility))
