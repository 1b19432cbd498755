"""A conflict-driven solver (PubGrub): it learns from every dead end, and never walks into the same one twice.

It propagates what follows from the clauses, decides one candidate, and on a contradiction resolves clauses back to
the decision that caused it, keeps what it learned and jumps back. No recursion; memory grows with what is learned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from .clauses import ABSENT, ANYTHING, Because, Clause, resolve
from .verbs import Dependency, Provider

__all__ = ["Exhausted", "Solved", "Solver", "Unsolvable"]

R = TypeVar("R")
# A node that stood in this many learned clauses moves one rank up in the order of decisions.
_CONFLICTS_PER_RANK = 5


class _Entry(NamedTuple):
    order: int
    level: int
    mask: int
    after: int
    cause: Clause | None


@dataclass(frozen=True, slots=True)
class Solved:
    """The choice of every node that something asks for, as a set of one."""

    chosen: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Unsolvable:
    """No solution: the clause without terms whose causes are the proof; None when only the assumptions failed."""

    proof: Clause | None


@dataclass(frozen=True, slots=True)
class Exhausted:
    """A limit was reached after `steps` decisions and conflicts; nothing is known."""

    steps: int
    reason: str


class Solver(Generic[R]):
    """One search. `solve` may be called again with other assumptions: what was learned is kept.

    `limit` counts decisions and conflicts of one call; `expired`, when given, is asked every 256 of them.
    """

    def __init__(
        self,
        provider: Provider[R],
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
        self._allowed: list[int] = []
        self._history: list[list[_Entry]] = []
        self._watch: list[list[Clause]] = []
        self._follows: list[int] = []
        self._decided: list[bool] = []
        self._conflicts: list[int] = []
        self._open: set[int] = set()
        self._trail: list[int] = []
        self._level = 0
        self._loaded: set[tuple[int, int]] = set()
        self._seen: set[tuple[tuple[int, int], ...]] = set()
        self._queue: list[int] = []
        self._failed: Clause | None = None
        for requirement in requirements:
            self._add_dependency(requirement)

    def solve(self, assumptions: Sequence[tuple[str, int]] = ()) -> Solved | Unsolvable | Exhausted:
        """Search for a solution in which every assumed node, if chosen at all, is the assumed candidate."""
        self._backtrack(0)
        assumed = [(self._intern(node), choice) for node, choice in assumptions]
        self._queue = list(range(len(self.nodes)))
        pending = 0
        for step in range(1, self._limit + 1):
            if self._failed is not None:
                return Unsolvable(self._failed)
            if step % 256 == 0 and self._expired is not None and self._expired():
                return Exhausted(step, "time")
            conflict = self._propagate()
            if conflict is not None:
                learned = self._learn(conflict)
                if learned is None:
                    return Unsolvable(self._failed)
                pending = min(pending, self._level)
                continue
            if pending < len(assumed):
                node, choice = assumed[pending]
                if not self._allowed[node] & (choice | ABSENT):
                    return Unsolvable(None)
                pending += 1
                self._level += 1
                self._assign(node, choice | ABSENT, None)
                self._queue.append(node)
                continue
            node = self._next()
            if node < 0:
                return Solved({self.nodes[n]: self._allowed[n] for n in sorted(self._chosen())})
            self._decide(node)
        return Exhausted(self._limit, "steps")

    def _chosen(self) -> Iterable[int]:
        return (n for n, decided in enumerate(self._decided) if decided)

    def always(self, node: str) -> int:
        """The candidates of a node that nothing rules out for ever: its facts and clauses over facts alone."""
        if node not in self._number:
            return ANYTHING
        number = self._number[node]
        allowed = self._base(number)
        for clause in self._watch[number]:
            own = 0
            for other, mask in clause.terms:
                if other == number:
                    own = mask
                elif self._base(other) & ~mask:
                    break
            else:
                allowed &= ~own
        return allowed

    def _base(self, number: int) -> int:
        allowed = ANYTHING
        for entry in self._history[number]:
            if entry.level:
                break
            allowed = entry.after
        return allowed

    def _intern(self, node: str) -> int:
        number = self._number.get(node)
        if number is not None:
            return number
        number = self._number[node] = len(self.nodes)
        self.nodes.append(node)
        self._history.append([])
        self._watch.append([])
        self._decided.append(False)
        self._conflicts.append(0)
        self._allowed.append(ANYTHING)
        self._follows.append(-1)
        candidates = self._provider.candidates(node)
        allowed = ANYTHING
        for never, reason in candidates.never:
            allowed &= ~never
            clause = Clause(((number, never),), Because(reason))
            self._history[number].append(_Entry(-1, 0, ~never, allowed, clause))
        self._allowed[number] = allowed
        if candidates.follows is not None:
            self._follows[number] = self._intern(candidates.follows)
        return number

    def _add_dependency(self, dependency: Dependency[R]) -> list[Clause]:
        """Store the clauses of one dependency: at least one of "a dependent not chosen" and "satisfied" holds."""
        provider = self._provider
        base: dict[int, int] = {}
        for node, mask in dependency.dependents:
            base[self._intern(node)] = mask
        asked: Sequence[tuple[str, int] | None] = [None]
        if dependency.requirement is not None:
            requirement = dependency.requirement
            asked = [(node, ~provider.satisfied(node, requirement)) for node in provider.identify(requirement)]
        added = []
        for ask in asked:
            terms = base
            if ask is not None:
                number = self._intern(ask[0])
                terms = {**base, number: base.get(number, ANYTHING) & ask[1]}
            if all(terms.values()):
                key = tuple(terms.items())
                if key not in self._seen:
                    self._seen.add(key)
                    clause = Clause(key, Because(dependency.reason))
                    self._store(clause)
                    added.append(clause)
        return added

    def _store(self, clause: Clause) -> None:
        if not clause.terms:
            self._failed = clause
        for node, _ in clause.terms:
            self._watch[node].append(clause)

    def _next(self) -> int:
        """The open node to decide: no choice left first, then often in conflict, then first seen."""
        best = -1
        best_rank = 1
        for node in self._open:
            follows = self._follows[node]
            if follows >= 0 and not self._decided[follows]:
                continue
            allowed = self._allowed[node]
            rank = -1_000_000 if not allowed & (allowed - 1) else -(self._conflicts[node] // _CONFLICTS_PER_RANK)
            if rank < best_rank or (rank == best_rank and node < best):
                best, best_rank = node, rank
        return best

    def _decide(self, node: int) -> None:
        name = self.nodes[node]
        allowed = self._allowed[node]
        choice = self._provider.prefer(name, allowed)
        if not choice:
            self._store(Clause(((node, allowed),), Because(None)))
            self._queue.append(node)
            return
        self._level += 1
        if (node, choice) not in self._loaded or self._follows[node] >= 0:
            self._loaded.add((node, choice))
            follows = self._follows[node]
            chosen = {self.nodes[follows]: self._allowed[follows]} if follows >= 0 else {}
            conflicting = False
            for dependency in self._provider.dependencies(name, choice, chosen):
                for clause in self._add_dependency(dependency):
                    conflicting = conflicting or self._would_conflict(clause, node)
            if conflicting:
                # Deciding would only be undone: let propagation rule the candidate out instead.
                self._level -= 1
                self._queue.append(node)
                return
        self._decided[node] = True
        self._assign(node, choice, None)
        self._queue.append(node)

    def _would_conflict(self, clause: Clause, node: int) -> bool:
        allowed = self._allowed
        return all(other == node or allowed[other] & mask == allowed[other] for other, mask in clause.terms)

    def _assign(self, node: int, mask: int, cause: Clause | None) -> None:
        after = self._allowed[node] & mask
        self._allowed[node] = after
        self._history[node].append(_Entry(len(self._trail), self._level, mask, after, cause))
        self._trail.append(node)
        if self._decided[node]:
            self._open.discard(node)
        elif not after & ABSENT:
            self._open.add(node)

    def _backtrack(self, level: int) -> None:
        while self._trail:
            node = self._trail[-1]
            history = self._history[node]
            entry = history[-1]
            if entry.level <= level:
                break
            self._trail.pop()
            history.pop()
            after = self._allowed[node] = history[-1].after if history else ANYTHING
            if entry.cause is None:
                self._decided[node] = False
            if after & ABSENT:
                self._open.discard(node)
            elif not self._decided[node]:
                self._open.add(node)
        self._level = level

    def _propagate(self) -> Clause | None:
        """Follow every clause with one term left; the clause that is violated, or None."""
        allowed, watch, queue = self._allowed, self._watch, self._queue
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
                    self._assign(last, ~last_mask, clause)
                    queue.append(last)
        return None

    def _learn(self, clause: Clause) -> Clause | None:
        """Resolve a violated clause back to its decision, keep the result, jump back; None when nothing is left."""
        while clause.terms:
            latest: _Entry | None = None
            node = mask = -1
            level = 0
            for other, other_mask in clause.terms:
                entry = next(e for e in self._history[other] if e.after & other_mask == e.after)
                if latest is None or entry.order > latest.order:
                    if latest is not None and latest.level > level:
                        level = latest.level
                    latest, node, mask = entry, other, other_mask
                elif entry.level > level:
                    level = entry.level
            assert latest is not None  # a clause has terms here
            cause = latest.cause
            # What the last step alone did not settle was settled before it, and that level counts as well.
            united = mask | ~latest.mask
            if united != ANYTHING:
                earlier = next(e for e in self._history[node] if e.after & united == e.after)
                level = max(level, earlier.level)
            if cause is None or level < latest.level:
                for other, _ in clause.terms:
                    self._conflicts[other] += 1
                self._backtrack(level)
                self._store(clause)
                self._queue = [n for n, _ in clause.terms]
                return clause
            clause = resolve(clause, cause, node)
        self._failed = clause
        return None
