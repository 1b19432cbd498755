"""Fetch and store the core metadata of releases, from the cheapest source that can be trusted."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextvars import copy_context
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction
from django.db.models import Q

from scanner.domain.files import core_metadata as metadata
from scanner.domain.files.filenames import FileKind
from scanner.domain.polling import CLOCK_SKEW
from scanner.index.client import IndexClient
from scanner.index.errors import IndexFault, InvalidArchive, NoSuchFile
from scanner.models import CoreMetadata, Release, ReleaseFile
from scanner.services.shutdown import stop_requested

logger = logging.getLogger(__name__)

# From this version on an sdist's PKG-INFO equals the metadata of its wheels but for the fields named Dynamic (PEP 643).
_TRUSTED_SDIST = (2, 2)
# A release whose metadata could not be had is not tried again sooner than this.
TRY_AGAIN_AFTER = timedelta(days=7)


class UntrustedMetadata(Exception):
    """An sdist whose dependencies only a build can determine, by its own metadata."""


def fetch_metadata(release_id: int, client: IndexClient, now: datetime) -> bool:
    """Fetch one release's core metadata unless it is known. Return False if the index did not answer: try again.

    A release whose metadata cannot be had at all is stored with the reason.
    """
    release = Release.objects.filter(pk=release_id, metadata__isnull=True).first()
    if release is None:
        return True
    try:
        text = _fetch(release, client)
    except (NoSuchFile, InvalidArchive, UntrustedMetadata) as error:
        Release.objects.filter(pk=release_id).update(metadata_error=str(error), metadata_tried_at=now)
        return True
    except IndexFault as error:
        logger.warning("metadata release=%s version=%s error=%s", release_id, release.version, error)
        return False
    _store(release, text, now)
    return True


def fetch_many(
    releases: Mapping[int, str],
    client: IndexClient,
    now: datetime,
    *,
    workers: int,
    on_fetched: Callable[[str], None],
) -> int:
    """Fetch several at once in threads of this process. Return for how many the index did not answer.

    releases: primary key to "name version". on_fetched: called with that text for each one that is done.
    """

    def fetch(release_id: int) -> bool:
        if stop_requested():
            return False
        try:
            return fetch_metadata(release_id, client, now)
        finally:
            connection.close()

    failed = 0
    with ThreadPoolExecutor(max_workers=workers) as pool:
        # A new thread does not inherit the context of log records.
        futures = {pool.submit(copy_context().run, fetch, release_id): name for release_id, name in releases.items()}
        for future in as_completed(futures):
            failed += not future.result()
            on_fetched(futures[future])
    return failed


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


def _fetch(release: Release, client: IndexClient) -> str:
    files = list(ReleaseFile.objects.filter(release=release).select_related("package").order_by("filename"))
    last: NoSuchFile | InvalidArchive | UntrustedMetadata = NoSuchFile(
        f"release {release.version} without wheel or sdist"
    )
    for attempt in _attempts(files, client):
        try:
            return attempt()
        except (NoSuchFile, InvalidArchive, UntrustedMetadata) as error:
            last = error
    raise last


def _attempts(files: list[ReleaseFile], client: IndexClient) -> Iterator[Callable[[], str]]:
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


def _store(release: Release, text: str, now: datetime) -> None:
    requires_dist = [str(requirement) for requirement in metadata.parse_core_metadata(text).requires_dist]
    digest = hashlib.sha256(json.dumps(requires_dist).encode()).hexdigest()
    with transaction.atomic():
        row, _ = CoreMetadata.objects.get_or_create(digest=digest, defaults={"requires_dist": requires_dist})
        Release.objects.filter(pk=release.pk).update(metadata=row, metadata_error="", metadata_tried_at=now)
