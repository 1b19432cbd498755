"""A PubGrub solver: it learns an incompatibility from every conflict and never runs into the same one twice.

It propagates what follows from the incompatibilities and decides one candidate. At a conflict it derives the
incompatibility that would have prevented it, keeps it, and returns to the decision level where it applies. It does not
recurse; memory grows with what is learned.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct

from scanner.domain.resolution.pubgrub.conflicts import learned_from
from scanner.domain.resolution.pubgrub.incompatibility import ABSENT, ANYTHING, ExternalCause, Incompatibility, bits
from scanner.domain.resolution.pubgrub.propagation import propagate
from scanner.domain.resolution.pubgrub.provider_protocol import Dependency, DependencyProvider
from scanner.domain.resolution.pubgrub.search_state import Checkpoint, Checkpoints, SearchState

__all__ = ["Exhausted", "Solved", "Solver", "Unsolvable"]

R = TypeVar("R")
M = TypeVar("M")


class Solved(Struct, frozen=True):
    """The choice of every node that is needed, as a set of one."""

    chosen: Mapping[str, int]


class Unsolvable(Struct, frozen=True):
    """No solution. `proof` is the incompatibility without terms; None if only the assumptions failed."""

    proof: Incompatibility | None


class Exhausted(Struct, frozen=True):
    """A search that reached a limit after `steps` decisions and conflicts; nothing is known."""

    steps: int
    reason: str


class Solver(Generic[R, M]):
    """A search. `solve` may be called again with other assumptions; what was learned is kept.

    `solve` is a generator. If the provider lacks a fact, it yields what is missing, first of the node that is to be
    decided, then of those that will probably come next, and continues when it is resumed. `limit` counts the decisions
    and conflicts of one call; `expired` is called after every 64 of them.

    `begin` is a checkpoint of another search to go on from, in place of the requirements. `checkpoints` collects those
    of this one.
    """

    def __init__(
        self,
        provider: DependencyProvider[R, M],
        requirements: Iterable[Dependency[R]],
        *,
        limit: int = 200_000,
        expired: Callable[[], bool] | None = None,
        begin: Checkpoint[Any] | None = None,
        checkpoints: Checkpoints[Any] | None = None,
    ) -> None:
        self._provider = provider
        self._limit = limit
        self._expired = expired
        self._checkpoints = checkpoints
        self._state = SearchState() if begin is None else begin.state.copy()
        self._known, self._solution = self._state.known, self._state.solution
        self._order, self._loaded = self._state.order, self._state.loaded
        self._queue: list[int] = []
        self._first_step = 1 if begin is None else begin.step
        for requirement in requirements:
            self._add_dependency(requirement)

    @property
    def nodes(self) -> Sequence[str]:
        """The nodes by number."""
        return self._known.nodes

    def solve(
        self, assumptions: Sequence[tuple[str, int]] = ()
    ) -> Generator[list[M], None, Solved | Unsolvable | Exhausted]:
        """Search for a solution in which every assumed node, if chosen at all, is the assumed candidate."""
        solution, first, self._first_step = self._solution, self._first_step, 1
        if first == 1:
            solution.back_to(0)
            self._queue = list(range(len(self.nodes)))
        assumed = [(self._intern(node), choice) for node, choice in assumptions]
        pending = 0
        for step in range(first, self._limit + 1):
            if self._known.failed is not None:
                return Unsolvable(self._known.failed)
            if step % 64 == 0 and self._expired is not None and self._expired():
                return Exhausted(step, "time")
            conflict = propagate(solution, self._known.watch, self._queue)
            if conflict is not None:
                if not self._learn(conflict):
                    return Unsolvable(self._known.failed)
                pending = min(pending, solution.level)
                continue
            if pending < len(assumed):
                node, choice = assumed[pending]
                if not solution.allowed[node] & (choice | ABSENT):
                    return Unsolvable(None)
                pending += 1
                solution.level += 1
                solution.limit(node, choice | ABSENT, None)
                self._queue.append(node)
                continue
            node = self._order.next(solution)
            if node < 0:
                chosen = (n for n, decided in enumerate(solution.decided) if decided)
                return Solved({self.nodes[n]: solution.allowed[n] for n in chosen})
            choice = self._prefer(node)
            while missing := self._missing(node, choice):
                yield missing
                choice = self._prefer(node)
            if self._checkpoints is not None and self._key(node, choice) not in self._loaded:
                self._checkpoints.consider(self._state, step, self.nodes[node], choice, self._followed(node))
            self._decide(node, choice)
        return Exhausted(self._limit, "steps")

    def always(self, node: str) -> int:
        """Return the candidates of a node that facts, and incompatibilities over facts alone, do not rule out."""
        if node not in self._known.number:
            return ANYTHING
        number = self._known.number[node]
        allowed = self._solution.always(number)
        for own, incompatibility in self._known.watch[number]:
            if not any(
                other != number and self._solution.always(other) & ~mask for other, mask in incompatibility.terms
            ):
                allowed &= ~own
        return allowed

    def _intern(self, node: str) -> int:
        number = self._known.number.get(node)
        if number is not None:
            return number
        number = self._known.add_node(node)
        self._order.add()
        facts = self._provider.facts(node)
        self._solution.add(number, facts)
        if facts.follows is not None:
            self._solution.follow(number, self._intern(facts.follows))
        return number

    def _add_dependency(self, dependency: Dependency[R]) -> list[Incompatibility]:
        """Store the incompatibilities of one dependency: a dependent is chosen and the requirement is not satisfied."""
        provider, dependents = self._provider, dependency.dependents
        base = {self._intern(node): mask for node, mask in dependents}
        requirement = dependency.requirement
        if requirement is None:
            return self._known.state(base, dependency.reason)
        added: list[Incompatibility] = []
        for node in provider.identify(requirement):
            satisfied = provider.satisfied(node, requirement)
            number = self._intern(node)
            terms = {**base, number: base.get(number, ANYTHING) & ~satisfied}
            added += self._known.state(terms, dependency.reason)
        return added

    def _prefer(self, node: int) -> int:
        return self._provider.prefer(self.nodes[node], self._solution.allowed[node])

    def _missing(self, node: int, choice: int) -> list[M]:
        """Return what the provider lacks to decide a node and, if that is anything, to decide the other open ones."""
        first = self._lacks(node, choice)
        if first is None:
            return []
        solution = self._solution
        others = [
            self._lacks(other, self._prefer(other)) for other in bits(solution.open & solution.ready & ~(1 << node))
        ]
        return [first, *(one for one in others if one is not None)]

    def _lacks(self, node: int, choice: int) -> M | None:
        if not choice or self._key(node, choice) in self._loaded:
            return None
        return self._provider.missing(self.nodes[node], choice, self._followed(node))

    def _key(self, node: int, choice: int) -> tuple[int, int]:
        leader = self._solution.leaders[node]
        return node, choice if leader < 0 else self._solution.allowed[leader]

    def _followed(self, node: int) -> dict[str, int]:
        leader = self._solution.leaders[node]
        return {} if leader < 0 else {self.nodes[leader]: self._solution.allowed[leader]}

    def _decide(self, node: int, choice: int) -> None:
        solution = self._solution
        self._queue.append(node)
        if not choice:
            self._known.keep(Incompatibility(((node, solution.allowed[node]),), ExternalCause(None)))
        elif not self._is_loaded(node, choice) and self._load(node, choice):
            # The decision would be undone at once. Let propagation rule the candidate out instead.
            self._order.rule_out(node)
        else:
            solution.decide(node, choice)

    def _is_loaded(self, node: int, choice: int) -> bool:
        """Return whether all that a choice requires is stored. What an extra requires grows as releases are read."""
        key = self._key(node, choice)
        if key not in self._loaded or self._solution.leaders[node] < 0:
            return key in self._loaded
        return self._loaded[key] == self._provider.basis(self.nodes[node])

    def _load(self, node: int, choice: int) -> bool:
        """Store what a choice requires. Return whether that rules the choice out."""
        name, conflicting = self.nodes[node], False
        for dependency in self._provider.dependencies(name, choice, self._followed(node)):
            for incompatibility in self._add_dependency(dependency):
                conflicting = conflicting or self._solution.would_violate(incompatibility, node)
        self._loaded[self._key(node, choice)] = self._provider.basis(name)
        return conflicting

    def _learn(self, violated: Incompatibility) -> bool:
        """Keep what prevents a violation, and jump back; False if there is no solution."""
        learned, node, level = learned_from(self._solution, violated)
        if not learned.terms:
            self._known.failed = learned
            return False
        solution, terms = self._solution, dict(learned.terms)
        solution.back_to(level)
        # A complement, which is infinite, counts as one.
        ruled_out = max(1, solution.allowed[node] & terms[node])
        solution.back_to(self._order.blame(solution, node, terms, level, ruled_out.bit_count()))
        self._known.keep(learned)
        self._queue = [*terms]
        return True
