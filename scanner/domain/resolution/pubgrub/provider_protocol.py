"""The interface between the solver and what knows about packages.

The solver does no I/O, writes no log and reads no clock, and a provider must not either.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

__all__ = ["Dependency", "DependencyProvider", "NodeFacts"]

R = TypeVar("R")
M_co = TypeVar("M_co", covariant=True)
R_contra = TypeVar("R_contra", contravariant=True)


class NodeFacts(Struct, frozen=True):
    """What always holds of a node: sets that may never be chosen, each with its reason.

    The sets must cover everything that is not a candidate. `follows` names the node whose choice must be known before
    this one is decided: an extra follows its package.
    """

    forbidden: Sequence[tuple[int, object]]
    follows: str | None = None


class Dependency(Struct, Generic[R], frozen=True):
    """A requirement that applies if all its dependents are chosen, always if it has none.

    A provider should name all candidates that it knows to state the same requirement, so that one incompatibility
    covers them. `reason` becomes the external cause. Without a requirement, the dependents cannot be chosen together.
    """

    dependents: tuple[tuple[str, int], ...]
    requirement: R | None
    reason: object


class DependencyProvider(Protocol[R, M_co]):
    """What the solver asks. Sets are integers as `incompatibility` describes them."""

    def identify(self, requirement: R) -> Sequence[str]:
        """Return the nodes of a requirement: the package first, then one for each extra."""

    def facts(self, node: str) -> NodeFacts:
        """Return what always holds of a node. Called once, when the node is first seen."""

    def satisfied(self, node: str, requirement: R) -> int:
        """Return the finite set of candidates of `node` that satisfy the requirement, usable or not; never bit 0."""

    def prefer(self, node: str, allowed: int) -> int:
        """Return the best candidate in a set, as a set of one; 0 if there is none."""

    def missing(self, node: str, choice: int, chosen: Mapping[str, int]) -> M_co | None:
        """Return what must be learned before `dependencies` can answer. Called until it returns None."""

    def dependencies(self, node: str, choice: int, chosen: Mapping[str, int]) -> Iterable[Dependency[R]]:
        """Return what one candidate requires. `chosen` has the choice of the node that it follows.

        Of a node that follows another, it may be more when `basis` has changed, never less.
        """

    def basis(self, node: str) -> Hashable:
        """Return what the answer of `dependencies` rests on beside its arguments."""
