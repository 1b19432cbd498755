"""What the resolver must be told about the index. Whoever answers does the I/O before or between resolutions."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.files.builds import COMPILED, PURE, UNSEEN
from scanner.domain.matching.availability import Availability
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.targets.target import Target

__all__ = ["Builds", "CandidateSource", "Supplied", "Supply"]


class Supply(StrEnum):
    """How one release could be installed on one target, as far as policy asks."""

    WHEEL = "wheel"
    PURE_BUILD = "pure build"
    COMPILED_BUILD = "compiled build"
    UNSEEN_BUILD = "unseen build"
    REFUSED = "refused"
    NOTHING = "nothing"

    @property
    def words(self) -> str:
        """What stands in the way, to follow "it …"."""
        return _WORDS[self]


_WORDS = {
    Supply.WHEEL: "has a wheel",
    Supply.PURE_BUILD: "has no wheel, only pure Python source to build",
    Supply.COMPILED_BUILD: "has no wheel, only source to compile",
    Supply.UNSEEN_BUILD: "has no wheel, only source that was not looked into",
    Supply.REFUSED: "refuses that Python",
    Supply.NOTHING: "has no file for it",
}


class Builds(StrEnum):
    """A project's policy for source builds. What was not looked into counts as compiled."""

    NEVER = "never"
    PURE = "pure"
    ANY = "any"

    def accepts(self, supply: Supply) -> bool:
        """Whether a release with this supply may be chosen."""
        return supply in _ACCEPTED[self]


_ACCEPTED = {
    Builds.NEVER: frozenset({Supply.WHEEL}),
    Builds.PURE: frozenset({Supply.WHEEL, Supply.PURE_BUILD}),
    Builds.ANY: frozenset({Supply.WHEEL, Supply.PURE_BUILD, Supply.COMPILED_BUILD, Supply.UNSEEN_BUILD}),
}


@dataclass(frozen=True, slots=True)
class Supplied:
    """What one release offers on one target. A yanked release serves only an exact pin (PEP 592)."""

    supply: Supply
    yanked: bool = False


class CandidateSource(Protocol):
    """The index as stored. Answers must not change while a resolution runs.

    Each is asked often: keep what was made. An answer of None means "not known yet" and ends up in `missing`.
    """

    def package(self, name: NormalizedName) -> PackageVersions | None:
        """All releases of a package; an empty shelf when the index has no such package; None when not polled."""

    def supplied(self, shape: Hashable, target: Target) -> Supplied:
        """What releases of this shape offer on a target."""

    def alike(self, name: NormalizedName, target: Target) -> Hashable:
        """A value that is equal for targets on which every release of the package is supplied the same way.

        The target itself is such a value; one that more targets share saves work.
        """

    def dependencies(self, name: NormalizedName, version: Version) -> Iterable[str] | None:
        """The Requires-Dist values of one release, as written; None when its metadata is not known."""


def supply_of(availability: Availability, build: str = UNSEEN) -> Supply:
    """What matching's verdict on a release means for a choice; `build` is what its sdist needs, if that is known."""
    if availability.installs_wheel:
        return Supply.WHEEL
    if availability is Availability.SOURCE:
        return {PURE: Supply.PURE_BUILD, COMPILED: Supply.COMPILED_BUILD}.get(build, Supply.UNSEEN_BUILD)
    return Supply.REFUSED if availability is Availability.EXCLUDED else Supply.NOTHING
