"""A small index as data, for the resolver's tests: what each release needs, and where it has wheels."""

from __future__ import annotations

from collections.abc import Generator, Hashable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypedDict, TypeVar

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from scanner.domain.files.builds import COMPILED, PURE, UNSEEN
from scanner.domain.matching.availability import Availability, Offer
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.policy import BuildPolicy, Preference
from scanner.domain.resolution.model.requirement import Requirement, read_requirement
from scanner.domain.resolution.model.root_requirements import RootRequirements
from scanner.domain.resolution.model.versions import Candidate, PackageVersions
from scanner.domain.resolution.target_provider import TargetProvider
from scanner.domain.targets.target import Target, parse_target

T = TypeVar("T")
LINUX = parse_target("cp313-manylinux_2_28_x86_64")
WINDOWS = parse_target("cp313-win_amd64")
OLD_LINUX = parse_target("cp311-manylinux_2_28_x86_64")


class Row(TypedDict, total=False):
    """One release.

    `on` lists the platforms ("linux", "win32") or Pythons ("3.11") that it has wheels for, or "source: pure", "source:
    compiled", "nothing"; by default it has wheels for all. `unknown` hides its metadata.
    """

    needs: list[str]
    on: list[str]
    yanked: bool
    uploaded: str
    unknown: bool


SmallIndex = Mapping[str, Mapping[str, Row]]


class SmallSource:
    """A source over a small index; packages in `unpolled` are not known yet. Counts what it was asked."""

    def __init__(self, index: SmallIndex, unpolled: Sequence[str] = ()) -> None:
        self._index = {canonicalize_name(name): rows for name, rows in index.items()}
        self._unpolled = {canonicalize_name(name) for name in unpolled}
        self.read: list[tuple[NormalizedName, Version]] = []

    def package(self, name: NormalizedName) -> PackageVersions | None:
        """Return the releases of a package."""
        if name in self._unpolled:
            return None
        return PackageVersions(
            name,
            [
                Candidate(
                    Version(version),
                    (tuple(row.get("on", ["*"])), row.get("yanked", False)),
                    datetime.fromisoformat(row["uploaded"]).replace(tzinfo=UTC) if "uploaded" in row else None,
                )
                for version, row in self._index.get(name, {}).items()
            ],
        )

    def offer(self, candidate: Candidate, target: Target) -> tuple[Offer, str]:
        """Return what a row offers on a target."""
        profile = candidate.profile
        assert isinstance(profile, tuple)
        places, yanked = profile
        markers = target.marker_environment
        if {"*", markers["sys_platform"], markers["python_version"]} & set(places):
            return Offer(Availability.NATIVE, yanked), UNSEEN
        if "source: pure" in places:
            return Offer(Availability.SOURCE, yanked), PURE
        if "source: compiled" in places:
            return Offer(Availability.SOURCE, yanked), COMPILED
        return Offer(Availability.NONE, yanked), UNSEEN

    def target_group(self, name: NormalizedName, target: Target) -> Hashable:
        """Return the target: no two targets are taken to be equal."""
        return target

    def requires_dist(self, name: NormalizedName, version: Version) -> Sequence[str] | None:
        """Return what a release requires."""
        self.read.append((name, version))
        row = next(row for text, row in self._index[name].items() if Version(text) == version)
        return None if row.get("unknown") else row.get("needs", [])

    def was_refused(self, name: NormalizedName, version: Version) -> bool:
        """Return False: what a row hides may still become known."""
        return False


def requirements(*texts: str) -> tuple[Requirement, ...]:
    """Return requirements that must be valid."""
    read = [read_requirement(text) for text in texts]
    assert all(isinstance(requirement, Requirement) for requirement in read), read
    return tuple(requirement for requirement in read if isinstance(requirement, Requirement))


def root_requirements(*roots: str, constraints: Sequence[str] = (), overrides: Sequence[str] = ()) -> RootRequirements:
    """Return root requirements from texts."""
    return RootRequirements(requirements(*roots), requirements(*constraints), requirements(*overrides))


def provider(
    index: SmallIndex,
    asked: RootRequirements,
    target: Target = LINUX,
    policy: BuildPolicy | None = None,
    preference: Preference | None = None,
    unpolled: Sequence[str] = (),
) -> TargetProvider:
    """Return a provider over a small index."""
    return TargetProvider(
        ResolutionCache(SmallSource(index, unpolled)),
        target,
        asked,
        policy or BuildPolicy(),
        preference or Preference(),
    )


def texts(pins: Mapping[NormalizedName, Version]) -> dict[str, str]:
    """Pins as plain text."""
    return {str(name): str(version) for name, version in pins.items()}


def ended(search: Generator[object, None, T]) -> T:
    """Run a search that lacks nothing."""
    try:
        missing = next(search)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError(missing)
