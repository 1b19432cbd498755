"""Fetch pages and metadata while the caller goes on: what is needed first, what is likely next after it.

The connections stay busy as long as anything is wanted. Threads request, parse and store pages; the metadata that has
come in is stored by the caller's thread, all of it at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.utils import timezone
from msgspec import Struct, field

from scanner.domain.index_faults import NOT_USABLE, PAUSE
from scanner.index.client import IndexClient
from scanner.models import Package
from scanner.services.fetch_rank import Rank
from scanner.services.index_probe import IndexProbe
from scanner.services.index_sets import IndexSet, IndexSource
from scanner.services.indexes import usable_client
from scanner.services.job_threads import JobThreads
from scanner.services.metadata import MetadataAnswer
from scanner.services.packages import KnownPackage, ensure_packages_on
from scanner.services.polling.claims import release_claims
from scanner.services.polling.results import PollResult
from scanner.services.release_fetches import ReleaseFetches
from scanner.services.shutdown import stop_requested
from scanner.services.storage.metadata import store_metadata
from scanner.services.stored_facts import is_stale
from scanner.services.wanted_page import WantedPage

# As long as the public index allows caching its pages.
FRESH_FOR = timedelta(minutes=10)
# How long the end of a question waits for fetches that were only likely to be of use, in seconds.
_MOMENT = 2.0
# The same before the process ends, in seconds: a poll in hand would keep its claim until that expires.
_LAST_MOMENT = 8.0
# The package or release that is done; how many are done, and of how many.
Progress = Callable[[str, int, int], None]


class Arrival(Struct):
    """What has come in since the last time; what is stored of it is all that can be had now.

    `names` are packages that every index has answered for or failed, `releases` the keys of releases.
    """

    names: set[str] = field(default_factory=set)
    releases: set[int] = field(default_factory=set)

    def __bool__(self) -> bool:
        """Return whether anything has come in."""
        return bool(self.names or self.releases)

    def add(self, other: Arrival) -> None:
        """Add what has come in elsewhere."""
        self.names |= other.names
        self.releases |= other.releases


def closing_time() -> float:
    """Return how long the end of a question waits for what runs, in seconds."""
    return _LAST_MOMENT if stop_requested() else _MOMENT


@contextmanager
def fetching(
    indexes: IndexSet, *, fresh_for: timedelta = FRESH_FOR, patient: bool = False, progress: Progress
) -> Iterator[Fetcher]:
    """Provide a fetcher. At the end nothing new begins."""
    fetcher = Fetcher(indexes, fresh_for, progress, patient=patient)
    try:
        yield fetcher
    finally:
        fetcher.close()


class Fetcher:
    """Fetches from the indexes of one question, each fact at most once.

    Pages older than `fresh_for` are fetched again; with `patient` a page whose last poll failed waits for its next
    poll. `faults` are the packages that an index gave no answer for, with the error; their stored data are kept.
    `answered` says whether any index answered, `begun` how many pages and releases were asked for. `connections` is how
    many requests there are at once (default: as many as the settings allow).
    """

    def __init__(
        self,
        indexes: IndexSet,
        fresh_for: timedelta,
        progress: Progress,
        *,
        patient: bool,
        connections: int = 0,
    ) -> None:
        self.faults: dict[str, str] = {}
        self.answered = False
        self.begun = 0
        self._indexes, self._fresh_for, self._patient, self._progress = indexes, fresh_for, patient, progress
        self._done = 0
        self._closed = threading.Event()
        self._claims: dict[int, datetime] = {}
        self._clients: dict[int, IndexClient | None] = {}
        self._pages: dict[str, list[WantedPage]] = {}
        self._releases = ReleaseFetches(indexes, self._client)
        self._tried_again: set[WantedPage | int] = set()
        most = connections or settings.WHEELWAY_INDEX_CONNECTIONS
        self._probes = {index.pk: IndexProbe[WantedPage](most) for index in indexes if index.is_private}
        self._arrival = Arrival()
        self._jobs: JobThreads[WantedPage | int, PollResult | MetadataAnswer] = JobThreads(most)

    def want_packages(self, names: Iterable[str], *, urgent: bool = True) -> None:
        """Begin to poll those of these packages that were not wanted before and are not fresh, on each index."""
        known = set(names) & self._pages.keys()
        for page in (page for name in known for page in self._pages[name] if urgent):
            self._jobs.hurry(page, Rank.PAGE)
        wanted = set(names) - known
        if not wanted:
            return
        now = timezone.now()
        packages = ensure_packages_on(self._indexes.keys, wanted, now, at_hand=True)
        self._pages.update((name, []) for name in wanted)
        for index in self._indexes:
            for package in packages[index.pk]:
                if not is_stale(package, now, self._fresh_for, patient=self._patient):
                    self.answered = True
                elif (client := self._client(index)) is None:
                    self._cannot_ask(index, package)
                else:
                    page = WantedPage(index, client, package.pk, package.name)
                    self._pages[package.name].append(page)
                    self.begun += 1
                    self._submit(page, urgent=urgent)
        self._arrival.names |= {name for name in wanted if not self._pages[name]}

    def want_metadata(self, release_ids: Collection[int], *, urgent: bool = True) -> None:
        """Begin to fetch the metadata of these releases where it is not known, each from the index that has it."""
        if urgent:
            for pk in self._releases.known(release_ids):
                self._jobs.hurry(pk, Rank.METADATA)
        wanted = self._releases.want(release_ids, urgent=urgent)
        for pk, read in wanted.begun.items():
            self._jobs.submit(pk, read, Rank.METADATA if urgent else Rank.LIKELY_METADATA)
        self.begun += len(wanted.begun)
        self._arrival.releases |= wanted.settled

    def left_out(self, release_ids: Collection[int]) -> set[int]:
        """Return those of these wanted releases that are not fetched until they are urgent."""
        return self._releases.left_out(release_ids)

    def wait(self, seconds: float, *, idle: bool = False) -> Arrival:
        """Wait until something has come in, nothing is left to come, or the time is over. Return what has come in.

        With `idle` also while nothing is left, for another thread that calls `wake`.
        """
        if not self.at_hand:
            self._receive(self._jobs.take(seconds, idle=idle))
        arrival, self._arrival = self._arrival, Arrival()
        return arrival

    @property
    def at_hand(self) -> bool:
        """Whether `wait` has something to return at once."""
        return bool(self._arrival)

    @property
    def busy(self) -> bool:
        """Whether anything is still to come in."""
        return self.at_hand or self._jobs.busy

    def wake(self) -> None:
        """Let `wait` return, from another thread."""
        self._jobs.wake()

    def close(self) -> None:
        """Begin nothing new, and wait a moment for what runs: it is not needed, but may be of use later."""
        self._closed.set()
        self._jobs.close(closing_time())
        self._receive(self._jobs.take(0))

    def release_claims(self) -> None:
        """Release the claims of the polls that still run: for a process that ends, which drops their answers."""
        for package_id, until in list(self._claims.items()):
            release_claims([package_id], until)

    def _receive(self, results: Collection[tuple[WantedPage | int, PollResult | MetadataAnswer]]) -> None:
        answers = [one for _, one in results if isinstance(one, MetadataAnswer) and not self._reads_again(one)]
        if answers:
            store_metadata(answers, timezone.now())
        for answer in answers:
            shown = self._releases.shown(answer.release_id)
            if answer.found is None:
                self._add_fault(shown, answer.error or f"its host {PAUSE}")
            self._arrival.releases.add(answer.release_id)
            self._report(shown)
        for key, result in results:
            if isinstance(key, WantedPage) and isinstance(result, PollResult):
                self._polled(key, result)

    def _reads_again(self, answer: MetadataAnswer) -> bool:
        pk = answer.release_id
        read = self._releases.ended(pk)
        if read is None or not answer.error or answer.has_answered or not self._tries_again(pk):
            return False
        self._jobs.submit(pk, read, Rank.METADATA)
        return True

    def _polled(self, page: WantedPage, result: PollResult) -> None:
        if result is PollResult.FAILED and page.index.pk not in self._probes and self._tries_again(page):
            self._submit(page, urgent=True)
            return
        failed = result in (PollResult.FAILED, PollResult.THROTTLED)
        if failed:
            stored = Package.objects.filter(pk=page.package_id).values_list("last_error", flat=True).first()
            self._add_fault(page.name, "its index was deleted meanwhile" if stored is None else stored)
        self.answered = self.answered or not failed
        self._settle(page)
        if probe := self._probes.get(page.index.pk):
            for held in probe.ended(page.name, failed=failed):
                self._submit(held, urgent=True)
        self._report(page.name)

    def _tries_again(self, key: WantedPage | int) -> bool:
        """Return whether to ask once more after a failure: of the hundreds of requests for an answer, one may fail."""
        if not self.answered or self._closed.is_set() or key in self._tried_again:
            return False
        self._tried_again.add(key)
        return True

    def _leave(self, page: WantedPage, probe: IndexProbe[WantedPage]) -> None:
        """Leave a package of an index that does not answer to the schedule."""
        self._add_fault(page.name, f"{page.index.url} was not asked, because it did not answer for {probe.failed}")
        self._settle(page)
        self._report(page.name)

    def _settle(self, page: WantedPage) -> None:
        left = self._pages[page.name]
        left.remove(page)
        if not left:
            self._arrival.names.add(page.name)

    def _submit(self, page: WantedPage, *, urgent: bool) -> None:
        probe = self._probes.get(page.index.pk)
        if probe is not None and probe.is_silent:
            self._leave(page, probe)
        elif probe is None or probe.begins(page):
            self._jobs.submit(
                page, partial(page.poll, self._closed, self._claims), Rank.PAGE if urgent else Rank.LIKELY_PAGE
            )

    def _report(self, name: str) -> None:
        self._done += 1
        self._progress(name, self._done, self.begun)

    def _client(self, index: IndexSource) -> IndexClient | None:
        if index.pk not in self._clients:
            self._clients[index.pk] = usable_client(index.pk, index.connect)
        return self._clients[index.pk]

    def _cannot_ask(self, index: IndexSource, package: KnownPackage) -> None:
        """Store for a package that its index cannot be used."""
        reason = NOT_USABLE.format(url=index.url)
        Package.objects.filter(pk=package.pk).update(last_error=reason)
        self._add_fault(package.name, reason)

    def _add_fault(self, name: str, fault: str) -> None:
        # Several indexes may fail for one name.
        self.faults[name] = f"{self.faults[name]}; {fault}" if name in self.faults else fault
