"""Which releases lack metadata that an index may have, and the files from which it can be read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from scanner.domain.files.locations import unpack_location
from scanner.domain.next_poll import CLOCK_SKEW
from scanner.models import Package, Release, ReleaseFile
from scanner.selectors.rows import CHUNK, in_chunks, marks, select_rows

# After a failure the next try waits twice as long as before it, from the first of these to the second.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=2), timedelta(days=1)
# So many failures make the longest pause, and many more a number that no time can hold.
_MOST_DOUBLED = 12


class FileToRead(NamedTuple):
    """A file of a release, with what reading its metadata needs: a model instance for each would take longer."""

    filename: str
    kind: str
    size: int | None
    has_metadata: bool | None
    metadata_sha256: str
    location: bytes
    base: str

    @property
    def url(self) -> str:
        """The file's URL."""
        return unpack_location(bytes(self.location), self.filename, self.base)


_FILE_COLUMNS = ("filename", "kind", "size", "has_metadata", "metadata_sha256", "location")


def files_to_read(release_ids: Collection[int]) -> dict[int, list[FileToRead]]:
    """Return the files of these releases by release, in the order of their names. Two queries for each 2,000."""
    found: dict[int, list[FileToRead]] = {}
    for some in in_chunks(sorted(release_ids), CHUNK):
        where = f"release_id IN {marks(some)}"
        rows = list(select_rows(ReleaseFile, ("release", "package", *_FILE_COLUMNS), where, some))
        bases = _packages({row[1] for row in rows}, ("files_base",))
        for release_id, package_id, *columns in rows:
            found.setdefault(release_id, []).append(FileToRead(*columns, *bases[package_id]))
    for files in found.values():
        files.sort(key=attrgetter("filename"))
    return found


def lacking_metadata(release_ids: Collection[int], now: datetime) -> dict[int, dict[int, str]]:
    """Return those of these releases whose metadata should be fetched: {index: {release: "name version"}}.

    Those that failed are left out until their pause is over. Two queries for each 2,000.
    """
    found: dict[int, dict[int, str]] = {}
    fields = ("pk", "package", "version", "metadata_tried_at", "metadata_failures")
    for some in in_chunks(sorted(release_ids), CHUNK):
        rows = select_rows(Release, fields, f"id IN {marks(some)} AND metadata_id IS NULL", some)
        due = [row for row in rows if _due_at(row[3], row[4], now) <= now]
        packages = _packages({row[1] for row in due}, ("index", "name"))
        for pk, package_id, version, *_ in due:
            index_id, name = packages[package_id]
            found.setdefault(index_id, {})[pk] = f"{name} {version}"
    return found


def metadata_tries(release_ids: Collection[int], now: datetime) -> list[datetime]:
    """Return when the metadata of those of these releases that lack it is tried. A query for each 2,000."""
    fields = ("metadata_tried_at", "metadata_failures")
    return [
        _due_at(tried_at, failures, now)
        for some in in_chunks(sorted(release_ids), CHUNK)
        for tried_at, failures in select_rows(Release, fields, f"id IN {marks(some)} AND metadata_id IS NULL", some)
    ]


def _due_at(tried_at: datetime | None, failures: int, now: datetime) -> datetime:
    """Return when metadata that could not be had should be tried again."""
    if tried_at is None or not failures or tried_at > now + CLOCK_SKEW:  # the last: a clock that jumped
        return now
    return tried_at + min(FIRST_PAUSE * (1 << min(failures, _MOST_DOUBLED) - 1), LONGEST_PAUSE)


def _packages(keys: Collection[int], fields: tuple[str, ...]) -> dict[int, list[Any]]:
    """Return these fields of packages by key: a join would repeat them for each row, and Django is slow to build it."""
    if not keys:
        return {}
    rows = select_rows(Package, ("pk", *fields), f"id IN {marks(keys)}", list(keys))
    return {pk: values for pk, *values in rows}
