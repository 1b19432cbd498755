"""The boundary of the solver: five verbs, and nothing else, tell it about packages.

The solver does no I/O, keeps no log and reads no clock; whoever answers these verbs may not either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

__all__ = ["Dependency", "DependencyProvider", "NodeFacts"]

R = TypeVar("R")
M_co = TypeVar("M_co", covariant=True)
R_contra = TypeVar("R_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What is always true of a node: sets that may never be chosen, each with its reason.

    A set must cover everything that is not a candidate (it is usually a complement). `follows` names the node whose
    choice must be known before this one is decided: an extra follows its package.
    """

    forbidden: Sequence[tuple[int, object]]
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class Dependency(Generic[R]):
    """A requirement, and the sets of nodes that bring it when all of them are chosen (empty: always).

    A provider names as many candidates as it knows to carry the same requirement: one clause then serves all.
    `reason` is kept as the cause. Without a requirement the dependents themselves cannot be chosen together.
    """

    dependents: tuple[tuple[str, int], ...]
    requirement: R | None
    reason: object


class DependencyProvider(Protocol[R, M_co]):
    """Answers of one target and one policy. Sets are integers as `clauses` describes them."""

    def identify(self, requirement: R) -> Sequence[str]:
        """The nodes that a requirement asks for: the package first, then one per extra."""

    def facts(self, node: str) -> NodeFacts:
        """Called once, when the node is first seen."""

    def satisfied(self, node: str, requirement: R) -> int:
        """The finite set of candidates of `node` that satisfy the requirement, usable or not; never bit 0."""

    def prefer(self, node: str, allowed: int) -> int:
        """The best candidate in a set, as a set of one; 0 when it holds none."""

    def missing(self, node: str, choice: int, chosen: Mapping[str, int]) -> M_co | None:
        """Return what must be learned before `dependencies` can answer, None when nothing; asked until it is None."""

    def dependencies(self, node: str, choice: int, chosen: Mapping[str, int]) -> Iterable[Dependency[R]]:
        """What one candidate brings. `chosen` has the decision of the node that it follows."""
