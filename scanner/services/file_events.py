"""Write the wheel events of one page's changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from packaging.utils import NormalizedName

from scanner.domain.changes import Changes
from scanner.domain.files import ParsedName, parse_filename
from scanner.domain.pages import IndexFile
from scanner.models import Package, ReleaseFile, WheelEvent, WheelEventKind

CHUNK = 1000


def write_events(package: Package, changes: Changes, now: datetime) -> bool:
    """Write one event for each change of a file; False on a first page, which is told by one FIRST_POLL event.

    Call in the transaction that stores the changes, before they are stored.
    """
    if not WheelEvent.objects.filter(package=package, kind=WheelEventKind.FIRST_POLL).exists():
        WheelEvent.objects.create(package=package, kind=WheelEventKind.FIRST_POLL, seen_at=now)
        return False
    # A file that vanished and came back was added once already.
    WheelEvent.objects.bulk_create(_events(package, changes, now), batch_size=CHUNK, ignore_conflicts=True)
    return True


def _events(package: Package, changes: Changes, now: datetime) -> Iterator[WheelEvent]:
    for file in changes.added:
        yield _event(package, WheelEventKind.ADDED, file.filename, file.uploaded_at, now)
    for kind, files in ((WheelEventKind.YANKED, changes.yanked), (WheelEventKind.UNYANKED, changes.unyanked)):
        for file in files:
            yield _event(package, kind, file.filename, file.uploaded_at, now, _reason(file))
    times = _upload_times(package, changes.removed)
    for filename in changes.removed:
        yield _event(package, WheelEventKind.REMOVED, filename, times.get(filename), now)


def _reason(file: IndexFile) -> str:
    return file.yanked_reason or ""


def _upload_times(package: Package, filenames: tuple[str, ...]) -> dict[str, datetime | None]:
    found: dict[str, datetime | None] = {}
    for start in range(0, len(filenames), CHUNK):
        rows = ReleaseFile.objects.filter(package=package, filename__in=filenames[start : start + CHUNK])
        found.update(rows.values_list("filename", "uploaded_at"))
    return found


def _event(
    package: Package, kind: WheelEventKind, filename: str, at: datetime | None, now: datetime, detail: str = ""
) -> WheelEvent:
    event = WheelEvent(package=package, kind=kind, filename=filename, uploaded_at=at, seen_at=now, detail=detail)
    read = parse_filename(filename, NormalizedName(package.name))
    if isinstance(read, ParsedName):
        event.version = str(read.version)
        event.tag_set = read.tag_set or ""
    return event
