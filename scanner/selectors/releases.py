"""Packages and their releases by name and version."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct
from packaging.utils import InvalidName, canonicalize_name

from scanner.domain.matching.availability import ReleaseFileFacts
from scanner.domain.releases.standing import ReleaseStanding
from scanner.models import Package, PackageState, Release, ReleaseFile
from scanner.selectors.candidates import release_files
from scanner.selectors.rows import CHUNK, in_chunks


class NamedPackage(Struct, frozen=True):
    """A known package. state: after its last poll."""

    pk: int
    name: str
    state: PackageState


def find_packages(name: str, index_ids: Collection[int]) -> list[NamedPackage]:
    """Return the known packages of this name, not necessarily normalised, in the order of these indexes. One query."""
    try:
        normalized = canonicalize_name(name, validate=True)
    except InvalidName:
        return []
    rows = {row.index_id: row for row in Package.objects.filter(index__in=index_ids, name=normalized)}
    found = (rows[index] for index in index_ids if index in rows)
    return [NamedPackage(row.pk, row.name, PackageState(row.state)) for row in found]


def package_keys(index_ids: Collection[int], names: Collection[str]) -> dict[tuple[int, str], int]:
    """Return the keys of the packages of these normalised names, by index and name. One query."""
    rows = Package.objects.filter(index__in=index_ids, name__in=names)
    return {(index, name): pk for pk, index, name in rows.values_list("pk", "index_id", "name")}


def release_facts(
    package_ids: Collection[int], versions: Collection[str] | None = None
) -> dict[str, tuple[ReleaseFileFacts, ...]]:
    """Return the files of releases by version, of packages of one name. Two queries.

    An installer with several indexes chooses among all their files, so those of one version are merged. Versions are
    as stored, all or the given ones; one that is unknown or has no files is left out.
    """
    rows = Release.objects.filter(package__in=package_ids).order_by("pk")
    if versions is not None:
        rows = rows.filter(version__in=versions)
    names = dict(rows.values_list("pk", "version"))
    found: dict[str, tuple[ReleaseFileFacts, ...]] = {}
    for pk, files in release_files(names).items():
        found[names[pk]] = (*found.get(names[pk], ()), *files)
    return found


def release_digests(
    index_ids: Collection[int], releases: Collection[tuple[str, str]]
) -> dict[tuple[str, str], list[str]]:
    """Return the SHA-256 of all files of each (normalised name, version), sorted. One query for each 2,000 names.

    A file that two indexes have with different digests has both: pip takes the one that matches. A release with a file
    without digest is left out: a hash check would reject that file.
    """
    names = sorted({name for name, _ in releases})
    found: dict[tuple[str, str], list[str]] = {}
    for some in in_chunks(names, CHUNK):
        rows = ReleaseFile.objects.filter(
            package__index__in=index_ids, package__name__in=some, release__isnull=False
        ).values_list("package__name", "release__version", "sha256")
        for name, version, digest in rows:
            if (name, version) in releases:
                found.setdefault((name, version), []).append(digest)
    return {release: sorted(set(digests)) for release, digests in found.items() if all(digests)}


def release_standings(
    index_ids: Collection[int], releases: Collection[tuple[str, str]]
) -> dict[tuple[str, str], ReleaseStanding]:
    """Return when each (normalised name, version) was uploaded and what it declares.

    A release that is not stored is left out. One query for each 2,000 names.
    """
    names = sorted({name for name, _ in releases})
    versions = {version for _, version in releases}
    found: dict[tuple[str, str], ReleaseStanding] = {}
    for some in in_chunks(names, CHUNK):
        rows = Release.objects.filter(
            package__index__in=index_ids, package__name__in=some, version__in=versions
        ).values_list("package__name", "version", "first_uploaded_at", "declared")
        for name, version, uploaded, declared in rows:
            if (name, version) in releases:
                known = found.get((name, version), ReleaseStanding(None))
                first = min(filter(None, (known.uploaded_at, uploaded)), default=None)
                found[name, version] = ReleaseStanding(first, declared or known.declared)
    return found
