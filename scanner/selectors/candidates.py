"""Read what is stored of packages and releases, with a fixed number of queries for any number of packages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from scanner.domain.files.filenames import FileKind, read_wheel_tags
from scanner.domain.files.sdist_metadata import MetadataGrade, ReleaseMetadata
from scanner.domain.matching.availability import ReleaseFileFacts
from scanner.domain.releases.pooling import ReleaseFindings, StoredPackage, pool
from scanner.domain.releases.release_columns import FORMAT, PolledRelease, ReleaseColumns
from scanner.domain.releases.stored_releases import StoredReleases
from scanner.models import CoreMetadata, Package, PackageState, Release, ReleaseFile, StoredReleaseColumns
from scanner.selectors.rows import CHUNK, in_chunks, marks, select_beside, select_rows

_MAX_YANKED_REASON = 200
_GRADES = {grade.value: grade for grade in MetadataGrade}
_UNKNOWN = ReleaseMetadata(None)


_PACKAGE_FIELDS = (
    *("pk", "index", "name", "state", "status", "status_reason"),
    *("checked_at", "changed_at", "revision", "last_error"),
)


class _PackageRow(NamedTuple):
    """The columns that are read of a package."""

    pk: int
    index_id: int
    name: str
    state: str
    status: str
    status_reason: str
    checked_at: datetime | None
    changed_at: datetime | None
    revision: int
    last_error: str
    format: int | None
    columns: bytes | None


def stored_packages(index_ids: Sequence[int], names: Iterable[str]) -> dict[str, StoredPackage]:
    """Return the packages of these normalised names that any of these indexes knows, pooled as pip does, by name.

    Two queries for each 2,000 packages and indexes, and one more where releases are not stored in columns.
    """
    wanted = sorted(set(names))
    found: dict[str, StoredPackage] = {}
    step = max(1, CHUNK // len(index_ids))
    for some in in_chunks(wanted, step):
        where = f"index_id IN {marks(index_ids)} AND name IN {marks(some)}"
        rows = select_beside(
            Package, _PACKAGE_FIELDS, StoredReleaseColumns, ("format", "columns"), where, [*index_ids, *some]
        )
        packages = [_PackageRow(*row) for row in rows]
        columns = _columns(packages)
        findings = _findings([pk for pk, one in columns.items() if one.pks])
        by_name: dict[str, dict[int, StoredPackage]] = {}
        for package in packages:
            releases = StoredReleases(columns[package.pk], findings.get(package.pk, {}))
            by_name.setdefault(package.name, {})[package.index_id] = _stored_package(package, releases)
        found.update((name, pool(by_index, index_ids)) for name, by_index in by_name.items())
    return found


def _stored_package(package: _PackageRow, releases: StoredReleases) -> StoredPackage:
    return StoredPackage(
        name=package.name,
        exists=bool(releases) or package.state not in (PackageState.MISSING, PackageState.MALFORMED),
        status=package.status,
        status_reason=package.status_reason,
        checked_at=package.checked_at,
        changed_at=package.changed_at,
        revisions=((package.pk, package.revision),),
        releases=releases,
        newest_on=(package.index_id,),
        unanswered=((package.index_id, package.last_error),) if package.state == PackageState.PENDING else (),
    )


def _columns(packages: Iterable[_PackageRow]) -> dict[int, ReleaseColumns]:
    """Return the releases of these packages in columns, as stored, or else from the rows of the releases."""
    found: dict[int, ReleaseColumns] = {}
    unpacked: dict[int, dict[str, PolledRelease]] = {}
    for package in packages:
        if package.format == FORMAT and package.columns is not None:
            found[package.pk] = ReleaseColumns.from_bytes(bytes(package.columns))
        else:
            unpacked[package.pk] = {}
    if unpacked:
        rows = Release.objects.filter(package__in=unpacked)
        fields = ("package_id", "version", "pk", "profile_id", "first_uploaded_at")
        for package_id, version, pk, profile, uploaded_at in rows.values_list(*fields):
            unpacked[package_id][version] = PolledRelease(pk, profile, uploaded_at)
    return {**found, **{pk: ReleaseColumns.of(releases) for pk, releases in unpacked.items()}}


_READ = (
    "(metadata_id IS NOT NULL OR build_detail <> '' OR metadata_error <> '' OR declared <> '' OR metadata_grade <> %s)"
)


def _findings(package_ids: list[int]) -> dict[int, dict[int, ReleaseFindings]]:
    """Return the findings of releases, by package and release; releases without findings are left out."""
    if not package_ids:
        return {}
    fields = ("package", "pk", "build_detail", "metadata", "metadata_error", "metadata_grade", "declared")
    where = f"package_id IN {marks(package_ids)} AND {_READ}"
    found: dict[int, dict[int, ReleaseFindings]] = {}
    for package, pk, build, metadata, error, grade, declared in select_rows(
        Release, fields, where, [*package_ids, MetadataGrade.CERTAIN.value]
    ):
        found.setdefault(package, {})[pk] = ReleaseFindings(build, metadata, error, _GRADES[grade], declared)
    return found


def package_revisions(index_ids: Sequence[int], names: Iterable[str]) -> dict[str, tuple[tuple[int, int], ...]]:
    """Return `StoredPackage.revisions` of each of these packages by name, without those that are not known."""
    wanted = sorted(set(names))
    found: dict[str, tuple[tuple[int, int], ...]] = {}
    for some in in_chunks(wanted, CHUNK):
        rows = Package.objects.filter(index__in=index_ids, name__in=some)
        for name, *revision in rows.order_by("pk").values_list("name", "pk", "revision"):
            found[name] = (*found.get(name, ()), (revision[0], revision[1]))
    return found


def package_keys(index_ids: Sequence[int], names: Iterable[str]) -> frozenset[int]:
    """Return the keys of these packages on these indexes, of those that have a row. One query for each 2,000."""
    wanted = sorted(set(names))
    found: set[int] = set()
    for some in in_chunks(wanted, CHUNK):
        rows = Package.objects.filter(index__in=index_ids, name__in=some)
        found.update(rows.values_list("pk", flat=True))
    return frozenset(found)


def changed_packages(index_ids: Sequence[int], names: Iterable[str], since: datetime) -> frozenset[str]:
    """Return those of these packages whose page changed after a moment. One query for each 2,000."""
    wanted = sorted(set(names))
    found: set[str] = set()
    for some in in_chunks(wanted, CHUNK):
        rows = Package.objects.filter(index__in=index_ids, name__in=some, changed_at__gt=since)
        found.update(rows.values_list("name", flat=True))
    return frozenset(found)


def stored_metadata(keys: Iterable[int]) -> dict[int, ReleaseMetadata]:
    """Return Requires-Dist values and extras by `StoredRelease.metadata_id`. One query for each 2,000."""
    wanted = sorted(set(keys))
    found: dict[int, ReleaseMetadata] = {}
    for some in in_chunks(wanted, CHUNK):
        fields = ("pk", "requires_dist", "extras")
        for pk, listed, extras in select_rows(CoreMetadata, fields, f"id IN {marks(some)}", some):
            found[pk] = ReleaseMetadata(tuple(listed), None if extras is None else tuple(extras))
    return found


def release_metadata(release_ids: Iterable[int]) -> Iterator[tuple[int, ReleaseMetadata]]:
    """Yield the key of each release with its metadata. Two queries for each 2,000 releases."""
    wanted = sorted(set(release_ids))
    fields = ("pk", "metadata", "metadata_error", "metadata_grade", "declared")
    for some in in_chunks(wanted, CHUNK):
        rows = list(select_rows(Release, fields, f"id IN {marks(some)}", some))
        stored = stored_metadata(row[1] for row in rows if row[1] is not None)
        for pk, metadata, error, grade, declared in rows:
            known = stored.get(metadata, _UNKNOWN)
            yield pk, known._replace(error=error, grade=_GRADES[grade], declared=declared)


def release_files(release_ids: Iterable[int]) -> dict[int, tuple[ReleaseFileFacts, ...]]:
    """Return the files of these releases by key. One query for each 2,000 releases."""
    wanted = sorted(set(release_ids))
    found: dict[int, list[ReleaseFileFacts]] = {}
    fields = ("release_id", "filename", "kind", "requires_python", "yanked", "uploaded_at", "sha256", "yanked_reason")
    for some in in_chunks(wanted, CHUNK):
        rows = ReleaseFile.objects.filter(release__in=some).order_by("pk")
        for release_id, filename, kind, python, yanked, at, digest, why in rows.values_list(*fields):
            tags, build = read_wheel_tags(filename) if kind == FileKind.WHEEL else (None, ())
            reason = " ".join(why.split())[:_MAX_YANKED_REASON] if yanked else ""
            facts = ReleaseFileFacts(
                filename, FileKind(kind), tags, build, python or None, yanked, at, digest or "", reason
            )
            found.setdefault(release_id, []).append(facts)
    return {release_id: tuple(files) for release_id, files in found.items()}


def release_indexes(release_ids: Iterable[int]) -> dict[int, int]:
    """Return the index that has each of these releases. One query for each 2,000."""
    wanted = sorted(set(release_ids))
    found: dict[int, int] = {}
    for some in in_chunks(wanted, CHUNK):
        rows = Release.objects.filter(pk__in=some)
        found.update(rows.values_list("pk", "package__index"))
    return found
