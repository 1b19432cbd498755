"""Which wheels are still to be read, and where they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from django.db.models import Q
from msgspec import Struct
from packaging.version import Version

from scanner.domain.files.filenames import FileKind
from scanner.domain.next_poll import CLOCK_SKEW
from scanner.models import ReleaseFile, StoredWheelReading

__all__ = ["UnreadWheel", "next_to_broken", "unread_modules", "unread_wheels"]

TRY_AGAIN_AFTER = timedelta(days=7)
_MOST_NEXT = 64


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
