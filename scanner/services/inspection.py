"""Inspect sdists: whether a build would compile code, and in which languages."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction
from django.db.models import F, Q

from scanner.domain.files.builds import BUILD_FILES, UNREADABLE, SdistContents, classify_sdist
from scanner.domain.files.filenames import FileKind
from scanner.domain.next_poll import CLOCK_SKEW
from scanner.index.client import IndexClient
from scanner.index.errors import HostThrottled, IndexFault, InvalidArchive, NoSuchFile
from scanner.models import Package, Release, ReleaseFile

logger = logging.getLogger(__name__)

# An sdist that could not be read is not tried again sooner than this.
TRY_AGAIN_AFTER = timedelta(days=7)
# As much as the column takes.
_MAX_DETAIL = 80


def inspect_sdists(release_ids: Iterable[int], client: IndexClient, now: datetime, *, workers: int = 2) -> int:
    """Inspect the sdists of these releases where the result is not known. Return how many are known now.

    The result is stored in `Release.build_detail`: "pure", "compiled" or "compiled: C, Cython". An sdist that cannot
    be read within the client's limits is "unreadable: " with the reason, and is not tried again for a week. One that
    the index does not give now may be tried again at once. Nothing is written to disk and nothing is run.
    """
    # A try in the future is that of a clock that jumped.
    again = Q(build_tried_at__lt=now - TRY_AGAIN_AFTER) | Q(build_tried_at__gt=now + CLOCK_SKEW)
    unknown = Q(build_detail="") | Q(build_detail__startswith=UNREADABLE) & again
    wanted = sorted(Release.objects.filter(unknown, pk__in=set(release_ids)).values_list("pk", flat=True))
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return sum(pool.map(partial(_inspect, client=client, now=now), wanted))


def _fault(error: NoSuchFile | InvalidArchive) -> str:
    """Return the error without the URL, which the page of the package shows."""
    return error.message if isinstance(error, InvalidArchive) else "the file does not exist"


def _inspect(release_id: int, *, client: IndexClient, now: datetime) -> bool:
    try:
        return _inspect_release(release_id, client, now)
    finally:
        connection.close()


def _inspect_release(release_id: int, client: IndexClient, now: datetime) -> bool:
    sdists = ReleaseFile.objects.filter(release=release_id, kind=FileKind.SDIST.value).select_related("package")
    # Installers take .tar.gz before .zip, and an index has rarely both.
    sdist = min(sdists, key=lambda file: (not file.filename.endswith(".tar.gz"), file.filename), default=None)
    detail = ""
    if sdist is not None:
        try:
            names, texts = client.sdist_view(sdist.url, BUILD_FILES)
        except (NoSuchFile, InvalidArchive) as error:
            logger.info("sdist not read release=%s error=%s", release_id, error)
            detail = f"{UNREADABLE}: {_fault(error)}"[:_MAX_DETAIL]
        except HostThrottled:
            # Nothing was sent, which says nothing of the sdist.
            return False
        except IndexFault as error:
            logger.warning("sdist release=%s error=%s", release_id, error)
            Release.objects.filter(pk=release_id, build_detail="").update(build_tried_at=now)
            return False
        else:
            decoded = {path: content.decode("utf-8", errors="replace") for path, content in texts.items()}
            detail = classify_sdist(SdistContents(tuple(names), decoded))
    with transaction.atomic():
        Release.objects.filter(pk=release_id).update(build_detail=detail, build_tried_at=now)
        if detail:
            # Assessments that depend on the package are computed again.
            mine = Package.objects.filter(releases=release_id)
            mine.update(revision=F("revision") + 1, changed_at=now)
    return bool(detail)
