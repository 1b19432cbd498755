"""What a project accepts of the index, and which of several versions is preferred."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from types import MappingProxyType

from msgspec import Struct, field
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.files.builds import COMPILED, PURE, build_kind
from scanner.domain.matching.availability import Availability, Offer, Waived
from scanner.domain.resolution.model.versions import Candidate, PackageVersions
from scanner.domain.resolution.pubgrub.incompatibility import bits, highest, highest_bits, lowest

__all__ = ["BuildPolicy", "Order", "Preference", "SourcePolicy", "admits_prereleases"]


class SourcePolicy(StrEnum):
    """The source builds that a project accepts: none, those of pure Python, or all."""

    NEVER = "never"
    PURE = "pure"
    ANY = "any"


class BuildPolicy(Struct, frozen=True):
    """What a project accepts of the index.

    `prereleases` admits pre-releases everywhere. `minimum_age_days` excludes releases that are younger at `now`,
    unless the project pins them exactly. `now` (aware) hides what was uploaded later; if it is None, the resolver
    hides nothing and finds no release too young. With `renews_hashes` the hashes that a project lists may be taken
    again, so they leave out no file.
    """

    source: SourcePolicy = SourcePolicy.PURE
    prereleases: bool = False
    minimum_age_days: int = 0
    now: datetime | None = None
    renews_hashes: bool = False

    @property
    def minimum_age(self) -> timedelta:
        """The age that a release must have."""
        return timedelta(days=self.minimum_age_days)

    def installs(self, availability: Availability, build: str | None) -> bool | None:
        """Return whether the policy installs such a release; None if only a look into the sdist could tell.

        `build` is what building the sdist needs (scanner.domain.files.builds). Only its kind counts, not the languages
        of "compiled: Rust".
        """
        if availability.installs_wheel:
            return True
        if availability is not Availability.SOURCE or self.source is SourcePolicy.NEVER:
            return False
        if self.source is SourcePolicy.ANY:
            return True
        kind = build_kind(build)
        return kind == PURE if kind in {PURE, COMPILED} else None

    def is_too_young(self, uploaded_at: datetime | None, now: datetime) -> bool:
        """Return whether a release is younger than the minimum age at `now`, or of unknown age."""
        return self.minimum_age_days > 0 and (uploaded_at is None or now - uploaded_at < self.minimum_age)

    def installs_candidate(self, candidate: Candidate, column: int) -> bool | None:
        """Return whether the policy installs a candidate on the target in this column of its offers.

        A build that is waived is installed; a lack that is waived is still one.
        """
        offer = candidate.offers[column]
        return offer.waived is Waived.BUILD or self.installs(offer.availability, candidate.build)

    def admits_offer(self, offer: Offer, build: str) -> bool | None:
        """Return whether a search may take a release with this offer: it installs, or what it lacks is waived."""
        return offer.waived is not Waived.NOTHING or self.installs(offer.availability, build)


def admits_prereleases(*, requested: bool, finals: bool) -> bool:
    """Return whether pre-releases count: when requested, or when there is no final release (PEP 440)."""
    return requested or not finals


class Order(StrEnum):
    """The version of a package that is tried first."""

    LATEST = "latest"
    LOWEST_DIRECT = "lowest-direct"
    LOWEST = "lowest"
    KEEP = "keep"


class Preference(Struct, frozen=True):
    """The order in which candidates are tried.

    KEEP takes the version in `keep`, else the lowest above it, else the highest below it; of packages that `keep` does
    not name, the latest. LOWEST_DIRECT takes the lowest of packages in `direct`, the latest of others.
    """

    order: Order = Order.LATEST
    keep: Mapping[NormalizedName, Version] = field(default_factory=lambda: MappingProxyType({}))
    direct: frozenset[NormalizedName] = frozenset()

    def pick(self, package: PackageVersions, allowed: int) -> int:
        """Return the best candidate of a non-empty set, as a set of one."""
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

    def next_beyond(self, package: PackageVersions, low: int, high: int, usable: int, count: int) -> list[int]:
        """Return the positions outside a run that would be tried next if all in it failed: what to fetch in advance."""
        upward = (
            self.order is Order.LOWEST
            or (self.order is Order.LOWEST_DIRECT and package.name in self.direct)
            or (self.order is Order.KEEP and package.name in self.keep)
        )
        if upward:
            return list(islice(bits(usable >> high + 1 << high + 1), count))
        return highest_bits(usable & (1 << low) - 1, count)
