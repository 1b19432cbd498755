"""Fetch and store the core metadata of releases, from the cheapest source that can be trusted."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q

from scanner.domain.files import core_metadata as metadata
from scanner.domain.files.filenames import FileKind
from scanner.domain.polling import CLOCK_SKEW
from scanner.index.client import IndexClient
from scanner.index.errors import IndexFault, InvalidArchive, NoSuchFile
from scanner.models import CoreMetadata, Release, ReleaseFile
from scanner.services.storage.sql import update_rows

logger = logging.getLogger(__name__)

# From this version on an sdist's PKG-INFO equals the metadata of its wheels but for the fields named Dynamic (PEP 643).
_TRUSTED_SDIST = (2, 2)
# A release whose metadata could not be had is not tried again sooner than this.
TRY_AGAIN_AFTER = timedelta(days=7)


class UntrustedMetadata(Exception):
    """An sdist whose dependencies only a build can determine, by its own metadata."""


@dataclass(frozen=True, slots=True)
class MetadataAnswer:
    """What an index answered for the metadata of a release.

    `text` is None if there is none, with the reason in `error`. Without either the index did not answer: try again.
    """

    release_id: int
    text: str | None = None
    error: str = ""

    @property
    def answered(self) -> bool:
        """Whether the index answered."""
        return self.text is not None or bool(self.error)


def fetch_metadata(release_id: int, client: IndexClient, now: datetime) -> bool:
    """Fetch and store one release's core metadata unless it is known. Return False if the index did not answer.

    A release whose metadata cannot be had at all is stored with the reason.
    """
    if not Release.objects.filter(pk=release_id, metadata__isnull=True).exists():
        return True
    answer = read_metadata(release_id, files_to_read([release_id]).get(release_id, ()), client)
    store_metadata([answer], now)
    return answer.answered


def files_to_read(release_ids: Collection[int]) -> dict[int, list[ReleaseFile]]:
    """Return the files of these releases by release, as `read_metadata` takes them. One query for each 2,000."""
    wanted = sorted(release_ids)
    found: dict[int, list[ReleaseFile]] = {}
    for start in range(0, len(wanted), 2000):
        rows = ReleaseFile.objects.filter(release__in=wanted[start : start + 2000]).select_related("package")
        for file in rows.order_by("filename"):
            found.setdefault(file.release_id or 0, []).append(file)
    return found


def read_metadata(release_id: int, files: Sequence[ReleaseFile], client: IndexClient) -> MetadataAnswer:
    """Return what the index answers for a release with these files. Reads and writes nothing that is stored."""
    try:
        return MetadataAnswer(release_id, _fetch(files, client))
    except (NoSuchFile, InvalidArchive, UntrustedMetadata) as error:
        return MetadataAnswer(release_id, error=str(error) or type(error).__name__)
    except IndexFault as error:
        logger.warning("metadata release=%s error=%s", release_id, error)
        return MetadataAnswer(release_id)


def store_metadata(answers: Collection[MetadataAnswer], now: datetime) -> None:
    """Store what was answered, in one transaction."""
    needs = {one.release_id: _requires_dist(one.text) for one in answers if one.text is not None}
    errors = {one.release_id: one.error for one in answers if one.error and one.text is None}
    digests = {pk: hashlib.sha256(json.dumps(texts).encode()).hexdigest() for pk, texts in needs.items()}
    with transaction.atomic():
        rows = _core_metadata({digests[pk]: texts for pk, texts in needs.items()})
        stored = [
            Release(pk=pk, metadata_id=rows[digest], metadata_error="", metadata_tried_at=now)
            for pk, digest in digests.items()
        ]
        failed = [Release(pk=pk, metadata_error=error, metadata_tried_at=now) for pk, error in errors.items()]
        update_rows(stored, ("metadata", "metadata_error", "metadata_tried_at"))
        update_rows(failed, ("metadata_error", "metadata_tried_at"))


def _core_metadata(texts: Mapping[str, list[str]]) -> dict[str, int]:
    """Return the keys of the rows of these Requires-Dist values by digest, made where there is none."""
    found = _known_core_metadata(texts)
    fresh = texts.keys() - found.keys()
    if fresh:
        rows = [CoreMetadata(digest=digest, requires_dist=texts[digest]) for digest in sorted(fresh)]
        CoreMetadata.objects.bulk_create(rows, ignore_conflicts=True)
        found.update(_known_core_metadata(fresh))
    return found


def _known_core_metadata(digests: Collection[str]) -> dict[str, int]:
    return dict(CoreMetadata.objects.filter(digest__in=digests).values_list("digest", "pk")) if digests else {}


def lacking_metadata(release_ids: Collection[int], now: datetime) -> dict[int, dict[int, str]]:
    """Return those of these releases whose metadata should be fetched: {index: {release: "name version"}}."""
    wanted = sorted(release_ids)
    # A try in the future is that of a clock that jumped.
    wrong = Q(metadata_tried_at__gt=now + CLOCK_SKEW)
    untried = Q(metadata_tried_at__isnull=True) | Q(metadata_tried_at__lt=now - TRY_AGAIN_AFTER) | wrong
    found: dict[int, dict[int, str]] = {}
    for start in range(0, len(wanted), 2000):
        rows = Release.objects.filter(untried, pk__in=wanted[start : start + 2000], metadata__isnull=True)
        for index, pk, name, version in rows.values_list("package__index", "pk", "package__name", "version"):
            found.setdefault(index, {})[pk] = f"{name} {version}"
    return found


def _fetch(files: Sequence[ReleaseFile], client: IndexClient) -> str:
    last: NoSuchFile | InvalidArchive | UntrustedMetadata = NoSuchFile("release without wheel or sdist")
    for attempt in _attempts(files, client):
        try:
            return attempt()
        except (NoSuchFile, InvalidArchive, UntrustedMetadata) as error:
            last = error
    raise last


def _attempts(files: Sequence[ReleaseFile], client: IndexClient) -> Iterator[Callable[[], str]]:
    """Yield the ways to get the metadata, the cheapest first."""
    wheels = sorted((file for file in files if file.kind == FileKind.WHEEL), key=_metadata_preference)
    for wheel in [file for file in wheels if file.has_metadata is not False][:1]:
        yield partial(_from_metadata_file, client, wheel)
    for wheel in wheels[:1]:
        yield partial(_from_wheel, client, wheel)
    for sdist in [file for file in files if file.kind == FileKind.SDIST][:1]:
        yield partial(_from_sdist, client, sdist)


def _from_metadata_file(client: IndexClient, wheel: ReleaseFile) -> str:
    return _text(client.metadata(wheel))


def _from_wheel(client: IndexClient, wheel: ReleaseFile) -> str:
    return _text(client.wheel_metadata(wheel.url))


def _from_sdist(client: IndexClient, sdist: ReleaseFile) -> str:
    return _trusted(_text(client.sdist_metadata(sdist.url)))


def _metadata_preference(file: ReleaseFile) -> tuple[bool, bool, str]:
    """Return a sort key: wheels with an announced metadata file first, then those for any platform."""
    return (not file.has_metadata, not file.filename.endswith("-any.whl"), file.filename)


def _trusted(text: str) -> str:
    parsed = metadata.parse_core_metadata(text)
    version = parsed.metadata_version or "0"
    number = tuple(int(part) for part in version.split(".") if part.isdigit())
    if number < _TRUSTED_SDIST:
        raise UntrustedMetadata(
            f"only an sdist, whose metadata {version} does not guarantee the dependencies of a build"
        )
    if "requires-dist" in parsed.dynamic:
        raise UntrustedMetadata("only an sdist, whose dependencies are dynamic: they are known after a build")
    return text


def _text(content: bytes) -> str:
    return content.decode("utf-8", errors="replace")


def _requires_dist(text: str) -> list[str]:
    return [str(requirement) for requirement in metadata.parse_core_metadata(text).requires_dist]
