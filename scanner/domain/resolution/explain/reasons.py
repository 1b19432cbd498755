"""Why a set of candidates cannot be: the leaves of every derivation, as data. Text is made in `derivation`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from packaging.utils import NormalizedName

from scanner.domain.files.builds import COMPILED, PURE, UNSEEN, build_kind
from scanner.domain.matching.availability import Availability
from scanner.domain.resolution.model.requirement import Requirement

__all__ = ["Constrained", "InvalidDependency", "Obstacle", "PackageNotFound", "Reason", "Required", "Unavailable"]


class Obstacle(StrEnum):
    """Why an existing release may not be chosen on a target."""

    PURE_SOURCE = "pure-source"
    COMPILED_SOURCE = "compiled-source"
    UNSEEN_SOURCE = "unseen-source"
    REQUIRES_PYTHON = "requires-python"
    NO_FILE = "no-file"
    TOO_YOUNG = "too-young"

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
}


@dataclass(frozen=True, slots=True)
class Required:
    """Somebody requires something. `by` is None for the project itself; `releases` are those known to ask it."""

    requirement: Requirement
    dependent: NormalizedName | None = None
    extra: NormalizedName | None = None
    releases: int = 0


@dataclass(frozen=True, slots=True)
class Constrained:
    """A constraint limits a package, without asking for it."""

    requirement: Requirement


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Releases that exist and may not be chosen on the target."""

    name: NormalizedName
    releases: int
    obstacles: tuple[tuple[Obstacle, int], ...]
    target: str


@dataclass(frozen=True, slots=True)
class PackageNotFound:
    """The index has no such package."""

    name: NormalizedName


@dataclass(frozen=True, slots=True)
class InvalidDependency:
    """A release states a requirement that nobody can read."""

    name: NormalizedName
    text: str


Reason = Required | Constrained | Unavailable | PackageNotFound | InvalidDependency
