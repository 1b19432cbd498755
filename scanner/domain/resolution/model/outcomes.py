"""A set that holds, and the limits of a search for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.graph import DependencyEdge

__all__ = ["LimitReached", "Resolution", "SearchLimits"]


class Resolution(Struct, frozen=True):
    """A set that holds. `pins` has every package with a version, `urls` those that come from a direct URL.

    `edges` are all requirements that apply, the project's first; `extras` are the extras wanted of each package.
    """

    pins: Mapping[NormalizedName, Version]
    urls: Mapping[NormalizedName, str]
    extras: Mapping[NormalizedName, tuple[NormalizedName, ...]]
    edges: tuple[DependencyEdge, ...]


class SearchLimits(Struct, frozen=True):
    """The limits of one search: how many decisions and conflicts, and a callable that is true when time is up."""

    steps: int = 200_000
    expired: Callable[[], bool] | None = None


class LimitReached(Struct, frozen=True):
    """A search that was cut short; `reason` is "steps" or "time"."""

    steps: int
    reason: str
