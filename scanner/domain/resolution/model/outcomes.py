"""The four outcomes of a resolution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.explain.derivation import Derivation
from scanner.domain.resolution.graph import DependencyEdge
from scanner.domain.resolution.model.missing import Missing

__all__ = ["Conflict", "Incomplete", "LimitReached", "Missing", "Resolution", "ResolutionOutcome"]


@dataclass(frozen=True, slots=True)
class Resolution:
    """A set that holds. `pins` has every package with a version, `urls` those that come from a direct URL.

    `edges` are all requirements that apply, the project's first; `extras` are the extras wanted of each package.
    """

    pins: Mapping[NormalizedName, Version]
    urls: Mapping[NormalizedName, str]
    extras: Mapping[NormalizedName, tuple[NormalizedName, ...]]
    edges: tuple[DependencyEdge, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """The proof that no set holds."""

    derivation: Derivation


@dataclass(frozen=True, slots=True)
class Incomplete:
    """An answer that depends on data that is missing. Fetch it and resolve again."""

    missing: Missing


@dataclass(frozen=True, slots=True)
class LimitReached:
    """A search that was cut short; `reason` is "steps" or "time"."""

    steps: int
    reason: str


ResolutionOutcome = Resolution | Conflict | Incomplete | LimitReached
