"""Fetch what the searches of a request need: they stop where a fact is missing and go on when it has been fetched."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone
from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.evaluate import ResolvedTarget, unseen_in
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.searches import TargetSearches
from projects.services.assessments.evaluate import ResolvedRequest
from projects.services.assessments.read_index import IndexReader
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.targets.target import Target
from scanner.services.index_sets import IndexSet
from scanner.services.refresh import Progress, inspect_releases, refresh, refresh_metadata
from scanner.services.shutdown import stop_requested

# An sdist is read whole, so a set of nothing else is looked into a part at a time.
MOST_SDISTS = 20


@dataclass(frozen=True, slots=True)
class FetchResult:
    """How far fetching came.

    `faults` are the packages that the index gave no answer for, with the error.
    """

    resolved: ResolvedRequest
    faults: dict[str, str]

    @property
    def complete(self) -> bool:
        """Whether every result is known."""
        return not self.resolved.missing


def fetch_missing(
    request: AssessmentRequest,
    *,
    indexes: IndexSet,
    progress: Progress,
    fresh_for: timedelta,
    seconds: float,
    as_of: datetime | None = None,
    patient: bool = False,
    between: Callable[[IndexReader, TargetSearches], None] = lambda reader, searches: None,
) -> FetchResult:
    """Fetch until every target can be evaluated, the time is over, or the indexes give nothing more.

    Each index has its own client; metadata and sdists come from the index that has the file. A process that was asked
    to stop has no more time. Pages older than `fresh_for` are fetched again, each once; with `patient` a page whose
    last poll failed waits for its next poll. `between` is called after each round of fetching.
    """
    end = time.monotonic() + seconds

    def is_over() -> bool:
        return time.monotonic() > end or stop_requested()

    reader = IndexReader(indexes, request, as_of=as_of)
    fetcher = _Fetcher(indexes, reader, progress, fresh_for, patient)
    inspector = _SdistInspector(indexes)
    found: dict[Target, ResolvedTarget] = {}
    pending: Sequence[Target] = request.targets
    while True:
        searches = TargetSearches(request, reader.snapshot, pending, found)
        while missing := searches.advance():
            if is_over():
                reader.read_missing(missing)
            else:
                fetcher.fetch(missing)
                between(reader, searches)
            searches.cache.give_up(reader.snapshot.unknown(missing))
        resolved = ResolvedRequest(reader, searches.finished, searches.bridge)
        names = set() if is_over() else inspector.inspect(resolved)
        if not names:
            return FetchResult(resolved, fetcher.faults)
        # What was seen in an sdist changes what may be chosen: search again where it is in use.
        pending = [one.target for one in searches.finished if names & one.judgements.keys()]
        found = {one.target: one for one in searches.finished if one.target not in pending}


@dataclass(slots=True)
class _Fetcher:
    """Fetches facts from the indexes, each at most once, and reads them into the snapshot."""

    indexes: IndexSet
    reader: IndexReader
    progress: Progress
    fresh_for: timedelta
    patient: bool
    faults: dict[str, str] = field(default_factory=dict)
    polled: set[str] = field(default_factory=set)
    tried: set[int] = field(default_factory=set)

    def fetch(self, missing: Missing) -> None:
        """Fetch what a search needs and what it will probably need next."""
        self._fetch_packages({*missing.packages, *missing.likely_packages} - self.polled)
        self._fetch_metadata([*missing.releases, *missing.likely])

    def _fetch_packages(self, names: Collection[str]) -> None:
        if not names:
            return
        self.polled.update(names)
        got = refresh(
            self.indexes,
            names,
            timezone.now(),
            on_polled=self.progress,
            fresh_for=self.fresh_for,
            patient=self.patient,
        )
        self.faults.update(got.faults)
        self.reader.read(names)

    def _fetch_metadata(self, releases: Collection[tuple[NormalizedName, Version]]) -> None:
        # Again, where another index has the same version and the first one could not give its metadata.
        while wanted := self._untried(releases):
            self.tried.update(wanted.values())
            refresh_metadata(self.indexes, wanted.values(), timezone.now(), on_fetched=self.progress)
            self.reader.read_metadata(wanted)

    def _untried(
        self, releases: Collection[tuple[NormalizedName, Version]]
    ) -> dict[tuple[NormalizedName, Version], int]:
        known = ((one, self.reader.snapshot.candidate(*one)) for one in releases)
        return {
            one: candidate.pk
            for one, candidate in known
            if candidate is not None and candidate.requires_dist is None and candidate.pk not in self.tried
        }


@dataclass(slots=True)
class _SdistInspector:
    """The sdists that verdicts depend on, each inspected once."""

    indexes: IndexSet
    inspected: set[int] = field(default_factory=set)

    def inspect(self, found: ResolvedRequest) -> set[str]:
        """Inspect what verdicts depend on. Return the packages of which a build became known and has been read."""
        unseen = unseen_in(found.resolved, found.reader.snapshot)
        todo = [pk for pk in sorted(unseen) if pk not in self.inspected][:MOST_SDISTS]
        self.inspected.update(todo)
        seen = inspect_releases(self.indexes, todo, timezone.now()) if todo else 0
        names = {unseen[pk] for pk in todo} if seen else set()
        if names:
            found.reader.read(names)
        return names
