"""When the index is asked again for what an assessment lacks."""

from __future__ import annotations

from datetime import datetime

from projects.services.assessments.evaluate import ResolvedRequest
from scanner.selectors.next_tries import next_try
from scanner.services.index_sets import IndexSet
from scanner.services.rate_limits import throttled_hosts


def next_attempt(found: ResolvedRequest, indexes: IndexSet, now: datetime) -> datetime | None:
    """Return when the first fact that is missing is asked for again; None if that is not known.

    What is due already was not asked for because its host asked for a pause: it waits for the end of that.
    """
    missing, snapshot = found.missing, found.reader.snapshot
    candidates = [snapshot.candidate(*one) for one in missing.releases]
    metadata = {pk for one in candidates if one is not None for pk in one.pks}
    first = next_try(indexes.keys, missing.packages, metadata, found.unseen.keys(), now)
    if first is not None and first > now:
        return first
    return min((host.until for host in throttled_hosts(now)), default=first)
