"""Evaluate an assessment request from what is stored, and say what must be fetched first."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from msgspec import Struct
from msgspec.structs import replace
from packaging.utils import NormalizedName

from projects.domain.assessment.explained_targets import explain_targets, releases_to_explain
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.resolved_target import ResolvedTarget, missing_in
from projects.domain.assessment.searches import Stopwatch, TargetSearches
from projects.domain.assessment.stop_reason import StopReason
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.unfinished import explain_unfinished, judge_unfinished, releases_of
from projects.domain.assessment.unseen_sdists import is_decided, unseen_in
from projects.services.assessments.made_targets import MadeTargets, make_targets
from projects.services.assessments.read_index import IndexReader, read_files
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.resolution.model.plans import Plan
from scanner.domain.targets.target import Target
from scanner.services.index_sets import IndexSet


class Evaluation(Struct, frozen=True):
    """The results of a request, what was missing for them, and the names of all packages in them.

    `undecided` are the targets, by slug, whose result may change when what is missing becomes known, or what an sdist
    holds that was not looked into. `stopped` says why a job ended before, and `next_try_at` when an index that did not
    answer is asked again. `bridge` is the one set over all targets, when the request asks for it and nothing is
    missing. `consulted` are the packages that were read: a search rejects some, and changes of these count.
    """

    targets: list[TargetResult]
    missing: Missing
    names: frozenset[str]
    bridge: Plan | None = None
    undecided: frozenset[str] = frozenset()
    stopped: StopReason | None = None
    consulted: frozenset[str] = frozenset()
    next_try_at: datetime | None = None


class ResolvedRequest(Struct, frozen=True):
    """A request resolved over all its targets, and the reading of the index that it rests on.

    `made` are results that are explained already, also of targets that a second process has resolved.
    """

    reader: IndexReader
    resolved: Sequence[ResolvedTarget]
    bridge: Plan | None
    made: MadeTargets = {}

    @property
    def left(self) -> list[ResolvedTarget]:
        """The targets that are still to be explained."""
        return [one for one in self.resolved if one.target not in self.made]

    @property
    def missing(self) -> Missing:
        """What must be fetched before every result is known."""
        missing = missing_in(self.left) | missing_in(self.made.values())
        return missing | self.bridge.missing if self.bridge is not None else missing

    @property
    def unseen(self) -> Mapping[int, str]:
        """The releases whose sdist decides a verdict, by key with the package's name."""
        unseen = unseen_in(self.left, self.reader.snapshot)
        for one in self.made.values():
            unseen.update(one.unseen)
        return unseen

    @property
    def undecided(self) -> frozenset[str]:
        """The targets, by slug, whose result may change when a fact is fetched or an sdist is looked into."""
        made = {target.slug for target, one in self.made.items() if not one.is_decided}
        return frozenset({one.target.slug for one in self.left if not is_decided(one, self.reader.snapshot)} | made)


def search_stored(
    request: AssessmentRequest, reader: IndexReader, targets: Iterable[Target] | None = None
) -> TargetSearches:
    """Search all targets of a request, or these of them, with what is stored; the rest is given up."""
    reader.read_ahead()
    searches = TargetSearches(request, reader.snapshot, targets)
    while missing := searches.advance():
        reader.read_missing(missing)
        searches.cache.give_up(reader.snapshot.unknown(missing))
    return searches


def resolve_request(request: AssessmentRequest, reader: IndexReader) -> ResolvedRequest:
    """Resolve a request over all its targets, from what is stored."""
    searches = search_stored(request, reader)
    return ResolvedRequest(reader, searches.finished, searches.bridge)


def evaluate(
    request: AssessmentRequest,
    *,
    indexes: IndexSet,
    as_of: datetime | None = None,
    resolved: ResolvedRequest | None = None,
) -> Evaluation:
    """Evaluate a request from what is stored; a few queries for each step from requirement to dependency.

    `resolved` is the same request, resolved after the last change of what is stored; it saves reading and resolving.
    """
    found = resolved or resolve_request(request, IndexReader(indexes, request, as_of=as_of))
    made = {**found.made, **make_targets(request, found.reader, found.left)}
    results = [made[target].result for target in request.targets]
    evaluation = make_evaluation(request, results, found.missing, found.bridge, found.undecided)
    return replace(evaluation, consulted=found.reader.names)


def with_certain(request: AssessmentRequest, found: Evaluation, reader: IndexReader) -> Evaluation:
    """Return an evaluation in which the targets that are not decided have what is certain of them, and no more.

    What a search finds without the facts that it lacks may differ from what it finds with them.
    """
    undecided = [target for target in request.targets if target.slug in found.undecided]
    reader.read_missing(Missing(tuple(map(NormalizedName, sorted(request.names)))))
    waiting = judge_unfinished(request, reader.snapshot, undecided)
    explanations = WheelExplanations(read_files(releases_of(waiting), as_of=reader.as_of))
    certain = {one.target: one for one in explain_unfinished(request, waiting, reader.snapshot, explanations)}
    return replace(found, targets=[certain.get(one.target, one) for one in found.targets])


def evaluate_partly(
    request: AssessmentRequest,
    reader: IndexReader,
    searches: TargetSearches,
    known: dict[Target, tuple[ResolvedTarget, TargetResult]] | None = None,
) -> Evaluation:
    """Evaluate what is certain while searches wait: decided targets, and of others what certainly does not install.

    A target that hangs on what was given up, or on an sdist that is still to be looked into, may be found otherwise.
    `known` keeps the results of decided targets from one call to the next: each is explained once.
    """
    known = {} if known is None else known
    snapshot = reader.snapshot
    decided = [one for one in searches.finished if is_decided(one, snapshot)]
    undecided = set(request.targets) - {one.target for one in decided}
    waiting = judge_unfinished(request, snapshot, [target for target in request.targets if target in undecided])
    new = [one for one in decided if one.target not in known or known[one.target][0] is not one]
    files_of = read_files([*releases_to_explain(new), *releases_of(waiting)], as_of=reader.as_of)
    explanations = WheelExplanations(files_of)
    explained = explain_targets(request, new, snapshot, explanations)
    known.update((one.target, (one, result)) for one, result in zip(new, explained, strict=True))
    made = {one.target.slug: known[one.target][1] for one in decided}
    made |= {one.target: one for one in explain_unfinished(request, waiting, snapshot, explanations)}
    results = [made[target.slug] for target in request.targets]
    missing = searches.missing | missing_in(searches.finished)
    found = make_evaluation(request, results, missing, undecided=frozenset(target.slug for target in undecided))
    return replace(found, consulted=reader.names)


def make_evaluation(
    request: AssessmentRequest,
    results: list[TargetResult],
    missing: Missing,
    bridge: Plan | None = None,
    undecided: frozenset[str] = frozenset(),
) -> Evaluation:
    """Return the evaluation that these results make."""
    seen = {package.name for result in results for package in result.packages} - request.foreign
    return Evaluation(results, missing, frozenset(request.names | seen | set(missing.packages)), bridge, undecided)


def stopwatch() -> Stopwatch:
    """Return a clock for one search: processor time of this thread, as long as the settings allow."""
    return Stopwatch(time.thread_time, settings.WHEELWAY_SEARCH_SECONDS)
