"""The searches of one assessment request, one for each target, advanced together over one cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from projects.domain.assessment.bridge import bridge_search
from projects.domain.assessment.index_snapshot import IndexSnapshot
from projects.domain.assessment.request import AssessmentRequest, SearchClock
from projects.domain.assessment.resolve import resolve_search
from projects.domain.assessment.resolved_target import ResolvedTarget
from projects.domain.assessment.root_requirements import root_requirements_of
from scanner.domain.resolution.closure import Closure, closure_search
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.missing import Missing, Search, SharedSearch
from scanner.domain.resolution.model.outcomes import SearchLimits
from scanner.domain.resolution.model.plans import Plan
from scanner.domain.resolution.model.root_requirements import RootRequirements
from scanner.domain.targets.target import Target

T = TypeVar("T")

NOTHING = Missing()
# How often the first target may lack something while the others wait for it.
_ROUNDS_AHEAD = 60


class Stopwatch:
    """The time that one search has used itself, in seconds, by a clock that is read while it runs.

    Waiting for the index, and the searches of other targets, do not count: the answer does not depend on them.
    """

    def __init__(self, clock: Callable[[], float], limit: float) -> None:
        self._clock, self._limit = clock, limit
        self._used = 0.0
        self._since: float | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count the time of this block."""
        self._since = self._clock()
        try:
            yield
        finally:
            self._used += self._clock() - self._since
            self._since = None

    def expired(self) -> bool:
        """Return whether the limit is reached."""
        now = 0.0 if self._since is None else self._clock() - self._since
        return self._used + now > self._limit


class TargetSearches:
    """All searches of a request over one snapshot of the index.

    `advance` runs each as far as the facts go. What they lack is then to be learned by the snapshot, or given up.
    `targets` are those to search (default: all), `found` has the results of others.
    """

    def __init__(
        self,
        request: AssessmentRequest,
        snapshot: IndexSnapshot,
        targets: Iterable[Target] | None = None,
        found: Mapping[Target, ResolvedTarget] | None = None,
    ) -> None:
        self._request = request
        self._snapshot = snapshot
        self.cache = ResolutionCache(snapshot)
        self._found: dict[Target, ResolvedTarget] = dict(found or {})
        searched = tuple(request.targets if targets is None else targets)
        self._targets = tuple(target for target in request.targets if target in searched or target in self._found)
        roots = root_requirements_of(request.requirements, request.limits)
        self._present = _search_present(request, self.cache, roots)
        self._watches = {target: request.stopwatch() if request.stopwatch else None for target in searched}
        self._pending: dict[Target, Search[ResolvedTarget]] = {
            target: resolve_search(
                *(request, snapshot, self.cache, roots, target, _limits(self._watches[target]), self._present)
            )
            for target in searched
        }
        self._aside: dict[Target, Search[ResolvedTarget]] = {}
        self._missing: dict[Target, Missing] = {}
        self._rounds_ahead = 0 if self._found else _ROUNDS_AHEAD
        self._bridge_watch = request.stopwatch() if request.bridge and request.stopwatch else None
        self._bridge: Search[Plan | None] | None = None
        self._bridge_missing = NOTHING
        self.bridge: Plan | None = None

    @property
    def finished(self) -> tuple[ResolvedTarget, ...]:
        """The targets that have their result, in order."""
        return tuple(self._found[target] for target in self._targets if target in self._found)

    @property
    def unfinished(self) -> tuple[Target, ...]:
        """The targets whose search still lacks facts, in order."""
        return tuple(target for target in self._targets if target not in self._found)

    def put_aside(self, targets: Iterable[Target]) -> None:
        """Advance these unfinished targets no more, until they are taken up."""
        for target in targets:
            self._aside[target] = self._pending.pop(target)
            self._missing.pop(target, None)

    def take_up(self, targets: Iterable[Target]) -> None:
        """Go on with targets that were put aside, and forget the others of these."""
        self._pending.update((target, self._aside[target]) for target in targets)
        self._targets = tuple(one for one in self._targets if one not in self._aside or one in self._pending)
        self._aside.clear()

    @property
    def missing(self) -> Missing:
        """What the unfinished searches lack, all together."""
        return self.cache.without_given_up(_together([*self._missing.values(), self._bridge_missing]))

    def advance_first(self) -> Missing:
        """Run the search of the first target ahead of the others: one true answer early is worth more than the time.

        Return what it lacks; nothing when it has ended, or has lacked something very often.
        """
        if not self._rounds_ahead or not self._pending:
            return NOTHING
        self._rounds_ahead -= 1
        self._advance(next(iter(self._pending)))
        if self._found:
            self._rounds_ahead = 0
        return self.missing

    def advance(self) -> Missing:
        """Run every search that lacks nothing as far as it gets.

        Return what they lack, all together; nothing when all have ended.
        """
        self._advance_all()
        while self._pending and not self.missing:
            # A target that came to the search of the present one knows what was given up before that.
            self._advance_all()
        if not self._pending and self._request.bridge:
            return self._advance_bridge()
        return self.missing

    def _advance_all(self) -> None:
        lacking = {missing: self._is_lacking(missing) for missing in dict.fromkeys(self._missing.values())}
        for target in list(self._pending):
            if target not in self._missing or not lacking[self._missing[target]]:
                self._advance(target)

    def _advance(self, target: Target) -> None:
        try:
            self._missing[target] = _next(self._pending[target], self._watches[target])
        except StopIteration as end:
            self._found[target] = end.value
            self._missing.pop(target, None)
            del self._pending[target]

    def _is_lacking(self, missing: Missing) -> bool:
        cache = self.cache
        return any(cache.package(name) is None and not cache.is_given_up(name) for name in missing.packages) or any(
            self._snapshot.requires_dist(*one) is None and not cache.is_given_up(*one) for one in missing.releases
        )

    def _advance_bridge(self) -> Missing:
        if self._bridge is None:
            limits = _limits(self._bridge_watch)
            self._bridge = bridge_search(self._request, self._snapshot, self.cache, self.finished, limits)
        if self._bridge_missing and self._is_lacking(self._bridge_missing):
            return self._bridge_missing
        try:
            self._bridge_missing = _next(self._bridge, self._bridge_watch)
        except StopIteration as end:
            self.bridge, self._bridge_missing = end.value or self.bridge, NOTHING
        return self._bridge_missing

    def finish(self) -> None:
        """Run all searches to their end from what is known, giving up what is not."""
        while missing := self.advance():
            self.cache.give_up(missing)


def _search_present(
    request: AssessmentRequest, cache: ResolutionCache, roots: RootRequirements
) -> SharedSearch[Closure] | None:
    """Return the search of what is chosen on the target on which the project runs now, on a clock of its own."""
    if request.present is None:
        return None
    watch = request.stopwatch() if request.stopwatch else None
    search = closure_search(cache, request.present, roots, request.resolver_policy, limits=_limits(watch))
    return SharedSearch(_timed(search, watch))


def _timed(search: Search[T], watch: SearchClock | None) -> Search[T]:
    while True:
        try:
            missing = _next(search, watch)
        except StopIteration as end:
            result: T = end.value
            return result
        yield missing


def _limits(watch: SearchClock | None) -> SearchLimits:
    return SearchLimits(expired=watch.expired if watch is not None else None)


def _next(search: Search[Any], watch: SearchClock | None) -> Missing:
    if watch is None:
        return next(search)
    with watch.running():
        return next(search)


def _together(parts: Iterable[Missing]) -> Missing:
    """Join what several searches lack; most lack the same."""
    joined = Missing()
    for part in dict.fromkeys(parts):
        joined |= part
    return joined
