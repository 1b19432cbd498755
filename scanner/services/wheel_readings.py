"""Fetch the Python files of wheels, and store what was read of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from typing import Any

from django.db import connection
from django.db.models import Q
from msgspec import Struct
from packaging.utils import canonicalize_name
from packaging.version import Version

from scanner.domain.evidence.compiled_modules import CompiledReading
from scanner.domain.evidence.wheel_reading import WheelReading, certain_breaks, with_requirements
from scanner.domain.files.filenames import FileKind
from scanner.domain.next_poll import CLOCK_SKEW
from scanner.index.archives.wheel_sources import WheelSources
from scanner.index.client import IndexClient
from scanner.index.errors import IndexFault, InvalidArchive, NoSuchFile
from scanner.models import ReleaseFile, StoredWheelReading

__all__ = [
    "ReadingsToStore",
    "UnreadWheel",
    "WheelSources",
    "fetch_modules",
    "fetch_sources",
    "next_to_broken",
    "store_compiled",
    "unread_modules",
    "unread_wheels",
]

logger = logging.getLogger(__name__)

TRY_AGAIN_AFTER = timedelta(days=7)
_MOST_ERROR = 300
_MOST_NEXT = 64
_READ_FIELDS = (
    *("filename", "package", "version", "modules", "imports"),
    *("breaks", "files", "unread", "received", "error", "read_at"),
)


class UnreadWheel(Struct, frozen=True):
    """A wheel to read: where it is, its release, and what that requires."""

    filename: str
    sha256: str
    url: str
    package: str
    version: str
    index_id: int
    requires_dist: tuple[str, ...]


def unread_wheels(index_ids: Sequence[int], filenames: Collection[str], now: datetime) -> list[UnreadWheel]:
    """Return those of these wheels that were not read yet, whose dependencies are known, and that have a digest."""
    found = _wheels(index_ids, filenames)
    failed = Q(error="") | Q(read_at__gt=now - TRY_AGAIN_AFTER, read_at__lt=now + CLOCK_SKEW)
    known = StoredWheelReading.objects.filter(failed, sha256__in=list(found)).values_list("sha256", flat=True)
    return _to_read(found[digest] for digest in found.keys() - set(known))


def next_to_broken(files: Iterable[UnreadWheel]) -> dict[str, int]:
    """Return wheels of the releases after these, where those before them are known to break, each with its release.

    Twice as many as break in a row: plans that move past one broken release after the other then need few rounds of
    reading. Up or down, away from those that break; with the same tags, and final releases only.
    """
    broken: dict[str, set[Version]] = {}
    listed = list(files)
    rows = StoredWheelReading.objects.filter(package__in={file.package for file in listed}, breaks=True)
    for package, version in rows.values_list("package", "version"):
        broken.setdefault(package, set()).add(Version(version))
    found: dict[str, int] = {}
    for file in listed:
        if file.package in broken:
            found.update(_next_to(file, broken[file.package]))
    return found


def _next_to(file: UnreadWheel, broken: Collection[Version]) -> list[tuple[str, int]]:
    tags = "-".join(file.filename.rsplit("-", 3)[1:])
    rows = ReleaseFile.objects.filter(
        package__index=file.index_id, package__name=file.package, yanked=False, filename__endswith=f"-{tags}"
    )
    by_version = {
        Version(version): (name, release)
        for version, name, release in rows.values_list("release__version", "filename", "release")
        if version and release
    }
    at = Version(file.version)
    above = sorted(one for one in by_version if one > at and not one.is_prerelease)
    below = sorted((one for one in by_version if one < at and not one.is_prerelease), reverse=True)
    for before, after in ((below, above), (above, below)):
        in_a_row = sum(1 for _ in takewhile(broken.__contains__, before))
        if in_a_row:
            return [by_version[one] for one in after[: min(2 * in_a_row, _MOST_NEXT)]]
    return []


def unread_modules(index_ids: Sequence[int], filenames: Collection[str]) -> list[UnreadWheel]:
    """Return those of these wheels whose Python files were read, and whose compiled modules were not."""
    found = _wheels(index_ids, [name for name in filenames if not name.endswith("-none-any.whl")])
    rows = StoredWheelReading.objects.filter(sha256__in=list(found), error="", compiled__isnull=True)
    return _to_read(found[digest] for digest in rows.values_list("sha256", flat=True))


def _wheels(index_ids: Sequence[int], filenames: Collection[str]) -> dict[str, ReleaseFile]:
    rows = ReleaseFile.objects.filter(
        package__index__in=index_ids, filename__in=filenames, kind=FileKind.WHEEL.value, release__isnull=False
    ).select_related("package", "release__metadata")
    return {row.sha256: row for row in rows.order_by("-pk") if row.sha256}


def _to_read(files: Iterable[ReleaseFile]) -> list[UnreadWheel]:
    return [
        UnreadWheel(
            *(row.filename, row.sha256, row.url, row.package.name, row.release.version, row.package.index_id),
            tuple(row.release.metadata.requires_dist),
        )
        for row in sorted(files, key=lambda row: row.filename)
        if row.release is not None and row.release.metadata is not None
    ]


def fetch_sources(
    file: UnreadWheel, client: IndexClient, is_wanted: Callable[[UnreadWheel, bytes], bool] = lambda file, digest: True
) -> WheelSources | str | None:
    """Return the packed Python files of a wheel, or why they cannot be read; None where the index does not answer.

    `is_wanted` is asked with a digest of them before they are fetched.
    """
    return _fetch(file, partial(client.wheel_sources, is_wanted=partial(is_wanted, file)))


def fetch_modules(file: UnreadWheel, client: IndexClient) -> WheelSources | str | None:
    """Return the packed compiled modules of a wheel, else what `fetch_sources` does."""
    return _fetch(file, client.wheel_modules)


def _fetch(file: UnreadWheel, read: Callable[[str], WheelSources]) -> WheelSources | str | None:
    try:
        return read(file.url)
    except InvalidArchive as error:
        return error.message
    except NoSuchFile:
        return "the file does not exist"
    except IndexFault as error:
        logger.info("wheel not fetched file=%s error=%s", file.filename, error)
        return None
    finally:
        # The limits of hosts are rows: the thread that fetches has a connection of its own.
        connection.close()


class ReadingsToStore:
    """What was read of wheels, stored together: a row by itself takes as long as twenty."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._rows: list[StoredWheelReading] = []

    def add(self, file: UnreadWheel, reading: WheelReading, received: int) -> bool:
        """Add what was read of a wheel. Return whether importing its package fails on some Python."""
        name, version = canonicalize_name(file.package), Version(file.version)
        reading = with_requirements(reading, name, file.requires_dist)
        breaks = bool(certain_breaks(reading, name, version, file.filename))
        self._add(
            file,
            modules=list(reading.modules),
            imports=[one.to_json() for one in reading.imports],
            breaks=breaks,
            files=reading.files,
            unread=reading.unread,
            received=received,
        )
        return breaks

    def add_unreadable(self, file: UnreadWheel, why: str) -> None:
        """Add a wheel that cannot be read."""
        self._add(file, error=why[:_MOST_ERROR])

    def store(self) -> None:
        """Store what was added, in place of what was stored of the wheels, but for their compiled modules."""
        rows, self._rows = self._rows, []
        StoredWheelReading.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["sha256"], update_fields=_READ_FIELDS
        )

    def _add(self, file: UnreadWheel, **values: Any) -> None:
        self._rows.append(
            StoredWheelReading(
                sha256=file.sha256,
                filename=file.filename,
                package=file.package,
                version=file.version,
                read_at=self._now,
                **values,
            )
        )


def store_compiled(file: UnreadWheel, reading: CompiledReading) -> None:
    """Store what was read of the compiled modules of a wheel."""
    StoredWheelReading.objects.filter(sha256=file.sha256).update(compiled=reading.to_json())
