"""Fetch what a request needs: resolve it, see what is missing, ask the index, and repeat."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from projects.domain.assessment.evaluate import ResolvedTarget, missing_in, resolve_targets, unseen_in
from projects.domain.assessment.request import AssessmentRequest
from projects.services.assessments.evaluate import ResolvedRequest, resolve_request
from projects.services.assessments.read_index import IndexReader
from scanner.domain.resolution.model.outcomes import Missing
from scanner.domain.targets.target import Target
from scanner.services.index_sets import IndexSet
from scanner.services.refresh import Progress, inspect_releases, refresh, refresh_metadata
from scanner.services.shutdown import stop_requested

# Resolving a few targets that differ most finds nearly everything that all of them need.
SAMPLE_SIZE = 4
ROUNDS = 120
# In the first rounds most of what may be needed is not; later each round is one step of a long search.
WIDE_ROUNDS = 4


# An sdist is read whole, so a set of nothing else is looked into a part at a time.
MOST_SDISTS = 20


@dataclass(slots=True)
class FetchResult:
    """How far fetching came. `faults` are the packages that the index gave no answer for, with the error.

    `resolved` is set when it rests on all that is stored now, so that it can be evaluated.
    """

    faults: dict[str, str] = field(default_factory=dict)
    complete: bool = False
    resolved: ResolvedRequest | None = None


def fetch_missing(
    request: AssessmentRequest,
    *,
    indexes: IndexSet,
    progress: Progress,
    fresh_for: timedelta,
    seconds: float,
    as_of: datetime | None = None,
    patient: bool = False,
    between: Callable[[], None] = lambda: None,
) -> FetchResult:
    """Fetch until every target can be evaluated, the time is over, or the indexes give nothing more.

    Each index has its own client; metadata and sdists come from the index that has the file. A process that was asked
    to stop has no more time. Pages older than `fresh_for` are fetched again, each once; with `patient` a page whose
    last poll failed waits for its next poll. `between` is called after each round of fetching.
    """
    fetched = FetchResult()
    end = time.monotonic() + seconds
    polled: set[str] = set()
    inspector = _SdistInspector(indexes)

    def is_over() -> bool:
        return time.monotonic() > end or stop_requested()

    def poll(names: Iterable[str]) -> bool:
        wanted = set(names) - polled
        polled.update(wanted)
        got = refresh(indexes, wanted, timezone.now(), on_polled=progress, fresh_for=fresh_for, patient=patient)
        fetched.faults.update(got.faults)
        return got.answered

    def fetch(missing: Missing, ahead: bool) -> bool:
        """Fetch what is missing. Return whether anything new came."""
        got_pages = poll(missing.packages)
        releases = [*missing.releases, *(missing.likely if ahead else ())]
        known = (reader.snapshot.candidate(name, version) for name, version in releases)
        keys = {release.pk for release in known if release is not None}
        got_metadata = refresh_metadata(indexes, keys, timezone.now(), on_fetched=progress)
        between()
        if got_pages or got_metadata:
            reader.read({*missing.packages, *(name for name, _ in releases)})
        return bool(got_pages or got_metadata)

    poll(request.names)
    between()
    reader = IndexReader(indexes, request, as_of=as_of)
    while True:
        fetched.resolved = found = resolve_request(request, reader)
        missing = found.missing
        if not missing:
            if not is_over() and inspector.inspect(found):
                continue
            fetched.complete = True
            return fetched
        fetched.resolved = None
        pending = [one.target for one in found.resolved if missing_in([one])]
        for targets in (_sample(pending), pending):
            if not _complete(request, reader, targets, fetch, is_over):
                return fetched
        # What only the bridge lacks.
        if not pending and (is_over() or not fetch(missing, True)):
            return fetched


@dataclass(slots=True)
class _SdistInspector:
    """The sdists that verdicts depend on, each inspected once."""

    indexes: IndexSet
    inspected: set[int] = field(default_factory=set)

    def inspect(self, found: ResolvedRequest) -> bool:
        """Inspect what verdicts depend on. Return whether a build became known, which `found` then has read."""
        unseen = unseen_in(found.resolved, found.reader.snapshot)
        todo = [pk for pk in sorted(unseen) if pk not in self.inspected][:MOST_SDISTS]
        self.inspected.update(todo)
        seen = inspect_releases(self.indexes, todo, timezone.now()) if todo else 0
        if seen:
            found.reader.read({unseen[pk] for pk in todo})
        return bool(seen)


def _complete(
    request: AssessmentRequest,
    reader: IndexReader,
    targets: Sequence[Target],
    fetch: Callable[[Missing, bool], bool],
    is_over: Callable[[], bool],
) -> bool:
    """Fetch until these targets miss nothing; return whether they do. Complete ones are not resolved again."""
    pending: Sequence[Target] = targets
    for number in range(ROUNDS):
        resolved: list[ResolvedTarget] = resolve_targets(request, reader.snapshot, pending)
        missing = missing_in(resolved)
        if not missing:
            return True
        if is_over() or not fetch(missing, number >= WIDE_ROUNDS):
            return False
        pending = [one.target for one in resolved if missing_in([one])]
    return False


def _sample(targets: Sequence[Target]) -> list[Target]:
    """Return a few targets spread over the list, with the first and the last."""
    if len(targets) <= SAMPLE_SIZE:
        return list(targets)
    last = len(targets) - 1
    return [targets[round(last * number / (SAMPLE_SIZE - 1))] for number in range(SAMPLE_SIZE)]
