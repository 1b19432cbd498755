"""Fetch what the searches of a request need: they stop where a fact is missing and go on when it has been fetched."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone
from msgspec import Struct, field

from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.resolved_target import ResolvedTarget
from projects.domain.assessment.searches import NOTHING, TargetSearches
from projects.domain.assessment.stop_reason import StopReason
from projects.services.assessments.budget import Budget, Meter
from projects.services.assessments.evaluate import ResolvedRequest
from projects.services.assessments.fact_supply import FactSupply
from projects.services.assessments.made_targets import MadeTarget, MadeTargets, make_targets
from projects.services.assessments.read_index import IndexReader
from projects.services.assessments.second_process import second_process
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.targets.target import Target
from scanner.selectors.sdist_looks import failed_looks
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
# How much longer than it may search a second process may take to say what it has found, in seconds.
_LAST_WORDS = 60.0
# So few missing pages are hardly worth waiting for before work is divided: what comes later is read by both processes.
_FEW_PAGES = 2


class FetchResult(Struct, frozen=True):
    """How far fetching came.

    `faults` are the packages that the index did not answer for, with the error. `stopped` is the limit of the budget
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
    reader = reader or IndexReader(indexes, request, as_of=as_of)
    if changed := reader.changed():
        reader.read(changed)
    inspector = _SdistInspector(indexes, patient)
    found: dict[Target, ResolvedTarget] = {}
    made: dict[Target, MadeTarget] = {}
    pending: Sequence[Target] = request.targets
    if fresh_for == FROM_STORE:
        reader.read_ahead()
    fetched = (fetching_beside if alone else fetching)(indexes, fresh_for=fresh_for, patient=patient, progress=progress)
    with fetched as fetcher:
        driver = _Driver(request, reader, fetcher, meter, between, from_store=fresh_for == FROM_STORE)
        while True:
            searches = TargetSearches(request, reader.snapshot, pending, found)
            driver.run(searches, searches.advance_first)
            if searches.finished and searches.unfinished:
                between(reader, searches)
            if alone:
                made.update(_made_by_two(request, reader, searches, fetcher, driver, made.keys()))
            driver.run(searches, searches.advance)
            resolved = ResolvedRequest(reader, searches.finished, searches.bridge, made)
            names = inspector.inspect(resolved, lambda: meter.stop_reason(fetcher.begun))
            if not names:
                stopped = driver.stopped or inspector.stopped
                faults = {**inspector.faults(resolved), **fetcher.faults}
                is_open = bool(resolved.missing or resolved.undecided)
                return FetchResult(resolved, faults, stopped if is_open else None, fetcher.begun)
            # What was seen in an sdist changes what may be chosen: search again where it is in use.
            found = {one.target: one for one in searches.finished if not names & one.names}
            made = {target: one for target, one in made.items() if not names & one.names}
            pending = [target for target in request.targets if target not in found and target not in made]


class _Driver:
    """Runs searches and fetches what they lack. `stopped` is the limit that was reached."""

    def __init__(
        self,
        request: AssessmentRequest,
        reader: IndexReader,
        fetcher: Fetcher | FetchProcesses,
        meter: Meter,
        between: Callable[[IndexReader, TargetSearches], None],
        *,
        from_store: bool,
    ) -> None:
        self.stopped: StopReason | None = None
        self._reader, self._fetcher, self._meter, self._between = reader, fetcher, meter, between
        self._supply = FactSupply(request, reader, fetcher)
        self._from_store = from_store

    @property
    def seconds_left(self) -> float:
        """How long the searches may still take."""
        return self._meter.seconds_left

    def run(self, searches: TargetSearches, advance: Callable[[], Missing]) -> None:
        """Advance the searches until they lack nothing; what cannot be had, or only beyond a limit, is given up."""
        reader = self._reader
        while missing := advance():
            if self._from_store:
                reader.read_missing(missing)
            unknown = reader.snapshot.unknown(missing)
            if unknown and self.stopped is None:
                self.stopped = self._meter.stop_reason(self._fetcher.begun)
            if self.stopped is not None:
                reader.read_missing(missing)
                searches.cache.give_up(reader.snapshot.unknown(missing))
            elif unknown:
                searches.cache.give_up(self._supply.provide(missing, self._meter.seconds_left))
                self._between(reader, searches)


def _advance_without_pages(searches: TargetSearches) -> Missing:
    """Advance as long as many pages are missing, since each search waits for the same ones."""
    missing = searches.advance()
    return missing if len(missing.packages) > _FEW_PAGES else NOTHING


def _made_by_two(
    request: AssessmentRequest,
    reader: IndexReader,
    searches: TargetSearches,
    fetcher: Fetcher | FetchProcesses,
    driver: _Driver,
    known: Collection[Target],
) -> MadeTargets:
    """Return the results of the targets that this process and a second one have found; none without a second one.

    `known` are targets that have their result already.
    """
    if not searches.finished:
        driver.run(searches, partial(_advance_without_pages, searches))
    before = {one.target for one in searches.finished}

    def decide() -> MadeTargets:
        is_whole = False
        with suppress(FetcherLost):
            driver.run(searches, searches.advance)
            is_whole = driver.stopped is None
        # Of what this process could not fetch the parent may know more.
        mine = [one for one in searches.finished if one.target not in before and (is_whole or not one.missing)]
        return make_targets(request, reader, mine)

    with second_process(request, searches, fetcher, decide) as child:
        if child is None:
            return {}
        driver.run(searches, searches.advance)
        # Explained here while the child may still be at work.
        mine = [one for one in searches.finished if one.target not in known]
        made = {**make_targets(request, reader, mine), **child.results(driver.seconds_left + _LAST_WORDS)}
        searches.take_up([target for target in child.targets if target not in made])
    return made


class _SdistInspector(Struct):
    """The sdists that verdicts depend on, each inspected once.

    With `patient` one that the index could not give waits until its next try is due. `stopped` is the limit that was
    reached before all were inspected.
    """

    indexes: IndexSet
    patient: bool
    inspected: set[int] = field(default_factory=set)
    stopped: StopReason | None = None

    def inspect(self, found: ResolvedRequest, stop_reason: Callable[[], StopReason | None]) -> set[str]:
        """Inspect what verdicts depend on, until a limit is reached or the build of some becomes known.

        Return the packages of these, which have been read again.
        """
        unseen, now = found.unseen, timezone.now()
        todo = [pk for pk in sorted(unseen) if pk not in self.inspected]
        if todo and self.patient:
            failed = failed_looks(todo, now)
            todo = [pk for pk in todo if pk not in failed or failed[pk] <= now]
        while todo:
            self.stopped = stop_reason()
            if self.stopped is not None:
                break
            some, todo = todo[:MOST_SDISTS], todo[MOST_SDISTS:]
            self.inspected.update(some)
            if inspect_releases(self.indexes, some, now):
                names = {unseen[pk] for pk in some}
                found.reader.read(names)
                return names
        return set()

    def faults(self, found: ResolvedRequest) -> dict[str, str]:
        """Return the packages whose sdist the index could not give, with what that means."""
        unseen = found.unseen
        failed = failed_looks(unseen, timezone.now()) if unseen else ()
        return {unseen[pk]: "the index did not give its sdist" for pk in failed}
