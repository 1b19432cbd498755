"""Fetch the Python files of wheels, and store what was read of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta

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
    "UnreadWheel",
    "WheelSources",
    "fetch_modules",
    "fetch_sources",
    "store_compiled",
    "store_reading",
    "store_unreadable",
    "unread_modules",
    "unread_wheels",
]

logger = logging.getLogger(__name__)

TRY_AGAIN_AFTER = timedelta(days=7)
_MOST_ERROR = 300


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


def fetch_sources(file: UnreadWheel, client: IndexClient) -> WheelSources | str | None:
    """Return the packed Python files of a wheel, or why they cannot be read; None where the index does not answer."""
    return _fetch(file, client.wheel_sources)


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


def store_reading(file: UnreadWheel, reading: WheelReading, received: int, now: datetime) -> bool:
    """Store what was read of a wheel. Return whether importing its package fails on some Python."""
    name, version = canonicalize_name(file.package), Version(file.version)
    reading = with_requirements(reading, name, file.requires_dist)
    breaks = bool(certain_breaks(reading, name, version, file.filename))
    _store(
        file,
        now,
        modules=list(reading.modules),
        imports=[one.to_json() for one in reading.imports],
        breaks=breaks,
        files=reading.files,
        unread=reading.unread,
        received=received,
        error="",
    )
    return breaks


def store_compiled(file: UnreadWheel, reading: CompiledReading) -> None:
    """Store what was read of the compiled modules of a wheel."""
    StoredWheelReading.objects.filter(sha256=file.sha256).update(compiled=reading.to_json())


def store_unreadable(file: UnreadWheel, why: str, now: datetime) -> None:
    """Store that a wheel cannot be read."""
    _store(file, now, error=why[:_MOST_ERROR])


def _store(file: UnreadWheel, now: datetime, **values: object) -> None:
    StoredWheelReading.objects.update_or_create(
        sha256=file.sha256,
        defaults={
            "filename": file.filename,
            "package": file.package,
            "version": file.version,
            "read_at": now,
            **values,
        },
    )
