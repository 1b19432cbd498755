"""What the index offers a project's packages, as the verdicts need it. Values only; filled by services."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from packaging.version import Version

from projects.domain.verdicts import Policy, is_installable
from scanner.domain.availability import Offer, ReleaseFileFacts


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """One release as a project sees it: one offer for each of the assessed targets.

    `too_young` is set when the policy's minimum age keeps it away from everything but an exact pin. `kind` is equal
    for releases with equal offers and builds. `needs` are its Requires-Dist values, None while they are not known;
    `needs_error` says why they cannot be had, and then they count as none.
    """

    version: Version
    offers: tuple[Offer, ...]
    build: str
    uploaded_at: datetime | None
    pk: int
    too_young: bool = False
    kind: Hashable = None
    needs: tuple[str, ...] | None = None
    needs_error: str = ""


@dataclass(frozen=True, slots=True)
class PackageView:
    """One package. `answered` is false while the index has said nothing; `error` then may tell why.

    `exists` is false when the index has no such package. `releases` stand lowest version first.
    """

    name: str
    answered: bool
    exists: bool
    error: str
    status: str
    checked_at: datetime | None
    releases: Sequence[ReleaseView] = ()

    def release(self, version: Version) -> ReleaseView | None:
        """The release of this version, when the index has it."""
        return next((release for release in self.releases if release.version == version), None)


FilesOf = Callable[[ReleaseView], Sequence[ReleaseFileFacts]]
Views = Mapping[str, PackageView]


def installs(release: ReleaseView, column: int, policy: Policy) -> bool | None:
    """Whether the policy installs a release on the target in this column; None when only its sdist could tell."""
    offer = release.offers[column]
    return is_installable(offer.availability, release.build, policy)


def steps_up(package: PackageView, column: int, policy: Policy, current: Version | None) -> list[ReleaseView]:
    """All releases not below `current` that install here, lowest first: a search over all, never a bisection.

    Yanked releases are left out; pre-releases count when the policy says so, when `current` is one, or when the
    package has nothing else.
    """
    only_pre = all(release.version.is_prerelease for release in package.releases)
    pre = policy.prereleases or only_pre or (current is not None and current.is_prerelease)
    return [
        release
        for release in package.releases
        if (current is None or release.version >= current)
        and (pre or not release.version.is_prerelease)
        and not release.offers[column].yanked
        and not release.too_young
        and installs(release, column, policy)
    ]
