"""A PubGrub solver: it learns an incompatibility from every conflict and never runs into the same one twice.

It propagates what follows from the incompatibilities and decides one candidate. At a conflict it derives the
incompatibility that would have prevented it, keeps it, and returns to the decision level where it applies. It does not
recurse; memory grows with what is learned.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from scanner.domain.resolution.pubgrub.assignment import Assignment, PartialSolution
from scanner.domain.resolution.pubgrub.incompatibility import ABSENT, ANYTHING, ExternalCause, Incompatibility, resolve
from scanner.domain.resolution.pubgrub.provider_protocol import Dependency, DependencyProvider

__all__ = ["Exhausted", "Solved", "Solver", "Unsolvable"]

R = TypeVar("R")
M = TypeVar("M")
# After this many conflicts a node that was ruled out moves one rank up in the order of decisions, and a decision that
# ruled others out is taken back and moves one down.
_CONFLICTS_PER_RANK = 5


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
        self._solution = PartialSolution()
        self._watch: list[list[Incompatibility]] = []
        self._follows: list[int] = []
        self._affected: list[int] = []
        self._culprits: list[int] = []
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
        self._solution.back_to(0)
        solution = self._solution
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
            node = self._next()
            if node < 0:
                chosen = (n for n, decided in enumerate(solution.decided) if decided)
                return Solved({self.nodes[n]: solution.allowed[n] for n in chosen})
            while missing := self._missing(node):
                yield missing
            self._decide(node)
        return Exhausted(self._limit, "steps")

    def always(self, node: str) -> int:
        """Return the candidates of a node that facts, and incompatibilities over facts alone, do not rule out."""
        if node not in self._number:
            return ANYTHING
        number = self._number[node]
        allowed = self._solution.always(number)
        for incompatibility in self._watch[number]:
            own = 0
            for other, mask in incompatibility.terms:
                if other == number:
                    own = mask
                elif self._solution.always(other) & ~mask:
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
        self._affected.append(0)
        self._culprits.append(0)
        self._follows.append(-1)
        facts = self._provider.facts(node)
        self._solution.add(number, facts)
        if facts.follows is not None:
            self._follows[number] = self._intern(facts.follows)
        return number

    def _add_dependency(self, dependency: Dependency[R]) -> list[Incompatibility]:
        """Store the incompatibilities of one dependency: a dependent is chosen and the requirement is not satisfied."""
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
                    incompatibility = Incompatibility(key, ExternalCause(dependency.reason))
                    self._store(incompatibility)
                    added.append(incompatibility)
        return added

    def _store(self, incompatibility: Incompatibility) -> None:
        if not incompatibility.terms:
            self._failed = incompatibility
        for node, _ in incompatibility.terms:
            self._watch[node].append(incompatibility)

    def _next(self) -> int:
        """Return the open node to decide, -1 if none: one candidate left, then by rank, then first seen."""
        solution = self._solution
        best = -1
        best_rank = 1_000_000
        for node in solution.open:
            follows = self._follows[node]
            if follows >= 0 and not solution.decided[follows]:
                continue
            allowed = solution.allowed[node]
            rank = -1_000_000 if not allowed & (allowed - 1) else self._rank(node)
            if rank < best_rank or (rank == best_rank and node < best):
                best, best_rank = node, rank
        return best

    def _rank(self, node: int) -> int:
        """Return the rank of a node: lower ones are decided first."""
        return self._culprits[node] // _CONFLICTS_PER_RANK - self._affected[node] // _CONFLICTS_PER_RANK

    def _missing(self, node: int) -> list[M]:
        """Return what the provider lacks to decide a node and, if that is anything, to decide the other open ones."""
        first = self._lacks(node)
        if first is None:
            return []
        others = [self._lacks(other) for other in self._solution.open if other != node]
        return [first, *(one for one in others if one is not None)]

    def _lacks(self, node: int) -> M | None:
        solution, name, follows = self._solution, self.nodes[node], self._follows[node]
        if follows >= 0 and not solution.decided[follows]:
            return None
        choice = self._provider.prefer(name, solution.allowed[node])
        if not choice or ((node, choice) in self._loaded and follows < 0):
            return None
        chosen = {self.nodes[follows]: solution.allowed[follows]} if follows >= 0 else {}
        return self._provider.missing(name, choice, chosen)

    def _decide(self, node: int) -> None:
        name = self.nodes[node]
        solution = self._solution
        allowed = solution.allowed[node]
        choice = self._provider.prefer(name, allowed)
        self._queue.append(node)
        if not choice:
            self._store(Incompatibility(((node, allowed),), ExternalCause(None)))
            return
        follows = self._follows[node]
        if (node, choice) not in self._loaded or follows >= 0:
            self._loaded.add((node, choice))
            chosen = {self.nodes[follows]: solution.allowed[follows]} if follows >= 0 else {}
            conflicting = False
            for dependency in self._provider.dependencies(name, choice, chosen):
                for incompatibility in self._add_dependency(dependency):
                    conflicting = conflicting or self._would_conflict(incompatibility, node)
            if conflicting:
                # The decision would be undone at once. Let propagation rule the candidate out instead.
                self._affected[node] += 1
                return
        solution.decide(node, choice)

    def _would_conflict(self, incompatibility: Incompatibility, node: int) -> bool:
        allowed = self._solution.allowed
        return all(other == node or allowed[other] & mask == allowed[other] for other, mask in incompatibility.terms)

    def _propagate(self) -> Incompatibility | None:
        """Apply every incompatibility with one undecided term; return one that is violated, or None."""
        allowed, watch, queue, limit = self._solution.allowed, self._watch, self._queue, self._solution.limit
        while queue:
            node = queue.pop()
            for incompatibility in reversed(watch[node]):
                last = -1
                last_mask = 0
                for other, mask in incompatibility.terms:
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
                        return incompatibility
                    limit(last, ~last_mask, incompatibility)
                    queue.append(last)
        return None

    def _learn(self, incompatibility: Incompatibility) -> Incompatibility | None:
        """Derive the incompatibility that prevents a violation, and jump back; None if there is no solution."""
        while incompatibility.terms:
            latest, node, level = self._latest(incompatibility)
            if latest.cause is None or level < latest.level:
                self._solution.back_to(self._blame(incompatibility, node, level))
                self._store(incompatibility)
                self._queue = [n for n, _ in incompatibility.terms]
                return incompatibility
            incompatibility = resolve(incompatibility, latest.cause, node)
        self._failed = incompatibility
        return None

    def _blame(self, learned: Incompatibility, node: int, level: int) -> int:
        """Count the conflict for the node that is ruled out and for the decisions that do so. Return where to go back.

        A decision that keeps ruling out others was probably taken too early: if the newest date library excludes every
        recent boto3, it should give way, before hundreds of releases of boto3 are tried.
        """
        solution = self._solution
        self._affected[node] += 1
        for other, _ in learned.terms:
            if other != node and solution.decided[other]:
                self._culprits[other] += 1
                if not self._culprits[other] % _CONFLICTS_PER_RANK:
                    level = min(level, solution.decision_level(other) - 1)
        return level

    def _latest(self, incompatibility: Incompatibility) -> tuple[Assignment, int, int]:
        """Return (assignment that completed a violation, its node, level at which the rest already held)."""
        satisfier = self._solution.satisfier
        latest: Assignment | None = None
        node = mask = -1
        level = 0
        for other, other_mask in incompatibility.terms:
            assignment = satisfier(other, other_mask)
            if latest is None or assignment.order > latest.order:
                level = level if latest is None else max(level, latest.level)
                latest, node, mask = assignment, other, other_mask
            else:
                level = max(level, assignment.level)
        assert latest is not None  # it has terms
        # The last assignment may satisfy its term only together with an earlier one, whose level counts too.
        united = mask | ~latest.mask
        if united != ANYTHING:
            level = max(level, satisfier(node, united).level)
        return latest, node, level
