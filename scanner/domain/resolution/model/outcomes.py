"""The four ways a resolution ends, as values."""

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

    `edges` are all asks that count in this set, the project's own first; `extras` the extras wanted of each package.
    """

    pins: Mapping[NormalizedName, Version]
    urls: Mapping[NormalizedName, str]
    extras: Mapping[NormalizedName, tuple[NormalizedName, ...]]
    edges: tuple[DependencyEdge, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """No set holds, and this is the proof."""

    derivation: Derivation


@dataclass(frozen=True, slots=True)
class Incomplete:
    """The answer hangs on data that is not there yet. Fetch what is missing and ask again."""

    missing: Missing


@dataclass(frozen=True, slots=True)
class LimitReached:
    """The search was cut short: `reason` is "steps" or "time"."""

    steps: int
    reason: str


ResolutionOutcome = Resolution | Conflict | Incomplete | LimitReached
