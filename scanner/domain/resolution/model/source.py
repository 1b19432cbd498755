"""What the resolver needs of an index. The implementation does its I/O before or between resolutions."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Protocol

from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.matching.availability import Offer
from scanner.domain.resolution.model.versions import Candidate, PackageVersions
from scanner.domain.targets.target import Target

__all__ = ["CandidateSource"]


class CandidateSource(Protocol):
    """The index as it is stored. Answers must not change while a resolution runs.

    An answer of None means "not known yet"; the resolver reports it in `Missing`. Methods are called often, so an
    implementation should return the same objects each time.
    """

    def package(self, name: NormalizedName) -> PackageVersions | None:
        """Return all releases of a package, none if the index has no such package; None if it was not polled."""

    def offer(self, candidate: Candidate, target: Target) -> tuple[Offer, str]:
        """Return what a candidate offers on a target, and what building it needs (`pure`, `compiled`…).

        Called with one candidate of each profile.
        """

    def target_group(self, name: NormalizedName, target: Target) -> Hashable:
        """Return a key that is equal for targets on which every release of a package offers the same.

        The target itself is a valid key. Work is done once for all targets with the same key.
        """

    def requires_dist(self, name: NormalizedName, version: Version) -> Iterable[str] | None:
        """Return the Requires-Dist values of one release as written; None if its metadata is not known."""

    def was_refused(self, name: NormalizedName, version: Version) -> bool:
        """Return whether the metadata of a release is not known because the index did not give it when asked."""
