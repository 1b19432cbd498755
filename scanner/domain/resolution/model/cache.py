"""What is worked out once and shared by all targets of an assessment: versions, dependencies, installable sets."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from typing import TypeVar, cast

from msgspec import Struct
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.explain.reasons import Obstacle
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from scanner.domain.resolution.model.requirement import InvalidRequirement, Requirement, read_requirement
from scanner.domain.resolution.model.source import CandidateSource
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.resolution.pubgrub.incompatibility import bits
from scanner.domain.targets.target import Target

__all__ = ["Dependencies", "InstallableVersions", "ResolutionCache"]

T = TypeVar("T")


class Dependencies(Struct, frozen=True):
    """The requirements of one release, sorted by what decides whether they apply.

    `plain` have no marker. `by_extra` apply with that extra and have no other condition. `conditional` have a marker
    to evaluate. `invalid` is the first requirement that cannot be parsed.
    """

    plain: tuple[Requirement, ...]
    conditional: tuple[Requirement, ...]
    by_extra: dict[NormalizedName, tuple[Requirement, ...]]
    invalid: InvalidRequirement | None


class InstallableVersions(Struct, frozen=True):
    """Sets of a package's releases on one target: installable ones, yanked ones, the rest by obstacle."""

    installable: int
    yanked: int
    obstacles: tuple[tuple[Obstacle, int], ...]


def _parse_dependencies(texts: Iterable[str]) -> Dependencies:
    plain: list[Requirement] = []
    conditional: list[Requirement] = []
    by_extra: dict[NormalizedName, list[Requirement]] = {}
    invalid = None
    for text in texts:
        requirement = read_requirement(text)
        if isinstance(requirement, InvalidRequirement):
            invalid = invalid or requirement
        elif requirement.marker is None:
            plain.append(requirement)
        elif requirement.only_extra is None:
            conditional.append(requirement)
        else:
            by_extra.setdefault(requirement.only_extra, []).append(requirement)
    extras = {extra: tuple(requirements) for extra, requirements in by_extra.items()}
    return Dependencies(tuple(plain), tuple(conditional), extras, invalid)


