"""Write the wheel events of a page's changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from packaging.utils import NormalizedName

from scanner.domain.files.filenames import ParsedFilename, parse_filename
from scanner.domain.index_page.diff import PageDiff
from scanner.models import Package, ReleaseFile, WheelEvent, WheelEventKind
from scanner.selectors.rows import in_chunks
from scanner.services.storage.sql import Row, insert_rows, time_writer

CHUNK = 1000


def write_first_event(package: Package, now: datetime) -> None:
    """Write the one event of a first page. Call in the transaction that stores it."""
    event = _event(package, WheelEventKind.FIRST_POLL, "", None, now)
    insert_rows(WheelEvent, _COLUMNS, [event], ignore_conflicts=True)


def write_events(package: Package, changes: PageDiff, now: datetime) -> None:
    """Write one event for each changed file.

    Call in the transaction that stores the changes, before they are stored.
    """
    events = list(_events(package, changes, now))
    if events:
        # A file that was removed and added again has its event already.
        insert_rows(WheelEvent, _COLUMNS, events, ignore_conflicts=True)


def _events(package: Package, changes: PageDiff, now: datetime) -> Iterator[Row]:
    for file in changes.added:
        yield _event(package, WheelEventKind.ADDED, file.filename, file.uploaded_at, now)
    for kind, files in ((WheelEventKind.YANKED, changes.yanked), (WheelEventKind.UNYANKED, changes.unyanked)):
        for file in files:
            yield _event(package, kind, file.filename, file.uploaded_at, now, file.yanked_reason or "")
    times = _upload_times(package, changes.removed)
    for filename in changes.removed:
        yield _event(package, WheelEventKind.REMOVED, filename, times.get(filename), now)


def _upload_times(package: Package, filenames: tuple[str, ...]) -> dict[str, datetime | None]:
    found: dict[str, datetime | None] = {}
    for some in in_chunks(filenames, CHUNK):
        rows = ReleaseFile.objects.filter(package=package, filename__in=some)
        found.update(rows.values_list("filename", "uploaded_at"))
    return found


_COLUMNS = ("package", "kind", "filename", "version", "tag_set", "uploaded_at", "detail", "targets", "seen_at")


def _event(
    package: Package, kind: WheelEventKind, filename: str, at: datetime | None, now: datetime, detail: str = ""
) -> Row:
    read = parse_filename(filename, NormalizedName(package.name))
    version, tag_set = (str(read.version), read.tag_set or "") if isinstance(read, ParsedFilename) else ("", "")
    time = time_writer()
    return (package.pk, kind.value, filename, version, tag_set, time(at), detail, "[]", time(now))
