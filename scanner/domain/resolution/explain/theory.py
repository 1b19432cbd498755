"""The facts that a proof rests on, and whether some of them already contradict each other."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence

from scanner.domain.resolution.pubgrub.incompatibility import ABSENT, ANYTHING

__all__ = ["Terms", "Theory"]

Terms = tuple[tuple[int, int], ...]
"""Terms (node number, set) that cannot all hold, as in an incompatibility."""

# Propagation steps for one question. Proofs of real sets need a few thousand.
_MOST_STEPS = 60_000


class _TooLong(Exception):
    """The budget of one question is used up."""


class Theory:
    """Groups of facts, each fact a set of terms that cannot all hold."""

    def __init__(self, groups: Sequence[Sequence[Terms]]) -> None:
        self._groups = [tuple(group) for group in groups]

    def is_refuted(self, active: Sequence[int] | None = None, instead: Iterable[Terms] = ()) -> bool | None:
        """Return whether the facts of the active groups (default: all) leave no solution; None if that takes too long.

        `instead` are facts that count in addition.
        """
        used = self._used(range(len(self._groups)) if active is None else active, instead)
        return None if used is None else bool(used)

    def _used(self, active: Sequence[int], instead: Iterable[Terms] = ()) -> set[int] | None:
        """Return the groups that a refutation used, -1 for `instead`; none if there is a solution."""
        numbers = [number for number in active for _ in self._groups[number]]
        facts = [*(terms for number in active for terms in self._groups[number]), *instead]
        try:
            used = _Refutation(facts).used_facts()
        except _TooLong:
            return None
        return {numbers[fact] if fact < len(numbers) else -1 for fact in used}

    def smallest(self, order: Sequence[int], always: Collection[int] = ()) -> list[int]:
        """Return groups that contradict each other, as few as possible, in ascending order.

        Groups are left out in `order` where that is possible. `always` are never left out.
        """
        kept = [*order, *always]
        for number in order:
            if number not in kept:
                continue
            rest = [other for other in kept if other != number]
            used = self._used(rest)
            if used:
                # What a refutation did not use is not needed either.
                kept = [other for other in rest if other in used or other in always]
        return sorted(kept)


class _Refutation:
    """One search for a solution: unit propagation, and cases where that does not decide."""

    def __init__(self, facts: Sequence[Terms]) -> None:
        self._facts = facts
        self._by_node: dict[int, list[int]] = {}
        for number, terms in enumerate(facts):
            for node, _ in terms:
                self._by_node.setdefault(node, []).append(number)
        self._steps = 0
        # The facts that narrowed each node, in any of the cases.
        self._narrowed: dict[int, set[int]] = {}
        self._violated: set[int] = set()

    def used_facts(self) -> set[int]:
        """Return facts that leave no solution; none if there is one."""
        if not self._fails_always():
            return set()
        used, waiting = set(self._violated), list(self._violated)
        while waiting:
            for node, _ in self._facts[waiting.pop()]:
                fresh = self._narrowed.get(node, set()) - used
                used |= fresh
                waiting += fresh
        return used

    def _fails_always(self) -> bool:
        stack: list[tuple[dict[int, int], list[int]]] = [({}, list(range(len(self._facts))))]
        while stack:
            domains, fresh = stack.pop()
            if self._fails(domains, fresh):
                continue
            branch = self._branch(domains)
            if branch is None:
                return False
            node, mask = branch
            whole = domains.get(node, ANYTHING)
            again = self._by_node[node]
            stack += [({**domains, node: part}, list(again)) for part in (whole & mask, whole & ~mask)]
        return True

    def _fails(self, domains: dict[int, int], fresh: list[int]) -> bool:
        """Propagate; return whether a fact is violated."""
        queue = deque(fresh)
        waiting = set(fresh)
        while queue:
            number = queue.popleft()
            waiting.discard(number)
            self._steps += 1
            if self._steps > _MOST_STEPS:
                raise _TooLong
            open_terms = [(node, mask) for node, mask in self._facts[number] if domains.get(node, ANYTHING) & ~mask]
            if not open_terms:
                self._violated.add(number)
                return True
            if len(open_terms) > 1:
                continue
            node, mask = open_terms[0]
            before = domains.get(node, ANYTHING)
            if before & mask:
                domains[node] = before & ~mask
                self._narrowed.setdefault(node, set()).add(number)
                for other in self._by_node[node]:
                    if other not in waiting:
                        waiting.add(other)
                        queue.append(other)
        return False

    def _branch(self, domains: dict[int, int]) -> tuple[int, int] | None:
        """Return a node and a part of what is left of it to decide on; None if a solution is at hand.

        A fact that holds as soon as a node is not chosen needs no decision.
        """
        for terms in self._facts:
            left = [(node, mask, domains.get(node, ANYTHING)) for node, mask in terms]
            if any(not domain & mask for _, mask, domain in left):
                continue
            if any(domain & ABSENT and not mask & ABSENT for _, mask, domain in left):
                continue
            for node, mask, domain in left:
                if domain & ~mask and not domain & ABSENT:
                    return node, mask
            node, mask, _ = next(one for one in left if one[2] & ~one[1])
            return node, mask
        return None
