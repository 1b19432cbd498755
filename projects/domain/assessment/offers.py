"""What the index offers a project's packages, as the verdicts need it. Values only; filled by services."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from packaging.version import Version

from scanner.domain.matching.availability import Availability, Offer, ReleaseFileFacts
from scanner.domain.resolution.model.policy import BuildPolicy, admits_prereleases


class ReleaseView(NamedTuple):
    """One release as a project sees it: one offer for each of the assessed targets.

    `too_young` is set when the policy's minimum age keeps it away from everything but an exact pin. `kind` is equal
    for releases with equal offers and builds. `needs` are its Requires-Dist values, None while they are not known;
    `needs_error` says why they cannot be had, and then they count as none. `pk` is the stored release that its needs
    come from, `beside` are those of the same version on other indexes, whose files count too.
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
    beside: tuple[int, ...] = ()

    def installs(self, column: int, policy: BuildPolicy) -> bool | None:
        """Return whether the policy installs it on the target in this column; None when only its sdist could tell."""
        return policy.installs(self.offers[column].availability, self.build)

    @property
    def pks(self) -> tuple[int, ...]:
        """The stored releases whose files it has."""
        return (self.pk, *self.beside)


@dataclass(frozen=True)
class PackageView:
    """One package. `answered` is false while an index that is asked has said nothing; `error` then may tell why.

    `exists` is false when no index has such a package. `releases` stand lowest version first. `stays_open`: its newest
    release may get files at any time, as an index that has it closes none after 14 days.
    """

    name: str
    answered: bool
    exists: bool
    error: str
    status: str
    checked_at: datetime | None
    releases: Sequence[ReleaseView] = ()
    stays_open: bool = False

    def release(self, version: Version) -> ReleaseView | None:
        """The release of this version, when the index has it."""
        return self._by_version.get(version)

    @cached_property
    def _by_version(self) -> dict[Version, ReleaseView]:
        return {release.version: release for release in self.releases}

    @cached_property
    def has_finals(self) -> bool:
        """Whether any release that is no pre-release has files left that are not yanked."""
        return any(not release.version.is_prerelease and _is_offered(release) for release in self.releases)

    @cached_property
    def newest(self) -> ReleaseView | None:
        """The newest release of all, a final one where there is one."""
        newest_first = reversed(self.releases)
        pre = admits_prereleases(requested=False, finals=self.has_finals)
        chosen = (one for one in newest_first if pre or not one.version.is_prerelease)
        return next(chosen, None)

    @cached_property
    def last_upload(self) -> datetime | None:
        """When its last new release came, where the index tells any."""
        return max((one.uploaded_at for one in self.releases if one.uploaded_at is not None), default=None)


def _is_offered(release: ReleaseView) -> bool:
    return any(offer.availability is not Availability.ABSENT and not offer.yanked for offer in release.offers)


FilesOf = Callable[[ReleaseView], Sequence[ReleaseFileFacts]]
Views = Mapping[str, PackageView]


def steps_up(package: PackageView, column: int, policy: BuildPolicy, current: Version | None) -> list[ReleaseView]:
    """All releases not below `current` that install here, lowest first: a search over all, never a bisection.

    Yanked releases are left out; pre-releases count when the policy says so, when `current` is one, or when the
    package has nothing else.
    """
    requested = policy.prereleases or (current is not None and current.is_prerelease)
    pre = admits_prereleases(requested=requested, finals=package.has_finals)
    return [
        release
        for release in package.releases
        if (current is None or release.version >= current)
        and (pre or not release.version.is_prerelease)
        and not release.offers[column].yanked
        and not release.too_young
        and release.installs(column, policy)
    ]
