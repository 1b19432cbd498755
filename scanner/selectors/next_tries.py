"""When the indexes are asked again for what they could not give."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Min

from scanner.models import Package, PackageState
from scanner.selectors.lacking_metadata import metadata_tries
from scanner.selectors.rows import CHUNK, in_chunks
from scanner.selectors.sdist_looks import failed_looks


def next_try(
    index_ids: Collection[int], names: Iterable[str], metadata: Collection[int], sdists: Collection[int], now: datetime
) -> datetime | None:
    """Return when the first of these facts is asked for again: maybe before `now`, and None if that is not known.

    `names` are packages that an index has not answered for, `metadata` and `sdists` the keys of releases. A query for
    the sdists, and one for each 2,000 of the others.
    """
    tries = [*metadata_tries(metadata, now), *(failed_looks(sdists, now).values() if sdists else ())]
    for some in in_chunks(sorted(names), CHUNK):
        pending = Package.objects.filter(index__in=index_ids, name__in=some, state=PackageState.PENDING)
        tries.append(pending.aggregate(first=Min("due_at"))["first"])
    return min((moment for moment in tries if moment is not None), default=None)
