"""A set that holds, and the limits of a search for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.graph import DependencyEdge

__all__ = ["LimitReached", "Resolution", "SearchLimits"]


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
class SearchLimits:
    """The limits of one search: how many decisions and conflicts, and a callable that is true when time is up."""

    steps: int = 200_000
    expired: Callable[[], bool] | None = None


@dataclass(frozen=True, slots=True)
class LimitReached:
    """A search that was cut short; `reason` is "steps" or "time"."""

    steps: int
    reason: str
