"""What a project accepts, and which of several possible versions it likes best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.model.source import Builds
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.resolution.pubgrub.incompatibility import bits, highest, lowest

__all__ = ["Order", "Policy", "Preference"]


@dataclass(frozen=True, slots=True)
class Policy:
    """Which candidates count.

    `now` (aware) hides what was uploaded later. `minimum_age` keeps away what is younger than that at `now`, except
    a version that the project itself pins exactly. `pre` admits pre-releases everywhere.
    """

    builds: Builds = Builds.PURE
    pre: bool = False
    now: datetime | None = None
    minimum_age: timedelta = timedelta(0)


class Order(StrEnum):
    """Which version is tried first."""

    LATEST = "latest"
    LOWEST_DIRECT = "lowest-direct"
    LOWEST = "lowest"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Preference:
    """The order of candidates.

    KEEP takes the version in `keep`, else the lowest above it, else the highest below it, and the latest of packages
    that `keep` does not name. LOWEST_DIRECT takes the lowest of packages in `direct`, the latest of others.
    """

    order: Order = Order.LATEST
    keep: Mapping[NormalizedName, Version] = field(default_factory=lambda: MappingProxyType({}))
    direct: frozenset[NormalizedName] = frozenset()

    def pick(self, package: PackageVersions, allowed: int) -> int:
        """The best of a non-empty set, as a set of one."""
        if self.order is Order.LOWEST or (self.order is Order.LOWEST_DIRECT and package.name in self.direct):
            return lowest(allowed)
        kept = self.keep.get(package.name) if self.order is Order.KEEP else None
        if kept is None:
            return highest(allowed)
        choice = package.choice(kept)
        if choice & allowed:
            return choice
        above = allowed & package.admitted(f">={kept.public}")
        finals = above & ~package.prereleases
        return lowest(finals or above) if above else highest(allowed)

    def next_after(self, package: PackageVersions, choice: int, usable: int, count: int = 6) -> list[int]:
        """The positions that would be tried next if a choice failed, nearest first: what to fetch ahead of need."""
        upward = self.order in {Order.LOWEST, Order.KEEP} or (
            self.order is Order.LOWEST_DIRECT and package.name in self.direct
        )
        if upward:
            return list(bits(usable & ~((choice << 1) - 1)))[:count]
        return list(bits(usable & (choice - 1)))[-count:][::-1]
