"""Why a set of candidates cannot be: the leaves of every derivation, as data. Text is made in `derivation`."""

from __future__ import annotations

from dataclasses import dataclass

from packaging.utils import NormalizedName

from scanner.domain.resolution.model.requirement import Requirement

__all__ = ["Constrained", "InvalidDependency", "PackageNotFound", "Reason", "Required", "Unavailable"]


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
    """Releases that exist and may not be chosen on the target; `words` follow "it …"."""

    name: NormalizedName
    releases: int
    obstacles: tuple[tuple[str, int], ...]
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
