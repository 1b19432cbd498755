"""Which sdists could not be fetched when they were to be looked into, and when each is tried again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from scanner.domain.files.filenames import FileKind
from scanner.domain.next_poll import CLOCK_SKEW
from scanner.models import Release

# An index that gives no answer for an sdist is asked for it again after this, unless a user waits for it.
LOOK_PAUSE = timedelta(minutes=10)


def failed_looks(release_ids: Collection[int], now: datetime) -> dict[int, datetime]:
    """Return those of these releases whose sdist the index could not give, by key with the time of the next try.

    One query.
    """
    tried = Release.objects.filter(pk__in=release_ids, build_detail="", build_tried_at__lte=now + CLOCK_SKEW)
    rows = tried.filter(files__kind=FileKind.SDIST.value).values_list("pk", "build_tried_at")
    return {pk: tried_at + LOOK_PAUSE for pk, tried_at in rows if tried_at is not None}
