"""Answer a wish by fetching what it needs: resolve, see what is missing, ask the index, and again."""

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
SCOUTS = 4
ROUNDS = 120
# In the first rounds most of what may be needed is not; later each round is one step of a long search.
WIDE_ROUNDS = 4


# An sdist is read whole, so a set of nothing else is looked into a part at a time.
MOST_SDISTS = 20


@dataclass(slots=True)
class FetchResult:
    """What a gathering met. `faults` are packages that could not be asked about, with the reason.

    `findings` are set when they rest on all that is stored now: an answer can be made of them.
    """

    faults: dict[str, str] = field(default_factory=dict)
    complete: bool = False
    resolved_request: ResolvedRequest | None = None


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
    """Fetch until every target can be answered, the time is up, or the indexes give nothing more.

    Each is asked by its own client; metadata and sdists come from the one that has the file. A process that is told
    to stop has no more time. Pages older than `fresh_for` are asked for again, each once; with `patient` a failed
    one waits for its time.
    `between` is called after each round of fetching.
    """
    fetched = FetchResult()
    end = time.monotonic() + seconds
    polled: set[str] = set()
    sdists = _Sdists(indexes)

    def is_over() -> bool:
        return time.monotonic() > end or stop_requested()

    def poll(names: Iterable[str]) -> bool:
        wanted = set(names) - polled
        polled.update(wanted)
        got = refresh(indexes, wanted, timezone.now(), on_polled=progress, fresh_for=fresh_for, patient=patient)
        fetched.faults.update(got.faults)
        return got.answered

    def fetch(missing: Missing, ahead: bool) -> bool:
        """Whether anything new came."""
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
        fetched.resolved_request = resolved_request = resolve_request(request, reader)
        missing = resolved_request.missing
        if not missing:
            if not is_over() and sdists.look(resolved_request):
                continue
            fetched.complete = True
            return fetched
        fetched.resolved_request = None
        pending = [one.target for one in resolved_request.resolved if missing_in([one])]
        for targets in (_scouts(pending), pending):
            if not _settle(request, reader, targets, fetch, is_over):
                return fetched
        # What only the bridge lacks.
        if not pending and (is_over() or not fetch(missing, True)):
            return fetched


@dataclass(slots=True)
class _Sdists:
    """Looks inside the sdists that verdicts hang on, each once."""

    indexes: IndexSet
    looked: set[int] = field(default_factory=set)

    def look(self, resolved_request: ResolvedRequest) -> bool:
        """Whether one more was told pure or compiled; the findings' reading then knows it."""
        unseen = unseen_in(resolved_request.resolved, resolved_request.reader.snapshot)
        wanted = [pk for pk in sorted(unseen) if pk not in self.looked][:MOST_SDISTS]
        self.looked.update(wanted)
        seen = inspect_releases(self.indexes, wanted, timezone.now()) if wanted else 0
        if seen:
            resolved_request.reader.read({unseen[pk] for pk in wanted})
        return bool(seen)


def _settle(
    request: AssessmentRequest,
    reader: IndexReader,
    targets: Sequence[Target],
    fetch: Callable[[Missing, bool], bool],
    is_over: Callable[[], bool],
) -> bool:
    """Fetch until these targets miss nothing. A target that misses nothing is not looked at again."""
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


def _scouts(targets: Sequence[Target]) -> list[Target]:
    """A few targets spread over the row, first and last among them."""
    if len(targets) <= SCOUTS:
        return list(targets)
    last = len(targets) - 1
    return [targets[round(last * number / (SCOUTS - 1))] for number in range(SCOUTS)]
