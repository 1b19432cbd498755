"""Read the wheels that projects use: fetched from the index, unpacked and parsed in a child process, stored."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from itertools import islice

from django.conf import settings
from django.utils import timezone
from msgspec import Struct

from projects.domain.assessment.target_result import TargetResult
from projects.models import Assessment, Snapshot
from projects.sandbox import SandboxBroken, SandboxBusy
from projects.services.equal_wheels import EqualWheels, Outcome
from projects.services.indexes import indexes_of
from projects.services.reading import ReadingLimitReached, run_limited
from projects.services.reports import read_planned_set
from scanner.domain.evidence.wheel_reader import read_wheel
from scanner.domain.targets.target import parse_target
from scanner.selectors.unread_wheels import UnreadWheel, next_to_broken, unread_wheels
from scanner.services.index_sets import IndexSet
from scanner.services.indexes import IndexClient
from scanner.services.refresh import fetch_metadata
from scanner.services.storage.wheel_readings import ReadingsToStore
from scanner.services.wheel_sources import WheelSources, fetch_sources

logger = logging.getLogger(__name__)

_CONNECTIONS = 4
# Fetched wheels that wait to be read, so that their memory does not grow with their number.
_WAITING = 6
# Whether someone waits for an assessment is asked before every so many wheels.
_BATCH = 8


class WheelsRead(Struct, frozen=True):
    """How many wheels were read, how many of them show that they break, and the bytes that the index sent.

    `gave_way`: assessments were waited for, so that some wheels are left.
    """

    wheels: int = 0
    breaking: int = 0
    received: int = 0
    gave_way: bool = False


def read_wheels(
    indexes: IndexSet,
    filenames: Collection[str],
    now: datetime,
    *,
    most: int = 500,
    gives_way: Callable[[], bool] = lambda: False,
) -> WheelsRead:
    """Read those of these wheels that were not read before, at most so many. Nothing of them is kept or run.

    Where releases of a package break, one after the other, those that a plan takes next are read too. Where
    `gives_way` is true, the rest is left to a later call.
    """
    files = unread_wheels(indexes.keys, filenames, now)
    if coming := next_to_broken(files):
        # What a release requires says which modules it brings.
        fetch_metadata(indexes, coming.values())
        files += unread_wheels(indexes.keys, coming.keys() - set(filenames), now)
    files = _one_of_each_release_first(files)[:most]
    work = _Reading(now)
    try:
        gave_way = work.read(indexes, files, gives_way)
    finally:
        work.store()
    return WheelsRead(work.wheels, work.breaking, work.received, gave_way=gave_way)


def _one_of_each_release_first(files: Iterable[UnreadWheel]) -> list[UnreadWheel]:
    """Return these wheels, one of each release before others: a break counts for a release, and comes early then."""
    first: dict[tuple[str, str], UnreadWheel] = {}
    rest = [file for file in files if first.setdefault((file.package, file.version), file) is not file]
    return [*first.values(), *rest]


class _Reading:
    """The reading of some wheels: counts of what was read, and what is still to be stored."""

    def __init__(self, now: datetime) -> None:
        self._found = ReadingsToStore(now)
        self.store = self._found.store
        self.wheels = self.breaking = self.received = 0

    def read(self, indexes: IndexSet, files: Sequence[UnreadWheel], gives_way: Callable[[], bool]) -> bool:
        """Read wheels. Return whether some are left to a later call."""
        equal = EqualWheels()
        seen = 0
        for file, found in fetch_each(indexes, files, partial(fetch_sources, is_wanted=equal.is_first), gives_way):
            seen += 1
            if isinstance(found, WheelSources) and not found.is_fetched:
                equal.wait(file, found)
            elif (outcome := self._outcome(file, found)) is not None:
                self._add(file, found, outcome)
                if isinstance(found, WheelSources):
                    equal.add(file, found, outcome)
            if seen % _BATCH == 0:
                self._add_equal(equal)
                self.store()
        self._add_equal(equal)
        # Each by itself: that which they are like could not be fetched.
        alone = equal.left()
        for file, found in fetch_each(indexes, alone, fetch_sources, gives_way):
            seen += 1
            if (outcome := self._outcome(file, found)) is not None:
                self._add(file, found, outcome)
        return seen < len(files) + len(alone)

    def _add_equal(self, equal: EqualWheels) -> None:
        for file, sources, outcome in equal.take_known():
            self._add(file, sources, outcome)

    def _add(self, file: UnreadWheel, found: WheelSources | str | None, outcome: Outcome) -> None:
        if isinstance(outcome, str):
            self._found.add_unreadable(file, outcome)
            return
        received = found.received if isinstance(found, WheelSources) else 0
        self.breaking += self._found.add(file, outcome, received)
        self.wheels += 1
        self.received += received

    def _outcome(self, file: UnreadWheel, found: WheelSources | str | None) -> Outcome | None:
        """Return what is to be stored of a wheel; None where that is left to a later call."""
        if not isinstance(found, WheelSources):
            return found
        try:
            return run_limited(partial(read_wheel, is_whole=found.is_whole), found.paths, dict(found.packed))
        except ReadingLimitReached as reached:
            return str(reached)
        except (SandboxBusy, SandboxBroken) as error:
            logger.info("wheel not read file=%s error=%r", file.filename, error)
            return None


def fetch_each(
    indexes: IndexSet,
    files: Sequence[UnreadWheel],
    fetch: Callable[[UnreadWheel, IndexClient], WheelSources | str | None],
    gives_way: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[UnreadWheel, WheelSources | str | None]]:
    """Yield each wheel with what was fetched of it, until `gives_way` is true, which is asked now and then."""
    clients = {source.pk: source for source in indexes}
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        connected = {key: clients[key].connect() for key in {file.index_id for file in files}}
        jobs: deque[tuple[UnreadWheel, Future[WheelSources | str | None]]] = deque()
        coming = iter(files)
        for number in range(len(files)):
            for file in islice(coming, _WAITING - len(jobs)):
                jobs.append((file, pool.submit(fetch, file, connected[file.index_id])))
            if number % _BATCH == 0 and gives_way():
                pool.shutdown(cancel_futures=True)
                return
            file, job = jobs.popleft()
            yield file, job.result()


def is_anyone_waiting() -> bool:
    """Return whether an assessment is being made, which someone may wait for: nobody waits for wheels."""
    return Snapshot.objects.being_assessed(timezone.now()).exists()


def read_snapshot_wheels(
    snapshot_id: int, now: datetime, *, gives_way: Callable[[], bool] = lambda: False
) -> WheelsRead:
    """Read the wheels that a snapshot's newest assessment takes, those that its plans take too.

    Nothing is read where it is off (`WHEELWAY_READ_WHEELS`), nor of a snapshot that is not its project's newest.
    """
    snapshot = Snapshot.objects.select_related("project").filter(pk=snapshot_id).first()
    if snapshot is None or not settings.WHEELWAY_READ_WHEELS:
        return WheelsRead()
    assessment = Assessment.objects.filter(snapshot=snapshot).newest_first().first()
    if assessment is None or Snapshot.objects.filter(project=snapshot.project, pk__gt=snapshot.pk).exists():
        return WheelsRead()
    results = [row.to_result() for row in assessment.targets.all()]
    indexes = indexes_of(snapshot.project)
    most = settings.WHEELWAY_READ_WHEELS
    return read_wheels(indexes, wheels_of(results, indexes), now, most=most, gives_way=gives_way)


def wheels_of(results: Iterable[TargetResult], indexes: IndexSet) -> frozenset[str]:
    """Return the names of the files that targets take as required, and of those that their plans take."""
    found: set[str] = set()
    planned: dict[frozenset[tuple[str, str]], str] = {}
    for result in results:
        found.update(package.file for package in result.packages if package.file)
        if result.plan is not None and result.plan.feasible:
            # Most targets share a plan: the wheels of one of them are enough.
            planned.setdefault(frozenset(result.plan.pins.items()), result.target)
    for pins, target in planned.items():
        found.update(one.file for one in read_planned_set(indexes, dict(pins), parse_target(target)).files if one.file)
    return frozenset(found)
