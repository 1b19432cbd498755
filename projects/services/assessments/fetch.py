"""Fetch what the searches of a request need: they stop where a fact is missing and go on when it has been fetched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone
from msgspec import Struct, field
from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.foresight import Foresight
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.resolved_target import ResolvedTarget
from projects.domain.assessment.searches import NOTHING, TargetSearches
from projects.domain.assessment.stop_reason import StopReason
from projects.domain.assessment.unseen_sdists import unseen_in
from projects.services.assessments.budget import Budget, Meter
from projects.services.assessments.evaluate import ResolvedRequest
from projects.services.assessments.read_index import IndexReader
from projects.services.assessments.second_process import Results, explain_decided, second_process
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.targets.target import Target
from scanner.services.index_sets import IndexSet
from scanner.services.refresh import (
    Fetcher,
    FetcherLost,
    FetchProcesses,
    Progress,
    fetching,
    fetching_beside,
    inspect_releases,
)

# How old a stored page may be that is not fetched again: any age.
FROM_STORE = timedelta.max
# An sdist is read whole, so a set of nothing else is looked into a part at a time.
MOST_SDISTS = 20
# Names that are not stored yet are asked for so many at a time.
MOST_NEW_NAMES = 100
# So few missing pages are hardly worth waiting for before work is divided: what comes later is read by both processes.
_FEW_PAGES = 2


class FetchResult(Struct, frozen=True):
    """How far fetching came.

    `faults` are the packages that the index gave no answer for, with the error. `stopped` is the limit of the budget
    that was reached before every result was known.
    """

    resolved: ResolvedRequest
    faults: dict[str, str]
    stopped: StopReason | None = None
    requests: int = 0

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
    budget: Budget,
    as_of: datetime | None = None,
    patient: bool = False,
    alone: bool = False,
    reader: IndexReader | None = None,
    between: Callable[[IndexReader, TargetSearches], None] = lambda reader, searches: None,
) -> FetchResult:
    """Fetch until every target can be evaluated, the budget is spent, or the indexes give nothing more.

    Each index has its own client; metadata and sdists come from the index that has the file. A process that was asked
    to stop has no more time. Pages older than `fresh_for` are fetched again, each once; with FROM_STORE none is, and
    what is stored costs no request. With `patient` a page whose last poll failed waits for its next poll. `alone` says
    that the process does nothing else, so that others may share its work: fetching, and searching. `reader` may have
    read some of what is stored. `between` is called after each round of fetching, and as soon as the first
    target has its result.
    """
    meter = Meter(budget)
    stopped: StopReason | None = None
    reader = reader or IndexReader(indexes, request, as_of=as_of)
    if changed := reader.changed():
        reader.read(changed)
    inspector = _SdistInspector(indexes)
    found: dict[Target, ResolvedTarget] = {}
    pending: Sequence[Target] = request.targets
    if fresh_for == FROM_STORE:
        reader.read_ahead()
    fetched = (fetching_beside if alone else fetching)(indexes, fresh_for=fresh_for, patient=patient, progress=progress)
    with fetched as fetcher:
        supply = _Supply(request, reader, fetcher)

        def run(searches: TargetSearches, advance: Callable[[], Missing]) -> None:
            nonlocal stopped
            while missing := advance():
                if fresh_for == FROM_STORE:
                    reader.read_missing(missing)
                unknown = reader.snapshot.unknown(missing)
                if unknown and stopped is None:
                    stopped = meter.stop_reason(fetcher.begun)
                if stopped is not None:
                    reader.read_missing(missing)
                    searches.cache.give_up(reader.snapshot.unknown(missing))
                elif unknown:
                    searches.cache.give_up(supply.provide(missing, meter.seconds_left))
                    between(reader, searches)

        while True:
            searches = TargetSearches(request, reader.snapshot, pending, found)
            run(searches, searches.advance_first)
            if searches.finished and searches.unfinished:
                between(reader, searches)
            made = _made_by_two(request, reader, searches, fetcher, run) if alone else {}
            run(searches, searches.advance)
            resolved = ResolvedRequest(reader, searches.finished, searches.bridge, made)
            names = inspector.inspect(resolved) if meter.stop_reason(fetcher.begun) is None else set()
            if not names:
                return FetchResult(resolved, fetcher.faults, stopped if resolved.missing else None, fetcher.begun)
            # What was seen in an sdist changes what may be chosen: search again where it is in use.
            found = {one.target: one for one in searches.finished if not names & one.names}
            pending = [target for target in request.targets if target not in found]


def _advance_without_pages(searches: TargetSearches) -> Missing:
    """Advance as long as many pages are missing, since each search waits for the same ones."""
    missing = searches.advance()
    return missing if len(missing.packages) > _FEW_PAGES else NOTHING


def _made_by_two(
    request: AssessmentRequest,
    reader: IndexReader,
    searches: TargetSearches,
    fetcher: Fetcher | FetchProcesses,
    run: Callable[[TargetSearches, Callable[[], Missing]], None],
) -> Results:
    """Return the results of the targets that this process and a second one have decided; none without a second one."""
    if not searches.finished:
        run(searches, partial(_advance_without_pages, searches))
    before = {one.target for one in searches.finished}

    def decide() -> Results:
        with suppress(FetcherLost):
            run(searches, searches.advance)
        return explain_decided(request, reader, [one for one in searches.finished if one.target not in before])

    with second_process(request, searches, fetcher, decide) as child:
        if child is None:
            return {}
        run(searches, searches.advance)
        # Explained here while the child may still be at work.
        made = {**explain_decided(request, reader, searches.finished), **child.results()}
        searches.take_up([target for target in child.targets if target not in made])
    return made


class _Supply:
    """Reads what has been fetched into the snapshot, and keeps the fetcher busy with what is needed and likely."""

    def __init__(self, request: AssessmentRequest, reader: IndexReader, fetcher: Fetcher | FetchProcesses) -> None:
        self._reader, self._fetcher = reader, fetcher
        self._foresight = Foresight(request, reader.snapshot)
        self._releases: dict[int, tuple[NormalizedName, Version]] = {}
        self._here: set[str] = set()
        self._read: set[int] = set()
        self._looked = False

    def provide(self, missing: Missing, seconds: float) -> Missing:
        """Wait until some of what is missing has come in. Return what cannot be had, to be given up."""
        self._want(missing)
        if not self._looked:
            # Only now: where all is stored, nothing is fetched in advance.
            self._looked = True
            self._want(self._foresight.look(map(NormalizedName, self._reader.snapshot.packages)))
        hopeless = self._hopeless(missing)
        if hopeless:
            return hopeless
        if not self._fetcher.busy:
            return self._reader.snapshot.unknown(missing)
        self._take(seconds)
        while self._fetcher.at_hand:
            # What is stored and fresh takes no time: the searches go on when all of it has been read.
            self._take(0)
        return self._hopeless(missing)

    def _take(self, seconds: float) -> None:
        """Read what has come in into the snapshot, and begin to fetch what is likely after it."""
        arrival = self._fetcher.wait(seconds)
        self._here |= arrival.names
        self._read |= arrival.releases
        if arrival.names:
            self._reader.read(arrival.names)
        releases = [self._releases[pk] for pk in arrival.releases if pk in self._releases]
        if releases:
            self._reader.read_metadata(releases)
        changed = [*map(NormalizedName, arrival.names), *(name for name, _ in releases)]
        self._want(self._foresight.look(changed))

    def _want(self, missing: Missing) -> None:
        """Begin to fetch what is needed, and after it what is likely."""
        fetcher, snapshot = self._fetcher, self._reader.snapshot
        for packages, releases, urgent in (
            (missing.packages, missing.releases, True),
            (missing.likely_packages, missing.likely, False),
        ):
            # A few at a time: those that follow may be beyond the budget, or as made up as the first ones.
            new = [name for name in packages if snapshot.package(name) is None and name not in self._here]
            fetcher.want_packages(new[:MOST_NEW_NAMES], urgent=urgent)
            pks = {}
            for one in releases:
                candidate = snapshot.candidate(*one)
                if candidate is not None and snapshot.requires_dist(*one) is None:
                    pks[candidate.pk] = one
            self._releases.update(pks)
            fetcher.want_metadata(pks.keys(), urgent=urgent)

    def _hopeless(self, missing: Missing) -> Missing:
        """Return those of the needed facts that are fetched and still not known."""
        unknown = self._reader.snapshot.unknown(missing)
        return Missing(
            tuple(name for name in unknown.packages if name in self._here),
            tuple(one for one in unknown.releases if self._is_read(*one)),
        )

    def _is_read(self, name: NormalizedName, version: Version) -> bool:
        # Where another index has the same version and the first one could not give its metadata, that one is asked.
        candidate = self._reader.snapshot.candidate(name, version)
        return candidate is None or candidate.pk in self._read


class _SdistInspector(Struct):
    """The sdists that verdicts depend on, each inspected once."""

    indexes: IndexSet
    inspected: set[int] = field(default_factory=set)

    def inspect(self, found: ResolvedRequest) -> set[str]:
        """Inspect what verdicts depend on. Return the packages with a build that became known and has been read."""
        unseen = unseen_in(found.resolved, found.reader.snapshot)
        todo = [pk for pk in sorted(unseen) if pk not in self.inspected][:MOST_SDISTS]
        self.inspected.update(todo)
        seen = inspect_releases(self.indexes, todo, timezone.now()) if todo else 0
        names = {unseen[pk] for pk in todo} if seen else set()
        if names:
            found.reader.read(names)
        return names
