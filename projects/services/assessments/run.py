"""Assess a snapshot: evaluate what is known, fetch what is missing, and store the result."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.utils import timezone
from msgspec.structs import replace
from packaging.utils import NormalizedName

from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.resolved_target import ResolvedTarget
from projects.domain.assessment.searches import TargetSearches
from projects.domain.assessment.stop_reason import StopReason
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.unfinished import Certainty, CertaintyWatch
from projects.domain.assessment.verdicts import Verdict
from projects.models import Snapshot
from projects.services.assessments.budget import Budget
from projects.services.assessments.decided import (
    answers,
    consulted_names,
    decided_targets,
    last_assessment,
    question_digest,
    with_decided,
)
from projects.services.assessments.evaluate import (
    Evaluation,
    ResolvedRequest,
    evaluate,
    evaluate_partly,
    make_evaluation,
    with_certain,
)
from projects.services.assessments.fetch import FROM_STORE, fetch_missing
from projects.services.assessments.next_attempt import next_attempt
from projects.services.assessments.project_request import read_snapshot, request_of, targets_of
from projects.services.assessments.read_index import IndexReader
from projects.services.assessments.reassess import reevaluate, remember
from projects.services.assessments.store import store_evaluation
from projects.services.indexes import indexes_of
from projects.services.renewal import renewed
from projects.services.request_limits import LimitedRequest, requests_left, spend_requests
from scanner.domain.matching.availability import Availability
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.targets.target import Target
from scanner.services.index_sets import IndexSet
from scanner.services.indexes import IndexClient

logger = logging.getLogger(__name__)

# A worker renews its claim much more often, so that the claim of a killed one ends soon.
CLAIM_FOR = timedelta(seconds=45)
# How often what is known is stored while packages come in, and when first, in seconds: a page asks every two seconds.
REFRESH_EVERY, FIRST_REFRESH = 2, 1


def assess_snapshot(
    snapshot_id: int, now: datetime, client: IndexClient | None = None, *, seconds: float | None = None
) -> bool:
    """Assess the snapshot if it is its project's newest and no other worker is assessing it.

    What is known is evaluated and stored at once; then what is missing is fetched, and the same assessment is written
    again in place as targets are decided. What is undecided when the budget is spent is left to a later call, which
    goes on from there; `seconds` may be less than the setting allows. Return True when something is still missing and
    may be fetched at once.
    """
    budget = Budget.from_settings(settings.WHEELWAY_ASSESSMENT_SECONDS if seconds is None else seconds)
    snapshot = Snapshot.objects.select_related("project").filter(pk=snapshot_id).first()
    if snapshot is None or Snapshot.objects.filter(project=snapshot.project, pk__gt=snapshot.pk).exists():
        return False
    if snapshot.project.deleted_at is not None or not Snapshot.objects.claim(snapshot_id, now, CLAIM_FOR):
        return False
    try:
        with renewed(lambda moment: Snapshot.objects.renew_claim(snapshot_id, moment, CLAIM_FOR)):
            indexes = indexes_of(snapshot.project, client)
            request = request_of(snapshot.project, read_snapshot(snapshot), targets_of(snapshot.project), now)
            budget = replace(budget, requests=_requests_of(snapshot, budget, now))
            return bool(request.targets) and _Run(snapshot, request, indexes).go(budget)
    finally:
        Snapshot.objects.filter(pk=snapshot_id).update(assessing_until=None)


def _requests_of(snapshot: Snapshot, budget: Budget, now: datetime) -> int | None:
    """Return the requests that one job may make: those of its budget, but no more than are left for its project."""
    left = requests_left(now, LimitedRequest.INDEX, str(snapshot.project_id))
    allowed = [most for most in (budget.requests, left) if most is not None]
    return min(allowed, default=None)


class _Run:
    """One job of an assessment. `decided` are the results, by target, that are certain before anything is fetched."""

    def __init__(self, snapshot: Snapshot, request: AssessmentRequest, indexes: IndexSet) -> None:
        self._snapshot, self._request, self._indexes = snapshot, request, indexes
        self._question = question_digest(request)
        last = last_assessment(snapshot)
        self._decided: dict[str, TargetResult] = decided_targets(last, snapshot, request, self._question, indexes)
        self._consulted = consulted_names(snapshot) if self._decided else frozenset()
        self._begin = time.monotonic()
        self._next = self._begin + FIRST_REFRESH
        self._last = last
        self._shown = Certainty.NOTHING
        self._keeps_last = False
        self._explained: dict[Target, tuple[ResolvedTarget, TargetResult]] = {}
        self._stored: dict[str, TargetResult] = {}

    def go(self, budget: Budget) -> bool:
        """Search what is not decided. Return True when something is still missing and may be fetched at once."""
        is_first = not self._decided
        reader = IndexReader(self._indexes, self._request)
        if is_first and not self._is_nothing_read(reader):
            self._search_stored(reader)
        rest = [target for target in self._request.targets if target.slug not in self._decided]
        if not rest:
            if not is_first:
                # The project no longer has the targets that were undecided.
                self._store(make_evaluation(self._request, [], Missing()))
            return False
        asked = replace(self._request, targets=rest)
        fetched = fetch_missing(
            asked,
            indexes=self._indexes,
            progress=lambda name, done, total: None,
            fresh_for=FROM_STORE,
            budget=budget,
            patient=True,
            reader=reader if len(rest) == len(self._request.targets) else None,
            between=partial(self._store_partly, asked, CertaintyWatch(asked)),
        )
        subject = str(self._snapshot.project_id)
        spend_requests(self._request.now, LimitedRequest.INDEX, subject, fetched.requests)
        found = self._evaluate(asked, fetched.resolved)
        # A later job goes on: until then nothing is shown that it may find otherwise.
        shown = with_certain(asked, found, fetched.resolved.reader) if fetched.stopped else found
        # What the index could not give now is fetched on schedule, not at once, and so is what an earlier job could not
        # get and whose next attempt is not due: to search again would lack the same.
        is_open = bool(found.missing or found.undecided)
        goes_on = is_open and bool(fetched.requests or fetched.stopped) and not fetched.faults
        if is_open and not goes_on:
            next_try_at = next_attempt(fetched.resolved, self._indexes, timezone.now())
            shown = replace(shown, stopped=StopReason.INDEX, next_try_at=next_try_at)
        else:
            shown = replace(shown, stopped=fetched.stopped)
        self._store(shown)
        logger.info(
            "fetched snapshot=%s undecided=%s stopped=%s faults=%s",
            self._snapshot.pk, len(found.undecided), fetched.stopped or "", len(fetched.faults),
        )  # fmt: skip
        return goes_on

    def _is_nothing_read(self, reader: IndexReader) -> bool:
        """Return whether no required package is stored, so that no search can find anything. The page says as much."""
        names = tuple(map(NormalizedName, sorted(self._request.names)))
        reader.read_missing(Missing(names))
        return bool(names) and all(reader.snapshot.package(name) is None for name in names)

    def _search_stored(self, reader: IndexReader) -> None:
        """Store what is certain by what is stored, and keep what is decided."""
        found = reevaluate(self._key, self._request, indexes=self._indexes, reader=reader)
        if found.undecided and answers(self._last, self._question, self._request):
            # The last answer stays on the page until the next one is complete or partly known.
            self._shown, self._keeps_last = Certainty.TARGET, True
        else:
            self._store(with_certain(self._request, found, reader) if found.undecided else found)
        self._consulted = found.consulted
        self._decided = {
            one.target: one
            for one in found.targets
            if one.target not in found.undecided and not _depends_on_an_sdist(one)
        }

    def _evaluate(self, asked: AssessmentRequest, resolved: ResolvedRequest) -> Evaluation:
        if self._decided:
            return evaluate(asked, indexes=self._indexes, resolved=resolved)
        return remember(self._key, asked, resolved, indexes=self._indexes)

    def _store_partly(
        self, asked: AssessmentRequest, watch: CertaintyWatch, reader: IndexReader, searches: TargetSearches
    ) -> None:
        """Store what is certain while fetching goes on: often at first, but at most a tenth of the time.

        The first package that certainly does not install and the first target that is decided are shown at once.
        """
        start = time.monotonic()
        certain = watch.look(reader.snapshot, searches.finished)
        if self._keeps_last and certain is not Certainty.TARGET:
            return
        if certain > self._shown or start >= self._next:
            self._shown = max(certain, self._shown)
            self._store_again(evaluate_partly(asked, reader, searches, self._explained))
            end = time.monotonic()
            self._next = end + max(min(REFRESH_EVERY, end - self._begin), 9 * (end - start))

    def _store_again(self, found: Evaluation) -> None:
        """Store a partial evaluation with the results that this job has stored of targets that are searched again.

        What was seen in an sdist has them searched again. A target that was decided stays so on the page meanwhile.
        """
        again = {slug: self._stored[slug] for slug in found.undecided if slug in self._stored}
        undecided = found.undecided - again.keys()
        if undecided:
            targets = [again.get(one.target, one) for one in found.targets]
            self._store(replace(found, targets=targets, undecided=undecided))

    def _store(self, found: Evaluation) -> None:
        found = with_decided(found, self._decided, self._request)
        found = replace(found, consulted=found.consulted | self._consulted)
        self._stored = {one.target: one for one in found.targets if one.target not in found.undecided}
        store_evaluation(self._snapshot, found, self._indexes, self._question)

    @property
    def _key(self) -> tuple[str, tuple[str, ...]]:
        """What the result depends on but for the index: projects that ask the same share it."""
        return self._question, tuple(target.slug for target in self._request.targets)


def _depends_on_an_sdist(result: TargetResult) -> bool:
    """Return whether a verdict depends on the content of an sdist. One that could not be read may be readable now."""
    return any(
        package.verdict is Verdict.UNKNOWN and package.availability is Availability.SOURCE
        for package in result.packages
    )
