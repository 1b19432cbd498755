"""What a search has worked out at one moment, and copies of it for a search that differs only later."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

from msgspec import Struct, field

from scanner.domain.resolution.pubgrub.assignment import PartialSolution
from scanner.domain.resolution.pubgrub.decision_order import DecisionOrder
from scanner.domain.resolution.pubgrub.known_incompatibilities import KnownIncompatibilities

__all__ = ["Checkpoint", "Checkpoints", "SearchState"]

P = TypeVar("P")

# A copy takes about as long as a few steps.
_STEPS_BETWEEN = 8


class SearchState(Struct, frozen=True):
    """What a search knows, has assigned, and decides next.

    `loaded` is what the provider was asked for: by node and its choice or, where it follows another node, the choice of
    that one, with what the answer rested on.
    """

    known: KnownIncompatibilities = field(default_factory=KnownIncompatibilities)
    solution: PartialSolution = field(default_factory=PartialSolution)
    order: DecisionOrder = field(default_factory=DecisionOrder)
    loaded: dict[tuple[int, int], Hashable] = field(default_factory=dict)

    def copy(self) -> SearchState:
        """Return the same state, to go on from by itself."""
        return SearchState(self.known.copy(), self.solution.copy(), self.order.copy(), {**self.loaded})


class Checkpoint(Struct, Generic[P], frozen=True):
    """The state of a search before a step, to be copied, and what its provider had met."""

    state: SearchState
    step: int
    progress: P


class Checkpoints(Generic[P]):
    """The checkpoints of a search, in order: one shortly before it meets each of the nodes that are `awaited`.

    A search for a provider that differs in a few nodes alone runs exactly as this one until it meets one of them.
    `mentioned` returns the packages that a choice requires, `progress` a copy of what the provider has met.
    """

    def __init__(
        self,
        awaited: Collection[str],
        mentioned: Callable[[str, int, Mapping[str, int]], Iterable[str]],
        progress: Callable[[], P],
        kept: Iterable[Checkpoint[P]] = (),
    ) -> None:
        self._awaited, self._mentioned, self._progress = awaited, mentioned, progress
        self._kept = [*kept]

    def before(self, nodes: Collection[str]) -> list[Checkpoint[P]]:
        """Return those at which none of these nodes had been met."""
        return [one for one in self._kept if one.state.known.number.keys().isdisjoint(nodes)]

    def consider(self, state: SearchState, step: int, node: str, choice: int, chosen: Mapping[str, int]) -> None:
        """Keep a checkpoint if what a choice requires is awaited and not met, unless there is one of shortly before."""
        last = self._kept[-1].step if self._kept else 0
        if step - last < _STEPS_BETWEEN:
            return
        number = state.known.number
        if any(one in self._awaited and one not in number for one in self._mentioned(node, choice, chosen)):
            self._kept.append(Checkpoint(state.copy(), step, self._progress()))
