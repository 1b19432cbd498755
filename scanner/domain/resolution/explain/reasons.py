"""Why candidates cannot be chosen: the external causes of incompatibilities. `sentences` makes the text."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct
from packaging.utils import NormalizedName

from scanner.domain.files.builds import COMPILED, PURE, UNREADABLE, UNSEEN, build_kind
from scanner.domain.matching.availability import Availability
from scanner.domain.resolution.model.requirement import Requirement

__all__ = [
    "BreaksBeside",
    "Constrained",
    "InvalidDependency",
    "Obstacle",
    "PackageNotFound",
    "Reason",
    "Required",
    "Unavailable",
]


class Obstacle(StrEnum):
    """Why an existing release may not be chosen on a target."""

    PURE_SOURCE = "pure-source"
    COMPILED_SOURCE = "compiled-source"
    UNSEEN_SOURCE = "unseen-source"
    UNREADABLE_SOURCE = "unreadable-source"
    REQUIRES_PYTHON = "requires-python"
    NO_FILE = "no-file"
    TOO_YOUNG = "too-young"
    KNOWN_BREAK = "known-break"
    NOT_DECLARED = "not-declared"
    FAILED_PROOF = "failed-proof"

    @classmethod
    def of(cls, availability: Availability, build: str) -> Obstacle:
        """Return what keeps a policy from installing a release with this availability."""
        if availability is Availability.SOURCE:
            return _SOURCE_OBSTACLES[build_kind(build)]
        return cls.REQUIRES_PYTHON if availability is Availability.EXCLUDED else cls.NO_FILE


_SOURCE_OBSTACLES = {
    PURE: Obstacle.PURE_SOURCE,
    COMPILED: Obstacle.COMPILED_SOURCE,
    UNSEEN: Obstacle.UNSEEN_SOURCE,
    UNREADABLE: Obstacle.UNREADABLE_SOURCE,
}


class Required(Struct, frozen=True):
    """A requirement of the project (`dependent` None), of a package, or of one of its extras.

    `releases` are the releases of the dependent that are known to state it. `is_override`: an override of the project
    takes the place of what they state.
    """

    requirement: Requirement
    dependent: NormalizedName | None = None
    extra: NormalizedName | None = None
    releases: int = 0
    is_override: bool = False


class Constrained(Struct, frozen=True):
    """A constraint of the project, which limits a package without requiring it."""

    requirement: Requirement


class Unavailable(Struct, frozen=True):
    """Releases that exist and may not be chosen on a target, by obstacle."""

    name: NormalizedName
    releases: int
    obstacles: tuple[tuple[Obstacle, int], ...]
    target: str


class PackageNotFound(Struct, frozen=True):
    """A package that the index does not have."""

    name: NormalizedName


class InvalidDependency(Struct, frozen=True):
    """A requirement of a release that cannot be parsed, so that the release cannot be installed."""

    name: NormalizedName
    text: str


class BreaksBeside(Struct, frozen=True):
    """Releases that are known to break beside those of `partner` that `specifier` admits."""

    name: NormalizedName
    releases: int
    partner: NormalizedName
    specifier: str


Reason = Required | Constrained | Unavailable | PackageNotFound | InvalidDependency | BreaksBeside
