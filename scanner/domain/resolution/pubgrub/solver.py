"""A conflict-driven solver (PubGrub): it learns from every dead end, and never walks into the same one twice.

It propagates what follows from the clauses, decides one candidate, and on a contradiction resolves clauses back to
the decision that caused it, keeps what it learned and jumps back. No recursion; memory grows with what is learned.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from scanner.domain.resolution.pubgrub.assignment import Assignment, PartialSolution
from scanner.domain.resolution.pubgrub.incompatibility import ABSENT, ANYTHING, ExternalCause, Incompatibility, resolve
from scanner.domain.resolution.pubgrub.provider_protocol import Dependency, DependencyProvider

__all__ = ["Exhausted", "Solved", "Solver", "Unsolvable"]

R = TypeVar("R")
M = TypeVar("M")
# A node that stood in this many learned clauses moves one rank up in the order of decisions.
_CONFLICTS_PER_RANK = 5


@dataclass(frozen=True, slots=True)
class Solved:
    """The choice of every node that something asks for, as a set of one."""

    chosen: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Unsolvable:
    """No solution: the clause without terms whose causes are the proof; None when only the assumptions failed."""

    proof: Incompatibility | None


@dataclass(frozen=True, slots=True)
class Exhausted:
    """A limit was reached after `steps` decisions and conflicts; nothing is known."""

    steps: int
    reason: str


class Solver(Generic[R, M]):
    """One search. `solve` may be called again with other assumptions: what was learned is kept.

    `solve` is a generator: where the provider lacks a fact it yields what is missing, first of the node that is to be
    decided, then of those that will probably come next, and goes on from there when it is resumed.
    `limit` counts decisions and conflicts of one call; `expired`, when given, is asked every 64 of them.
    """

    def __init__(
        self,
        provider: DependencyProvider[R, M],
        requirements: Iterable[Dependency[R]],
        *,
        limit: int = 200_000,
        expired: Callable[[], bool] | None = None,
    ) -> None:
        self.nodes: list[str] = []
        self._provider = provider
        self._limit = limit
        self._expired = expired
        self._number: dict[str, int] = {}
        self._held = PartialSolution()
        self._watch: list[list[Incompatibility]] = []
        self._follows: list[int] = []
        self._conflicts: list[int] = []
        self._loaded: set[tuple[int, int]] = set()
        self._seen: set[tuple[tuple[int, int], ...]] = set()
        self._queue: list[int] = []
        self._failed: Incompatibility | None = None
        for requirement in requirements:
            self._add_dependency(requirement)

    def solve(
        self, assumptions: Sequence[tuple[str, int]] = ()
    ) -> Generator[list[M], None, Solved | Unsolvable | Exhausted]:
        """Search for a solution in which every assumed node, if chosen at all, is the assumed candidate."""
        self._held.back_to(0)
        held = self._held
        assumed = [(self._intern(node), choice) for node, choice in assumptions]
        self._queue = list(range(len(self.nodes)))
        pending = 0
        for step in range(1, self._limit + 1):
            if self._failed is not None:
                return Unsolvable(self._failed)
            if step % 64 == 0 and self._expired is not None and self._expired():
                return Exhausted(step, "time")
            conflict = self._propagate()
            if conflict is not None:
                learned = self._learn(conflict)
                if learned is None:
                    return Unsolvable(self._failed)
                pending = min(pending, held.level)
                continue
            if pending < len(assumed):
                node, choice = assumed[pending]
                if not held.allowed[node] & (choice | ABSENT):
                    return Unsolvable(None)
                pending += 1
                held.level += 1
                held.limit(node, choice | ABSENT, None)
                self._queue.append(node)
                continue
            node = self._next()
            if node < 0:
                chosen = (n for n, decided in enumerate(held.decided) if decided)
                return Solved({self.nodes[n]: held.allowed[n] for n in chosen})
            while missing := self._missing(node):
                yield missing
            self._decide(node)
        return Exhausted(self._limit, "steps")

    def always(self, node: str) -> int:
        """The candidates of a node that nothing rules out for ever: its facts and clauses over facts alone."""
        if node not in self._number:
            return ANYTHING
        number = self._number[node]
        allowed = self._held.always(number)
        for clause in self._watch[number]:
            own = 0
            for other, mask in clause.terms:
                if other == number:
                    own = mask
                elif self._held.always(other) & ~mask:
                    break
            else:
                allowed &= ~own
        return allowed

    def _intern(self, node: str) -> int:
        number = self._number.get(node)
        if number is not None:
            return number
        number = self._number[node] = len(self.nodes)
        self.nodes.append(node)
        self._watch.append([])
        self._conflicts.append(0)
        self._follows.append(-1)
        facts = self._provider.facts(node)
        self._held.add(number, facts)
        if facts.follows is not None:
            self._follows[number] = self._intern(facts.follows)
        return number

    def _add_dependency(self, dependency: Dependency[R]) -> list[Incompatibility]:
        """Store the clauses of one dependency: at least one of "a dependent not chosen" and "satisfied" holds."""
        provider = self._provider
        base: dict[int, int] = {}
        for node, mask in dependency.dependents:
            base[self._intern(node)] = mask
        requirements_met: Sequence[tuple[str, int] | None] = [None]
        if dependency.requirement is not None:
            requirement = dependency.requirement
            requirements_met = [
                (node, ~provider.satisfied(node, requirement)) for node in provider.identify(requirement)
            ]
        added = []
        for satisfying in requirements_met:
            terms = base
            if satisfying is not None:
                number = self._intern(satisfying[0])
                terms = {**base, number: base.get(number, ANYTHING) & satisfying[1]}
            if all(terms.values()):
                key = tuple(terms.items())
                if key not in self._seen:
                    self._seen.add(key)
                    clause = Incompatibility(key, ExternalCause(dependency.reason))
                    self._store(clause)
                    added.append(clause)
        return added

    def _store(self, clause: Incompatibility) -> None:
        if not clause.terms:
            self._failed = clause
        for node, _ in clause.terms:
            self._watch[node].append(clause)

    def _next(self) -> int:
        """The open node to decide: no choice left first, then often in conflict, then first seen."""
        held = self._held
        best = -1
        best_rank = 1
        for node in held.open:
            follows = self._follows[node]
            if follows >= 0 and not held.decided[follows]:
                continue
            allowed = held.allowed[node]
            rank = -1_000_000 if not allowed & (allowed - 1) else -(self._conflicts[node] // _CONFLICTS_PER_RANK)
            if rank < best_rank or (rank == best_rank and node < best):
                best, best_rank = node, rank
        return best

    def _missing(self, node: int) -> list[M]:
        """Return what the provider lacks to decide a node and, when that is anything, to decide the other open ones."""
        first = self._lacks(node)
        if first is None:
            return []
        others = [self._lacks(other) for other in self._held.open if other != node]
        return [first, *(one for one in others if one is not None)]

    def _lacks(self, node: int) -> M | None:
        held, name, follows = self._held, self.nodes[node], self._follows[node]
        if follows >= 0 and not held.decided[follows]:
            return None
        choice = self._provider.prefer(name, held.allowed[node])
        if not choice or ((node, choice) in self._loaded and follows < 0):
            return None
        chosen = {self.nodes[follows]: held.allowed[follows]} if follows >= 0 else {}
        return self._provider.missing(name, choice, chosen)

    def _decide(self, node: int) -> None:
        name = self.nodes[node]
        held = self._held
        allowed = held.allowed[node]
        choice = self._provider.prefer(name, allowed)
        self._queue.append(node)
        if not choice:
            self._store(Incompatibility(((node, allowed),), ExternalCause(None)))
            return
        follows = self._follows[node]
        if (node, choice) not in self._loaded or follows >= 0:
            self._loaded.add((node, choice))
            chosen = {self.nodes[follows]: held.allowed[follows]} if follows >= 0 else {}
            conflicting = False
            for dependency in self._provider.dependencies(name, choice, chosen):
                for clause in self._add_dependency(dependency):
                    conflicting = conflicting or self._would_conflict(clause, node)
            if conflicting:
                # Deciding would only be undone: let propagation rule the candidate out instead.
                return
        held.decide(node, choice)

    def _would_conflict(self, clause: Incompatibility, node: int) -> bool:
        allowed = self._held.allowed
        return all(other == node or allowed[other] & mask == allowed[other] for other, mask in clause.terms)

    def _propagate(self) -> Incompatibility | None:
        """Follow every clause with one term left; the clause that is violated, or None."""
        allowed, watch, queue, limit = self._held.allowed, self._watch, self._queue, self._held.limit
        while queue:
            node = queue.pop()
            for clause in reversed(watch[node]):
                last = -1
                last_mask = 0
                for other, mask in clause.terms:
                    now = allowed[other]
                    both = now & mask
                    if both == now:
                        continue
                    if not both or last >= 0:
                        break
                    last, last_mask = other, mask
                else:
                    if last < 0:
                        queue.clear()
                        return clause
                    limit(last, ~last_mask, clause)
                    queue.append(last)
        return None

    def _learn(self, clause: Incompatibility) -> Incompatibility | None:
        """Resolve a violated clause back to its decision, keep the result, jump back; None when nothing is left."""
        while clause.terms:
            latest, node, level = self._latest(clause)
            if latest.cause is None or level < latest.level:
                for other, _ in clause.terms:
                    self._conflicts[other] += 1
                self._held.back_to(level)
                self._store(clause)
                self._queue = [n for n, _ in clause.terms]
                return clause
            clause = resolve(clause, latest.cause, node)
        self._failed = clause
        return None

    def _latest(self, clause: Incompatibility) -> tuple[Assignment, int, int]:
        """(the step that completed a violated clause, its node, the level at which the rest already held)."""
        satisfier = self._held.satisfier
        latest: Assignment | None = None
        node = mask = -1
        level = 0
        for other, other_mask in clause.terms:
            entry = satisfier(other, other_mask)
            if latest is None or entry.order > latest.order:
                level = level if latest is None else max(level, latest.level)
                latest, node, mask = entry, other, other_mask
            else:
                level = max(level, entry.level)
        assert latest is not None  # a clause has terms here
        # What the last step alone did not settle was settled before it, and that level counts as well.
        united = mask | ~latest.mask
        if united != ANYTHING:
            level = max(level, satisfier(node, united).level)
        return latest, node, level
