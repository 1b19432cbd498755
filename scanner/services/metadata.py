"""Fetch and store the core metadata of releases, from the cheapest source that can be trusted."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.db.models import F
from msgspec import Struct

from scanner.domain.files.core_metadata import parse_core_metadata
from scanner.domain.files.filenames import FileKind, read_wheel_tags
from scanner.domain.files.locations import unpack_location
from scanner.domain.files.sdist_metadata import (
    MetadataGrade,
    StatedDependencies,
    read_sdist_dependencies,
    states_dependencies,
)
from scanner.domain.files.wheel_variants import WheelListing, choose_wheels, merge_dependencies
from scanner.domain.next_poll import CLOCK_SKEW
from scanner.index.client import IndexClient
from scanner.index.errors import HostThrottled, IndexFault, InvalidArchive, NoSuchFile
from scanner.models import CoreMetadata, Package, Release, ReleaseFile
from scanner.services.storage.sql import update_rows

logger = logging.getLogger(__name__)

# After a failure the next try waits twice as long as before it, from the first of these to the second.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=2), timedelta(days=1)
# After so many failures, about an hour, what the index has counts as unreadable; it is still tried once a day.
FAILURES_UNTIL_UNREADABLE = 6
# Bytes of an sdist that are not read for a release that is only likely to be of use.
_LARGE_SDIST = 16_000_000
_MOST_FAILURES, _MAX_ERROR = 30, 500


class MetadataAnswer(Struct, frozen=True):
    """What an index answered for the metadata of a release.

    `found` is None if there is none, with the reason in `error`; `has_answered` says whether the index gave an answer
    that cannot be used, or none. Without `found` and `error` nothing was sent.
    """

    release_id: int
    found: StatedDependencies | None = None
    error: str = ""
    has_answered: bool = False


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


_FILE_COLUMNS = ("filename", "kind", "size", "has_metadata", "metadata_sha256", "location", "package__files_base")


def files_to_read(release_ids: Collection[int]) -> dict[int, list[FileToRead]]:
    """Return the files of these releases by release, as `read_metadata` takes them. One query for each 2,000."""
    wanted = sorted(release_ids)
    found: dict[int, list[FileToRead]] = {}
    for start in range(0, len(wanted), 2000):
        rows = ReleaseFile.objects.filter(release__in=wanted[start : start + 2000]).order_by("filename")
        for release_id, *columns in rows.values_list("release_id", *_FILE_COLUMNS):
            found.setdefault(release_id, []).append(FileToRead(*columns))
    return found


def is_large_sdist(files: Sequence[FileToRead]) -> bool:
    """Return whether the metadata of a release with these files can cost many megabytes: it is a large sdist alone."""
    sizes = [file.size or 0 for file in files if file.kind == FileKind.SDIST]
    return max(sizes, default=0) > _LARGE_SDIST and not any(file.kind == FileKind.WHEEL for file in files)


def read_metadata(release_id: int, files: Sequence[FileToRead], client: IndexClient) -> MetadataAnswer:
    """Return what the index answers for a release with these files. Reads and writes nothing that is stored."""
    try:
        return MetadataAnswer(release_id, _fetch(files, client))
    except HostThrottled:
        # Nothing was sent, which says nothing of the release.
        return MetadataAnswer(release_id)
    except IndexFault as error:
        logger.warning("metadata release=%s error=%s", release_id, error)
        has_answered = isinstance(error, NoSuchFile | InvalidArchive)
        return MetadataAnswer(release_id, error=str(error)[:_MAX_ERROR], has_answered=has_answered)


def store_metadata(answers: Collection[MetadataAnswer], now: datetime) -> None:
    """Store what was answered, in one transaction."""
    found = {one.release_id: one.found for one in answers if one.found is not None}
    failed = {one.release_id: one for one in answers if one.error and one.found is None}
    digests = {pk: _digest(one) for pk, one in found.items()}
    with transaction.atomic():
        rows = _core_metadata({digests[pk]: one for pk, one in found.items()})
        stored = [
            Release(
                pk=pk,
                metadata_id=rows[digests[pk]],
                metadata_error="",
                metadata_tried_at=now,
                metadata_failures=0,
                metadata_grade=one.grade.value,
                declared=one.declared.to_text(),
                links=[list(link) for link in one.links],
            )
            for pk, one in found.items()
        ]
        update_rows(stored, ("metadata", "declared", "links", *_FAILURE_COLUMNS))
        if failed:
            _store_failures(failed, now)


_FAILURE_COLUMNS = ("metadata_error", "metadata_tried_at", "metadata_failures", "metadata_grade")


def _store_failures(failed: Mapping[int, MetadataAnswer], now: datetime) -> None:
    rows = []
    unreadable: list[int] = []
    known = Release.objects.filter(pk__in=failed, metadata__isnull=True).order_by("pk")
    for pk, package, before in known.values_list("pk", "package", "metadata_failures"):
        failures = min(before + 1, _MOST_FAILURES)
        is_unreadable = failed[pk].has_answered and failures >= FAILURES_UNTIL_UNREADABLE
        if is_unreadable and failures == FAILURES_UNTIL_UNREADABLE:
            unreadable.append(package)
        rows.append(
            Release(
                pk=pk,
                metadata_error=failed[pk].error,
                metadata_tried_at=now,
                metadata_failures=failures,
                metadata_grade=(MetadataGrade.UNREADABLE if is_unreadable else MetadataGrade.CERTAIN).value,
            )
        )
    update_rows(rows, _FAILURE_COLUMNS)
    if unreadable:
        # Assessments that wait for it are computed again: it is not judged from now on.
        Package.objects.filter(pk__in=unreadable).update(revision=F("revision") + 1, changed_at=now)


def _digest(found: StatedDependencies) -> str:
    return hashlib.sha256(json.dumps([found.requires_dist, found.extras]).encode()).hexdigest()


def _core_metadata(found: Mapping[str, StatedDependencies]) -> dict[str, int]:
    """Return the keys of the rows of what was found by digest, made where there is none."""
    known = _known_core_metadata(found)
    fresh = found.keys() - known.keys()
    if fresh:
        rows = [
            CoreMetadata(
                digest=digest, requires_dist=list(found[digest].requires_dist), extras=list(found[digest].extras)
            )
            for digest in sorted(fresh)
        ]
        CoreMetadata.objects.bulk_create(rows, ignore_conflicts=True)
        known.update(_known_core_metadata(fresh))
    return known


def _known_core_metadata(digests: Collection[str]) -> dict[str, int]:
    return dict(CoreMetadata.objects.filter(digest__in=digests).values_list("digest", "pk")) if digests else {}


def lacking_metadata(release_ids: Collection[int], now: datetime) -> dict[int, dict[int, str]]:
    """Return those of these releases whose metadata should be fetched: {index: {release: "name version"}}.

    Those that failed are left out until their pause is over.
    """
    wanted = sorted(release_ids)
    fields = ("metadata_tried_at", "metadata_failures", "package__index", "pk", "package__name", "version")
    found: dict[int, dict[int, str]] = {}
    for start in range(0, len(wanted), 2000):
        rows = Release.objects.filter(pk__in=wanted[start : start + 2000], metadata__isnull=True).values_list(*fields)
        for tried_at, failures, index, pk, name, version in rows:
            if is_due(tried_at, failures, now):
                found.setdefault(index, {})[pk] = f"{name} {version}"
    return found


def is_due(tried_at: datetime | None, failures: int, now: datetime) -> bool:
    """Return whether metadata that could not be had should be tried again."""
    if tried_at is None or not failures or tried_at > now + CLOCK_SKEW:  # the last: a clock that jumped
        return True
    return now - tried_at >= min(FIRST_PAUSE * (1 << failures - 1), LONGEST_PAUSE)


def _fetch(files: Sequence[FileToRead], client: IndexClient) -> StatedDependencies:
    last: IndexFault = NoSuchFile("a wheel or sdist of the release")
    for attempt in _attempts(files, client):
        try:
            return attempt()
        except (NoSuchFile, InvalidArchive) as error:
            last = error
    raise last


def _attempts(files: Sequence[FileToRead], client: IndexClient) -> Iterator[Callable[[], StatedDependencies]]:
    """Yield the ways to get the metadata, the cheapest first."""
    if any(file.kind == FileKind.WHEEL for file in files):
        yield partial(_from_wheels, client, files)
    for sdist in [file for file in files if file.kind == FileKind.SDIST][:1]:
        yield partial(_from_sdist, client, sdist)


def _from_wheels(client: IndexClient, files: Sequence[FileToRead]) -> StatedDependencies:
    by_name = {file.filename: file for file in files if file.kind == FileKind.WHEEL}
    listed = (
        WheelListing(name, read_wheel_tags(name)[0] or "", file.size, file.metadata_sha256 or "")
        for name, file in by_name.items()
    )
    chosen = choose_wheels(listed)
    return merge_dependencies([(_from_wheel(client, by_name[wheel.filename]), where) for wheel, where in chosen])


def _from_wheel(client: IndexClient, wheel: FileToRead) -> StatedDependencies:
    """Return what one wheel states: by its metadata file, else by the end of the wheel itself."""
    if wheel.has_metadata is not False:
        try:
            return _certain(client.metadata(wheel), wheel.url)
        except (NoSuchFile, InvalidArchive):
            pass
    return _certain(client.wheel_metadata(wheel.url), wheel.url)


def _from_sdist(client: IndexClient, sdist: FileToRead) -> StatedDependencies:
    documents = client.sdist_metadata(sdist.url, lambda pkg_info: states_dependencies(_text(pkg_info)))
    requires = None if documents.requires is None else _text(documents.requires)
    return read_sdist_dependencies(_text(documents.pkg_info), requires)


def _certain(content: bytes, url: str) -> StatedDependencies:
    parsed = parse_core_metadata(_text(content))
    if parsed.metadata_version is None:
        # A document without its one mandatory field is an error page, and would read as one without dependencies.
        raise InvalidArchive(url, "its metadata have no Metadata-Version")
    return StatedDependencies(parsed.stated, parsed.extras, MetadataGrade.CERTAIN, parsed.declared, parsed.links)


def _text(content: bytes) -> str:
    return content.decode("utf-8", errors="replace")
