"""Write what changed on a package's page: files, releases, shapes and wheel events in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from packaging.utils import NormalizedName

from scanner.domain.changes import Changes, StoredFile, compare
from scanner.domain.files import Kind, ParsedName, UnparsedName, parse_filename
from scanner.domain.pages import IndexFile, IndexPage
from scanner.domain.shapes import Offered, Shape
from scanner.models import Package, Release, ReleaseFile, WheelEvent, WheelEventKind, join_url, split_url
from scanner.services.shapes import intern_shapes

# A bulk statement stays below SQLite's limit of 32,766 variables.
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Stored:
    """How many files one page changed."""

    added: int
    changed: int
    removed: int

    @property
    def anything(self) -> bool:
        """Whether any file differs."""
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class _Row:
    """A stored file with the facts that shapes need beside those that pages tell."""

    pk: int
    release_id: int | None
    kind: Kind
    tag_set: str | None
    file: StoredFile


def store_page(package: Package, page: IndexPage, now: datetime) -> Stored:
    """Bring the stored files of `package` to what `page` says. Call inside a transaction that locks the package.

    Events are written for changes against an earlier page; a first page writes one FIRST_POLL event instead.
    """
    rows = _stored_rows(package)
    changes = compare({name: row.file for name, row in rows.items()}, page)
    parsed = {file.filename: parse_filename(file.filename, NormalizedName(package.name)) for file in changes.added}
    touched = _touched(rows, changes)
    _remove(rows, changes)
    _change(rows, changes)
    releases = _releases(package, parsed.values())
    _add(package, changes, parsed, releases)
    touched.update(releases.values())
    _reshape(touched)
    _write_events(package, changes, parsed, rows, now)
    return Stored(len(changes.added), len(changes.changed), len(changes.removed))


_FIELDS = (
    *("pk", "release_id", "kind", "tag_set", "filename", "folder", "sha256", "size", "requires_python"),
    *("uploaded_at", "yanked", "yanked_reason", "has_metadata", "metadata_sha256"),
)


def _stored_rows(package: Package) -> dict[str, _Row]:
    rows = {}
    for pk, release_id, kind, tags, name, folder, sha, size, python, at, yanked, reason, has, digest in (
        ReleaseFile.objects.filter(package=package).values_list(*_FIELDS)
    ):
        file = StoredFile(
            filename=name,
            url=join_url(folder, name),
            sha256=sha or None,
            size=size,
            requires_python=python or None,
            uploaded_at=at,
            yanked=yanked,
            yanked_reason=reason or None,
            has_metadata=has,
            metadata_sha256=digest or None,
        )
        rows[name] = _Row(pk, release_id, Kind(kind), tags or None, file)
    return rows


def _touched(rows: Mapping[str, _Row], changes: Changes) -> set[int]:
    """Releases whose shape may differ afterwards, those of new files not counted."""
    names = [*changes.removed, *(file.filename for file in changes.changed)]
    return {release_id for name in names if (release_id := rows[name].release_id) is not None}


def _remove(rows: Mapping[str, _Row], changes: Changes) -> None:
    gone = [rows[name].pk for name in changes.removed]
    for start in range(0, len(gone), CHUNK):
        ReleaseFile.objects.filter(pk__in=gone[start : start + CHUNK]).delete()


def _change(rows: Mapping[str, _Row], changes: Changes) -> None:
    changed = [ReleaseFile(pk=rows[file.filename].pk, **_facts(file)) for file in changes.changed]
    if changed:
        ReleaseFile.objects.bulk_update(changed, list(_facts(changes.changed[0])), batch_size=CHUNK)


def _facts(file: IndexFile) -> dict[str, object]:
    return {
        "folder": split_url(file.url, file.filename),
        "sha256": file.sha256 or "",
        "size": file.size,
        "requires_python": file.requires_python or "",
        "uploaded_at": file.uploaded_at,
        "yanked": file.yanked,
        "yanked_reason": file.yanked_reason or "",
        "has_metadata": file.has_metadata,
        "metadata_sha256": file.metadata_sha256 or "",
    }


def _releases(package: Package, parsed: Iterable[ParsedName | UnparsedName]) -> dict[str, int]:
    """The release of each version among `parsed`, made where it is new."""
    versions = {str(answer.version) for answer in parsed if isinstance(answer, ParsedName)}
    if not versions:
        return {}
    known = dict(Release.objects.filter(package=package).values_list("version", "pk"))
    # The true shape follows once the files are there.
    empty = Shape.of(())
    fresh = [
        Release(package=package, version=version, shape_id=shape_id)
        for shape_id in intern_shapes([empty]).values()
        for version in sorted(versions - known.keys())
    ]
    if fresh:
        Release.objects.bulk_create(fresh, batch_size=CHUNK)
        known = dict(Release.objects.filter(package=package).values_list("version", "pk"))
    return {version: known[version] for version in versions}


def _add(
    package: Package, changes: Changes, parsed: Mapping[str, ParsedName | UnparsedName], releases: Mapping[str, int]
) -> None:
    ReleaseFile.objects.bulk_create(
        (_new_file(package, file, parsed[file.filename], releases) for file in changes.added), batch_size=CHUNK
    )


def _new_file(
    package: Package, file: IndexFile, parsed: ParsedName | UnparsedName, releases: Mapping[str, int]
) -> ReleaseFile:
    row = ReleaseFile(package=package, filename=file.filename, kind=Kind.OTHER, **_facts(file))
    if isinstance(parsed, ParsedName):
        row.release_id = releases[str(parsed.version)]
        row.kind = parsed.kind
        row.tag_set = parsed.tag_set or ""
        row.build = "".join(str(part) for part in parsed.build)
    return row


def _reshape(release_ids: set[int]) -> None:
    """Give these releases the shape and the dates of the files they now have; drop those that have none."""
    ids = sorted(release_ids)
    for start in range(0, len(ids), CHUNK):
        _reshape_chunk(ids[start : start + CHUNK])


def _reshape_chunk(ids: list[int]) -> None:
    offered: dict[int, list[Offered]] = {}
    times: dict[int, list[datetime]] = {}
    fields = ("release_id", "kind", "tag_set", "requires_python", "yanked", "uploaded_at")
    for pk, kind, tags, python, yanked, at in ReleaseFile.objects.filter(release__in=ids).values_list(*fields):
        offered.setdefault(pk, []).append(Offered(tags or None, Kind(kind), python or None, yanked))
        if at is not None:
            times.setdefault(pk, []).append(at)
    shapes = {pk: Shape.of(files) for pk, files in offered.items()}
    shape_ids = intern_shapes(set(shapes.values()))
    Release.objects.bulk_update(
        [
            Release(
                pk=pk,
                shape_id=shape_ids[shape],
                first_uploaded_at=min(times[pk]) if pk in times else None,
                last_uploaded_at=max(times[pk]) if pk in times else None,
            )
            for pk, shape in shapes.items()
        ],
        ["shape_id", "first_uploaded_at", "last_uploaded_at"],
        batch_size=CHUNK,
    )
    Release.objects.filter(pk__in=[pk for pk in ids if pk not in shapes]).delete()


def _write_events(
    package: Package,
    changes: Changes,
    parsed: Mapping[str, ParsedName | UnparsedName],
    rows: Mapping[str, _Row],
    now: datetime,
) -> None:
    first = WheelEvent(package=package, kind=WheelEventKind.FIRST_POLL, seen_at=now)
    if not WheelEvent.objects.filter(package=package, kind=WheelEventKind.FIRST_POLL).exists():
        first.save(force_insert=True)
        return
    events = [
        *(_event(package, WheelEventKind.ADDED, file, parsed[file.filename], now) for file in changes.added),
        *_yanks(package, WheelEventKind.YANKED, changes.yanked, now),
        *_yanks(package, WheelEventKind.UNYANKED, changes.unyanked, now),
        *(_removal(package, rows[name], now) for name in changes.removed),
    ]
    # A file that vanished and came back was added once already.
    WheelEvent.objects.bulk_create(events, batch_size=CHUNK, ignore_conflicts=True)


def _yanks(
    package: Package, kind: WheelEventKind, files: Iterable[IndexFile], now: datetime
) -> Iterator[WheelEvent]:
    for file in files:
        event = _event(package, kind, file, parse_filename(file.filename, NormalizedName(package.name)), now)
        event.detail = file.yanked_reason or ""
        yield event


def _removal(package: Package, row: _Row, now: datetime) -> WheelEvent:
    parsed = parse_filename(row.file.filename, NormalizedName(package.name))
    return _event(package, WheelEventKind.REMOVED, row.file, parsed, now)


def _event(
    package: Package,
    kind: WheelEventKind,
    file: IndexFile | StoredFile,
    parsed: ParsedName | UnparsedName,
    now: datetime,
) -> WheelEvent:
    event = WheelEvent(
        package=package, kind=kind, filename=file.filename, uploaded_at=file.uploaded_at, seen_at=now
    )
    if isinstance(parsed, ParsedName):
        event.version = str(parsed.version)
        event.tag_set = parsed.tag_set or ""
    return event
