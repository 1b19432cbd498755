"""What is worked out once and shared by every target of an assessment: shelves, needs, sets of usable releases."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast

from packaging.utils import NormalizedName

from scanner.domain.resolution.model.requirement import InvalidRequirement, Requirement, read_requirement
from scanner.domain.resolution.model.source import Builds, CandidateSource
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.resolution.pubgrub.incompatibility import bits
from scanner.domain.targets.target import Target

__all__ = ["Dependencies", "InstallableVersions", "ResolutionCache"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What one release needs, sorted by what decides whether it counts.

    `plain` always counts, `by_extra` with that extra and nothing else; `gated` has a marker to evaluate.
    `unreadable` is the first requirement that nobody can read.
    """

    plain: tuple[Requirement, ...]
    gated: tuple[Requirement, ...]
    by_extra: dict[NormalizedName, tuple[Requirement, ...]]
    unreadable: InvalidRequirement | None


@dataclass(frozen=True, slots=True)
class InstallableVersions:
    """Sets of releases on one target: those with an acceptable supply, those yanked there, the rest by obstacle."""

    accepted: int
    yanked: int
    obstacles: tuple[tuple[str, int], ...]


def _sorted_needs(texts: Iterable[str]) -> Dependencies:
    plain: list[Requirement] = []
    gated: list[Requirement] = []
    by_extra: dict[NormalizedName, list[Requirement]] = {}
    unreadable = None
    for text in texts:
        requirement = read_requirement(text)
        if isinstance(requirement, InvalidRequirement):
            unreadable = unreadable or requirement
        elif requirement.marker is None:
            plain.append(requirement)
        elif requirement.only_extra is None:
            gated.append(requirement)
        else:
            by_extra.setdefault(requirement.only_extra, []).append(requirement)
    extras = {extra: tuple(requirements) for extra, requirements in by_extra.items()}
    return Dependencies(tuple(plain), tuple(gated), extras, unreadable)


class ResolutionCache:
    """A memo over a source. It lives as long as the source's answers hold: one assessment."""

    def __init__(self, source: CandidateSource) -> None:
        self._source = source
        self._packages: dict[NormalizedName, PackageVersions | None] = {}
        self._dependencies: dict[tuple[NormalizedName, int], Dependencies | None] = {}
        self._same: dict[tuple[NormalizedName, Requirement], int] = {}
        self._usable: dict[tuple[Target, Builds], dict[NormalizedName, InstallableVersions]] = {}
        self._alike: dict[tuple[NormalizedName, Builds, Hashable], InstallableVersions] = {}
        self._shared: dict[Hashable, object] = {}
        self._late: dict[tuple[NormalizedName, datetime], int] = {}
        self._interned: dict[InstallableVersions, InstallableVersions] = {}
        self._same_needs: dict[tuple[str, ...], Dependencies] = {}

    def package(self, name: NormalizedName) -> PackageVersions | None:
        """The shelf of a package; None when the package was not polled."""
        if name not in self._packages:
            self._packages[name] = self._source.package(name)
        return self._packages[name]

    def shared(self, key: Hashable, make: Callable[[], T]) -> T:
        """A value that lives as long as the stock; `key` must name its type as well as what it depends on."""
        if key not in self._shared:
            self._shared[key] = make()
        return cast("T", self._shared[key])

    def installable_by(self, target: Target, builds: Builds) -> dict[NormalizedName, InstallableVersions]:
        """The memo of `usable` for one target: look there first."""
        return self._usable.setdefault((target, builds), {})

    def usable(self, package: PackageVersions, target: Target, builds: Builds) -> InstallableVersions:
        """What a target can use of a shelf, worked out by shape, not by release."""
        memo = self.installable_by(target, builds)
        known = memo.get(package.name)
        if known is None:
            key = (package.name, builds, self._source.alike(package.name, target))
            known = self._alike.get(key)
            if known is None:
                made = self._installable_on(package, target, builds)
                known = self._alike[key] = self._interned.setdefault(made, made)
            memo[package.name] = known
        return known

    def _installable_on(self, package: PackageVersions, target: Target, builds: Builds) -> InstallableVersions:
        accepted = yanked = 0
        obstacles: dict[str, int] = {}
        for shape, mask in package.shapes:
            supplied = self._source.supplied(shape, target)
            if supplied.yanked:
                yanked |= mask
            if builds.accepts(supplied.supply):
                accepted |= mask
            else:
                words = supplied.supply.words
                obstacles[words] = obstacles.get(words, 0) | mask
        return InstallableVersions(accepted, yanked, tuple(obstacles.items()))

    def uploaded_after(self, package: PackageVersions, moment: datetime) -> int:
        """The releases uploaded after a moment."""
        key = (package.name, moment)
        known = self._late.get(key)
        if known is None:
            known = self._late[key] = package.uploaded_after(moment)
        return known

    def dependencies(self, package: PackageVersions, choice: int) -> Dependencies | None:
        """What one release needs; None when its metadata is not known."""
        key = (package.name, choice)
        if key not in self._dependencies:
            texts = self._source.dependencies(package.name, package.version(choice))
            if texts is None:
                self._dependencies[key] = None
                return None
            listed = tuple(texts)
            dependencies = self._same_needs.get(listed)
            if dependencies is None:
                dependencies = self._same_needs[listed] = _sorted_needs(listed)
            self._dependencies[key] = dependencies
            for requirements in (dependencies.plain, dependencies.gated, *dependencies.by_extra.values()):
                for requirement in requirements:
                    self._same[(package.name, requirement)] = self._same.get((package.name, requirement), 0) | choice
        return self._dependencies[key]

    def read_around(self, package: PackageVersions, choice: int, among: int, count: int) -> None:
        """Read the needs of up to `count` releases of `among` on either side of one, so that `carriers` knows them."""
        below = list(bits(among & (choice - 1) & ~1))[-count:]
        above = among & ~((choice << 1) - 1)
        for position in below:
            self.dependencies(package, 1 << position)
        for position in bits(above):
            if count == 0:
                break
            count -= 1
            self.dependencies(package, 1 << position)

    def dependents(self, name: NormalizedName, requirement: Requirement) -> int:
        """The releases of a package that are known to state exactly this requirement."""
        return self._same[(name, requirement)]
