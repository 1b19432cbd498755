"""Read the core metadata of releases from an index, from the cheapest source that can be trusted."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from msgspec import Struct

from scanner.domain.files.core_metadata import parse_core_metadata
from scanner.domain.files.filenames import FileKind, read_wheel_tags
from scanner.domain.files.sdist_metadata import (
    MetadataGrade,
    StatedDependencies,
    read_sdist_dependencies,
    states_dependencies,
)
from scanner.domain.files.wheel_variants import WheelListing, choose_wheels, merge_dependencies
from scanner.index.client import IndexClient
from scanner.index.errors import HostThrottled, IndexFault, InvalidArchive, NoSuchFile
from scanner.selectors.lacking_metadata import FileToRead

logger = logging.getLogger(__name__)

# Bytes of an sdist that are not read for a release that is only likely to be of use.
_LARGE_SDIST = 16_000_000
_MAX_ERROR = 500


class MetadataAnswer(Struct, frozen=True):
    """What an index answered for the metadata of a release.

    `found` is None if there is none, with the reason in `error`; `has_answered` says whether the index gave an answer
    that cannot be used, or none. Without `found` and `error` nothing was sent.
    """

    release_id: int
    found: StatedDependencies | None = None
    error: str = ""
    has_answered: bool = False


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
