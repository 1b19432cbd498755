"""Store the changes of a package's page: files, releases, profiles and wheel events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import chain

from django.db.models import Max
from msgspec import Struct
from packaging.utils import NormalizedName

from scanner.domain.files.filenames import FileKind, UnparsedFilename, parse_filename
from scanner.domain.files.locations import base_of, pack_location, unpack_location
from scanner.domain.index_page.diff import PageDiff, diff_page
from scanner.domain.index_page.page import IndexFile, IndexPage
from scanner.models import Package, Release, ReleaseFile
from scanner.selectors.rows import CHUNK, in_chunks
from scanner.services.storage.file_events import write_events, write_first_event
from scanner.services.storage.first_page import FirstPage, prepare_first_page
from scanner.services.storage.release_columns import store_columns
from scanner.services.storage.release_rows import Parsed, store_releases
from scanner.services.storage.sql import insert_rows, marks, select_rows, time_writer


class FileCounts(Struct, frozen=True):
    """The numbers of files that a page changed."""

    added: int
    changed: int
    removed: int

    @property
    def anything(self) -> bool:
        """Return whether any file changed."""
        return bool(self.added or self.changed or self.removed)


def store_page(package: Package, page: IndexPage, now: datetime) -> FileCounts:
    """Store the files of `page`. Call inside a transaction that locks the package.

    Sets newest_release_at and files_base of `package` without saving it. Writes events for changes since the stored
    page; a first page (revision 0) writes one FIRST_POLL event instead.
    """
    # Every stored page raises the revision, so it is 0 for the first page only.
    if package.revision == 0:
        return store_first_page(package, prepare_first_page(package.pk, package.name, page), now)
    return _store(package, diff_page(_stored_files(package), page), now)


def store_first_page(package: Package, first: FirstPage | None, now: datetime) -> FileCounts:
    """Store a page that was prepared before the transaction, as `store_page` does. None: one without files."""
    write_first_event(package, now)
    if first is None:
        return FileCounts(0, 0, 0)
    package.files_base, package.newest_release_at = first.files_base, first.newest_release_at
    return FileCounts(first.store(), 0, 0)


def store_changes(package: Package, page: IndexPage, vanished: int, now: datetime) -> FileCounts | None:
    """Store a page from the rows alone that replace `vanished` rows of the stored page.

    None if the rows do not account for all of those: then a file was removed, and only the whole page shows which.
    """
    stored = _stored_files(package, [file.filename for file in page.files])
    if len(stored) != vanished:
        return None
    return _store(package, diff_page(stored, page), now)


# What is compared with the next page, in the order in which rows are read.
_COMPARED = (
    *("filename", "location", "sha256", "size", "requires_python"),
    *("uploaded_at", "yanked", "yanked_reason", "has_metadata", "metadata_sha256"),
)
# What is inserted, in the order in which `_file_rows` makes rows.
_INSERTED = ("package", "release", "kind", *_COMPARED)


def _stored_files(package: Package, names: Collection[str] | None = None) -> dict[str, IndexFile]:
    """Return the stored files by name, all or those of these names. One query for each 2,000 names."""
    if names is None:
        found = select_rows(ReleaseFile, _COMPARED, "package_id = %s", [package.pk])
    else:
        wanted = sorted(names)
        found = chain.from_iterable(
            select_rows(ReleaseFile, _COMPARED, f"package_id = %s AND filename IN {marks(some)}", [package.pk, *some])
            for some in in_chunks(wanted, CHUNK)
        )
    return {
        name: IndexFile(
            filename=name,
            url=unpack_location(location, name, package.files_base),
            sha256=sha or None,
            size=size,
            requires_python=python or None,
            uploaded_at=at,
            yanked=yanked,
            yanked_reason=reason or None,
            has_metadata=has,
            metadata_sha256=digest or None,
        )
        for name, location, sha, size, python, at, yanked, reason, has, digest in found
    }


def _store(package: Package, changes: PageDiff, now: datetime) -> FileCounts:
    write_events(package, changes, now)
    if changes:
        name = NormalizedName(package.name)
        # A changed file is deleted and inserted: nothing refers to its row, and bulk inserts are the fast path.
        fresh = {file.filename: file for file in (*changes.added, *changes.changed)}
        if not package.files_base and fresh:
            first = next(iter(fresh.values()))
            package.files_base = base_of(first.url, first.filename)
        parsed = {filename: parse_filename(filename, name) for filename in fresh}
        gone = [*changes.removed, *(file.filename for file in changes.changed)]
        releases = store_releases(package, fresh, parsed, gone, now)
        _delete(package, gone)
        insert_rows(ReleaseFile, _INSERTED, _file_rows(package, fresh.values(), parsed, releases.keys))
        releases.drop_empty()
        store_columns(package, releases.stored, releases.emptied)
        if gone or package.newest_release_at is None:
            newest = Release.objects.filter(package=package).aggregate(at=Max("first_uploaded_at"))["at"]
        else:
            newest = max(package.newest_release_at, releases.newest_at or package.newest_release_at)
        package.newest_release_at = newest
    return FileCounts(len(changes.added), len(changes.changed), len(changes.removed))


def _delete(package: Package, names: Collection[str]) -> None:
    gone = sorted(names)
    for some in in_chunks(gone, CHUNK):
        ReleaseFile.objects.filter(package=package, filename__in=some).delete()


def _file_rows(
    package: Package,
    files: Iterable[IndexFile],
    parsed: Mapping[str, Parsed],
    releases: Mapping[str, int],
) -> Iterable[tuple[object, ...]]:
    package_id, base, time = package.pk, package.files_base, time_writer()
    for file in files:
        read = parsed[file.filename]
        if isinstance(read, UnparsedFilename):
            release, kind = None, FileKind.OTHER.value
        else:
            # Reading the value of an enum takes as long as the rest of this line.
            release, kind = releases[file.filename], "wheel" if read.tag_set is not None else read.kind.value
        yield (
            package_id,
            release,
            kind,
            file.filename,
            pack_location(file.url, file.filename, base),
            bytes.fromhex(file.sha256 or ""),
            file.size,
            file.requires_python or "",
            time(file.uploaded_at),
            file.yanked,
            file.yanked_reason or "",
            file.has_metadata,
            bytes.fromhex(file.metadata_sha256 or ""),
        )
