"""The offers of a package's releases on chosen targets, as an installer with several indexes sees them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from packaging.version import Version

from scanner.domain.files.builds import UNSEEN
from scanner.domain.matching.availability import Availability, Offer, ReleaseFileFacts
from scanner.domain.releases.pooling import ProfileKey, pooled_profile
from scanner.domain.releases.regressions import predecessor
from scanner.domain.targets.target import Target
from scanner.models import Release
from scanner.selectors.candidates import release_files
from scanner.selectors.profile_table import ProfileTable

_NOTHING = Offer(Availability.ABSENT, yanked=False)


class _Row(NamedTuple):
    pk: int
    package_id: int
    version: Version
    profile: int
    build: str
    uploaded_at: datetime | None


class PackageOffers:
    """The offers of some packages of one name. Two queries when created, one more for each call of `files`."""

    def __init__(self, package_ids: Collection[int], targets: Sequence[Target]) -> None:
        rows = Release.objects.filter(package__in=package_ids).order_by("pk")
        self.rows = [
            _Row(pk, package_id, Version(version), profile, build, at)
            for pk, package_id, version, profile, build, at in rows.values_list(
                "pk", "package_id", "version", "profile_id", "build_detail", "first_uploaded_at"
            )
        ]
        self.targets = tuple(targets)
        self.profiles = ProfileTable({row.profile for row in self.rows}, targets)

    def on(self, package_ids: Collection[int]) -> PooledOffers:
        """Return the offers of these packages alone: a project uses only its own indexes."""
        return PooledOffers(self, [row for row in self.rows if row.package_id in package_ids])

    def files(self, wanted: Iterable[tuple[PooledOffers, Version]]) -> Mapping[int, tuple[ReleaseFileFacts, ...]]:
        """Return the files of these releases, by `PooledOffers.keys`."""
        return release_files({key for offered, version in wanted for key in offered.keys(version)})


class PooledOffers:
    """The releases of one name as one project's installer sees them: the files of all its indexes together."""

    def __init__(self, source: PackageOffers, rows: Iterable[_Row]) -> None:
        self._source = source
        self._columns = {target.slug: column for column, target in enumerate(source.targets)}
        self._rows: dict[Version, list[_Row]] = {}
        for row in rows:
            self._rows.setdefault(row.version, []).append(row)
        self._profiles: dict[Version, ProfileKey] = {
            version: pooled_profile(row.profile for row in same) for version, same in self._rows.items()
        }
        source.profiles.add(self._profiles.values())

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """Return the versions that have files, lowest first."""
        return tuple(sorted(self._rows))

    def keys(self, version: Version) -> tuple[int, ...]:
        """Return the releases of this version, one for each index that has it."""
        return tuple(row.pk for row in self._rows.get(version, ()))

    def predecessor(self, version: Version) -> Version | None:
        """Return the version that precedes this one in a changelog."""
        return predecessor(version, self._rows)

    def offers(self, version: Version) -> tuple[Offer, ...]:
        """Return one offer for each of the chosen targets; all absent if there is no such release."""
        profile = self._profiles.get(version)
        return (_NOTHING,) * len(self._columns) if profile is None else self._source.profiles.offers(profile)

    def offer(self, version: Version, target: str) -> Offer:
        """Return the version's offer on one target; absent on a target that was not chosen."""
        column = self._columns.get(target)
        return self.offers(version)[column] if column is not None else _NOTHING

    def uploaded_at(self, version: Version) -> datetime | None:
        """Return when its first file was uploaded; None where no index gives the time."""
        return min((row.uploaded_at for row in self._rows.get(version, ()) if row.uploaded_at), default=None)

    def build(self, version: Version) -> str:
        """Return what building this release needs, as far as it is known (scanner.domain.files.builds)."""
        rows = self._rows.get(version)
        if not rows:
            return UNSEEN
        seen = next((row.build for row in rows if row.build), "")
        return seen or self._source.profiles.build(self._profiles[version]) or UNSEEN