class ResolutionCache:
    """A memo over a source. Use one for as long as the source's answers do not change: one assessment."""

    def __init__(self, source: CandidateSource) -> None:
        self._source = source
        self._packages: dict[NormalizedName, PackageVersions] = {}
        self._dependencies: dict[tuple[NormalizedName, int], Dependencies] = {}
        self._read: dict[NormalizedName, int] = {}
        self._given_up_packages: set[NormalizedName] = set()
        self._given_up_releases: set[tuple[NormalizedName, Version]] = set()
        self._dependents: dict[tuple[NormalizedName, Requirement], int] = {}
        self._installable: dict[tuple[Target, SourcePolicy, bool], dict[NormalizedName, InstallableVersions]] = {}
        self._by_group: dict[tuple[NormalizedName, SourcePolicy, bool, Hashable], InstallableVersions] = {}
        self._shared: dict[Hashable, object] = {}
        self._uploaded_after: dict[tuple[NormalizedName, datetime], int] = {}
        self._interned: dict[InstallableVersions, InstallableVersions] = {}
        self._parsed: dict[tuple[str, ...], Dependencies] = {}

    def package(self, name: NormalizedName) -> PackageVersions | None:
        """Return the releases of a package; None if the package was not polled."""
        package = self._packages.get(name)
        if package is None:
            package = self._source.package(name)
            if package is not None:
                self._packages[name] = package
        return package

    def has_met(self, name: NormalizedName) -> bool:
        """Return whether any search has looked up the releases of a package."""
        return name in self._packages

    def give_up(self, missing: Missing) -> None:
        """Take these packages and releases as unknowable: searches go on without them, and report them as missing."""
        self._given_up_packages.update(missing.packages)
        self._given_up_releases.update(missing.releases)

    def is_given_up(self, name: NormalizedName, version: Version | None = None) -> bool:
        """Return whether a package, or one release of it, was given up."""
        if version is None:
            return name in self._given_up_packages
        return (name, version) in self._given_up_releases

    def without_given_up(self, missing: Missing) -> Missing:
        """Return the same facts without those that were given up."""
        if self._given_up_packages.isdisjoint(missing.packages) and self._given_up_releases.isdisjoint(
            missing.releases
        ):
            return missing
        return Missing(
            tuple(name for name in missing.packages if name not in self._given_up_packages),
            tuple(one for one in missing.releases if one not in self._given_up_releases),
            missing.likely,
            missing.likely_packages,
        )

    def shared(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return a value that lives as long as the cache, made by `make` at the first call.

        `key` must contain the value's type and everything that the value depends on.
        """
        if key not in self._shared:
            self._shared[key] = make()
        return cast("T", self._shared[key])

    def installable_on(self, target: Target, policy: BuildPolicy) -> dict[NormalizedName, InstallableVersions]:
        """Return the memo of `installable` for one target, for callers that look up many packages."""
        return self._installable.setdefault((target, policy.source, policy.renews_hashes), {})

    def installable(self, package: PackageVersions, target: Target, policy: BuildPolicy) -> InstallableVersions:
        """Return what the policy installs of a package on a target. Each distinct profile is judged once."""
        memo = self.installable_on(target, policy)
        known = memo.get(package.name)
        if known is None:
            key = (package.name, policy.source, policy.renews_hashes, self._source.target_group(package.name, target))
            known = self._by_group.get(key)
            if known is None:
                made = self._judge(package, target, policy)
                known = self._by_group[key] = self._interned.setdefault(made, made)
            memo[package.name] = known
        return known

    def _judge(self, package: PackageVersions, target: Target, policy: BuildPolicy) -> InstallableVersions:
        installable = yanked = 0
        obstacles: dict[Obstacle, int] = {}
        for candidate, mask in package.profiles:
            renewed = policy.renews_hashes and candidate.renewed_offers
            offer, build = self._source.offer(
                candidate._replace(offers=candidate.renewed_offers) if renewed else candidate, target
            )
            if offer.yanked:
                yanked |= mask
            if policy.admits_offer(offer, build):
                installable |= mask
            else:
                obstacle = Obstacle.of(offer.availability, build)
                obstacles[obstacle] = obstacles.get(obstacle, 0) | mask
        return InstallableVersions(installable, yanked, tuple(obstacles.items()))

    def uploaded_after(self, package: PackageVersions, moment: datetime) -> int:
        """Return the releases uploaded after a moment."""
        key = (package.name, moment)
        known = self._uploaded_after.get(key)
        if known is None:
            known = self._uploaded_after[key] = package.uploaded_after(moment)
        return known

    def dependencies(self, package: PackageVersions, choice: int) -> Dependencies | None:
        """Return the requirements of one release; None if its metadata is not known."""
        key = (package.name, choice)
        known = self._dependencies.get(key)
        if known is not None:
            return known
        texts = self._source.requires_dist(package.name, package.version(choice))
        if texts is None:
            return None
        listed = tuple(texts)
        found = self._parsed.get(listed)
        if found is None:
            found = self._parsed[listed] = _parse_dependencies(listed)
        self._dependencies[key] = found
        self._read[package.name] = self._read.get(package.name, 0) | choice
        for requirements in (found.plain, found.conditional, *found.by_extra.values()):
            for requirement in requirements:
                place = (package.name, requirement)
                self._dependents[place] = self._dependents.get(place, 0) | choice
        return found

    def unread(self, package: PackageVersions, releases: int) -> list[int]:
        """Return those of these releases whose metadata is not known, each as a set of one."""
        left = releases & ~self._read.get(package.name, 0)
        return [1 << position for position in bits(left) if self.dependencies(package, 1 << position) is None]

    def was_refused(self, package: PackageVersions, choice: int) -> bool:
        """Return whether the index did not give the metadata of one release when asked."""
        return self._source.was_refused(package.name, package.version(choice))

    def dependents(self, name: NormalizedName, requirement: Requirement) -> int:
        """Return the releases of a package that are known to state exactly this requirement."""
        return self._dependents[(name, requirement)]
