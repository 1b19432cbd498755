"""Store all releases of a package as one value beside their rows, for readers (scanner.selectors.candidates)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction
from django.db.models import Q

from scanner.domain.releases.release_columns import FORMAT, PolledRelease, ReleaseColumns
from scanner.models import Package, Release, StoredReleaseColumns
from scanner.services.storage.sql import select_rows, write_row

# Packages packed in one call of `pack_releases`; the next call packs more.
MOST_PACKED = 5_000


def store_columns(package: Package, stored: Mapping[str, PolledRelease], removed: Collection[int]) -> None:
    """Store the columns of a package after these releases, by version, were stored and the rows `removed` deleted.

    Call in the transaction that does both, which locks the package: so the columns always say what the rows say.
    """
    row = _stored(package.pk)
    if row is None or row[0] != FORMAT:
        # Stored by an old version.
        write_columns(package.pk, _from_rows(package.pk))
    else:
        write_columns(package.pk, ReleaseColumns.from_bytes(bytes(row[1])).changed(stored, removed))


def write_columns(package_id: int, columns: ReleaseColumns) -> None:
    """Write the columns of a package, as `store_columns` does."""
    write_row(StoredReleaseColumns, {"package": package_id, "format": FORMAT, "columns": columns.to_bytes()})


def pack_releases() -> int:
    """Store the columns of packages that have none, or have them in an old format. Return how many.

    Until then readers read the rows of their releases.
    """
    lacking = Q(release_columns__isnull=True) | ~Q(release_columns__format=FORMAT)
    wanted = Package.objects.filter(lacking, revision__gt=0).order_by("pk").values_list("pk", flat=True)
    packages = list(wanted[:MOST_PACKED])
    for pk in packages:
        with transaction.atomic():
            # Polls of the package take this lock too. Meanwhile it may have been deleted with its index.
            if Package.objects.select_for_update().filter(pk=pk).first() is not None:
                write_columns(pk, _from_rows(pk))
    return len(packages)


def _stored(package_id: int) -> tuple[int, bytes] | None:
    rows = select_rows(StoredReleaseColumns, ("format", "columns"), "package_id = %s", [package_id])
    return next(((found, data) for found, data in rows), None)


def _from_rows(package_id: int) -> ReleaseColumns:
    fields = ("version", "pk", "profile", "first_uploaded_at")
    rows = select_rows(Release, fields, "package_id = %s", [package_id])
    return ReleaseColumns.of({version: PolledRelease(*facts) for version, *facts in rows})
