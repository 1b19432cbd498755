"""The first wheels of packages on targets, from what is stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from msgspec import Struct

from scanner.domain.matching.availability import ReleaseFileFacts
from scanner.domain.matching.explain import explain_cell
from scanner.domain.releases.first_wheels import FirstWheel, ServedBy
from scanner.domain.releases.pooling import StoredPackage, StoredRelease, pool_files
from scanner.domain.targets.target import Target
from scanner.selectors.candidates import release_files, stored_packages
from scanner.selectors.profile_table import ProfileTable

# A wheel may join a release weeks after the release: the next few may have had theirs before.
_LOOK_AT = 3
_NEVER = datetime.max.replace(tzinfo=UTC)


class FirstWheels(Struct, frozen=True):
    """The first wheels of one package on each of the requested targets, and when the package first appeared."""

    since: date | None
    wheels: tuple[FirstWheel, ...]


def first_wheels(
    index_ids: Sequence[int], names: Collection[str], targets: Sequence[Target], *, by_file: bool = True
) -> Mapping[str, FirstWheels]:
    """Return the first wheels of these packages, by name, without those that are not stored.

    Pre-releases and yanked wheels do not count. Five queries for any number of packages up to 2,000. Without `by_file`
    a wheel is dated by its release, which takes a tenth of the time: few wheels join a release later.
    """
    packages = stored_packages(index_ids, names)
    dated = {name: _dated(package) for name, package in packages.items()}
    table = ProfileTable({one.profile for releases in dated.values() for one in releases}, targets)
    candidates = {
        (name, column): _serving(releases, table, column)
        for name, releases in dated.items()
        for column in range(len(targets))
    }
    files = release_files({pk for found in candidates.values() for one in found for pk in one.pks}) if by_file else {}
    return {
        name: FirstWheels(
            releases[0].first_uploaded_at.date() if releases and releases[0].first_uploaded_at else None,
            tuple(
                FirstWheel(
                    target,
                    _served(candidates[name, column], target, files)
                    if by_file
                    else _by_release(candidates[name, column], table, column),
                )
                for column, target in enumerate(targets)
            ),
        )
        for name, releases in dated.items()
    }


def _dated(package: StoredPackage) -> list[StoredRelease]:
    """Return the final releases whose upload time is known, oldest first."""
    releases = [one for one in package.releases if one.first_uploaded_at and not one.version.is_prerelease]
    return sorted(releases, key=lambda one: one.first_uploaded_at or _NEVER)


def _serving(releases: Iterable[StoredRelease], table: ProfileTable, column: int) -> list[StoredRelease]:
    found = []
    for release in releases:
        offer = table.offers(release.profile)[column]
        if offer.availability.installs_wheel and not offer.yanked:
            found.append(release)
            if len(found) == _LOOK_AT:
                break
    return found


def _by_release(releases: Sequence[StoredRelease], table: ProfileTable, column: int) -> ServedBy | None:
    if not releases or releases[0].first_uploaded_at is None:
        return None
    first = releases[0]
    return ServedBy(
        str(first.version), table.offers(first.profile)[column].availability, releases[0].first_uploaded_at.date()
    )


def _served(
    releases: Iterable[StoredRelease], target: Target, files: Mapping[int, tuple[ReleaseFileFacts, ...]]
) -> ServedBy | None:
    found = []
    for release in releases:
        cell = explain_cell(pool_files([files.get(pk, ()) for pk in release.pks]), target)
        uploaded = cell.uploaded_at or release.first_uploaded_at
        if cell.availability.installs_wheel and uploaded is not None:
            found.append(ServedBy(str(release.version), cell.availability, uploaded.date()))
    return min(found, key=lambda served: served.uploaded, default=None)
