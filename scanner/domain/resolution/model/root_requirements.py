"""The requirements of a project, in the form that all searches take."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.model.requirement import Requirement

__all__ = ["RootRequirements"]


class RootRequirements(Struct, frozen=True):
    """The requirements of a project.

    Constraints limit without requiring. An override replaces every requirement of its package. `included` is required
    too, but by a list or a lock that has it, not by the project itself. `locked` are versions that a lock fixes: where
    one applies, it is the only candidate and satisfies every requirement of its package. `pinned` are versions
    that the project pins although the requirements here are looser. They may stay even if they are yanked or too young
    for the policy.
    """

    requirements: tuple[Requirement, ...]
    constraints: tuple[Requirement, ...] = ()
    overrides: tuple[Requirement, ...] = ()
    included: tuple[Requirement, ...] = ()
    locked: tuple[Requirement, ...] = ()
    pinned: Mapping[NormalizedName, Version] = field(default_factory=dict)

    def __hash__(self) -> int:
        # What is pinned differs only with the rest, and a mapping has no hash.
        return hash((self.requirements, self.constraints, self.overrides, self.included, self.locked))

    @property
    def direct(self) -> frozenset[NormalizedName]:
        """The packages that the project itself requires."""
        return frozenset(requirement.name for requirement in self.requirements)
