"""Upgrade plans that no assessment stores: the latest set, or one set for several targets; and fetching their data."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from django.conf import settings
from msgspec import Struct
from msgspec.structs import replace
from packaging.utils import canonicalize_name

from projects import jobs
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.dependency_files import ParsedFiles
from projects.domain.rewriting.limit_changes import limit_changes
from projects.models import Project, Snapshot
from projects.presentation.upgrade.query import UpgradeQuery
from projects.presentation.upgrade.values import PlannedUpgrade, StoredUpgrade
from projects.services.assessments.budget import Budget
from projects.services.assessments.evaluate import resolve_request
from projects.services.assessments.fetch import FROM_STORE, fetch_missing
from projects.services.assessments.project_request import request_of
from projects.services.assessments.read_index import IndexReader
from projects.services.indexes import indexes_of
from projects.services.plan_files import FileContents, read_contents, write_plans
from scanner.domain.releases.standing import ReleaseStanding
from scanner.domain.resolution.model.requirement import Requirement, read_requirement
from scanner.domain.targets.target import parse_target
from scanner.selectors.releases import release_standings
from scanner.services.index_sets import IndexSet
from scanner.services.indexes import IndexClient

logger = logging.getLogger(__name__)

# How long a page may wait for a search, in seconds.
PAGE_SECONDS = 8


def answer_upgrade(
    project: Project, given: FileContents, target: str, query: UpgradeQuery, stored: StoredUpgrade, now: datetime
) -> PlannedUpgrade:
    """Return the plan for a query, written into the files: the stored one where it answers, else one made now.

    Nothing is fetched. Missing data and a search that takes too long are values of the result.
    """
    slugs = query.targets(target)
    if not query.is_stored:
        deadline = _Deadline(time.monotonic() + PAGE_SECONDS)
        request = replace(_request(project, given.parsed, slugs, query, now), stopwatch=lambda: deadline)
        planned = _plan(request, indexes_of(project))
    else:
        planned = _stored_plan(stored)
    if planned.plan is None:
        return planned
    (written,) = write_plans([(planned.plan, slugs)], given, lambda: indexes_of(project))
    return replace(planned, written=written)


def _stored_plan(stored: StoredUpgrade) -> PlannedUpgrade:
    if stored.result.verdict is not ProjectVerdict.UNKNOWN:
        return PlannedUpgrade(stored.result.plan)
    # The plan of an incomplete assessment lists missing data, not changes.
    return PlannedUpgrade(None, len(stored.missing), cut_short=stored.result.plan is not None and not stored.missing)


def fetch_for_upgrade(
    project_id: int, target: str, query: UpgradeQuery, now: datetime, client: IndexClient | None = None
) -> bool:
    """Fetch from the index what a plan lacks. False without a snapshot, or when data is still missing."""
    snapshot = Snapshot.objects.filter(project=project_id).select_related("project").order_by("-pk").first()
    if snapshot is None:
        return False
    request = _request(snapshot.project, read_contents(snapshot).parsed, query.targets(target), query, now)
    fetched = fetch_missing(
        request,
        indexes=indexes_of(snapshot.project, client),
        progress=lambda name, done, total: None,
        fresh_for=FROM_STORE,
        budget=Budget.from_settings(settings.WHEELWAY_ASSESSMENT_SECONDS),
        patient=True,
    )
    logger.info(
        "gathered upgrade snapshot=%s target=%s complete=%s faults=%s",
        snapshot.pk, target, fetched.complete, len(fetched.faults),
    )  # fmt: skip
    return fetched.complete


def change_standings(project: Project, *plans: UpgradePlan | None) -> dict[tuple[str, str], ReleaseStanding]:
    """Return the age and the Pythons of the releases that plans change to or add. Two queries at most."""
    made = [plan for plan in plans if plan is not None]
    changed = {(str(change.name), str(change.after)) for plan in made for change in plan.changes}
    changed |= {(name, plan.pins[name]) for plan in made for name in plan.added if name in plan.pins}
    return release_standings(indexes_of(project).keys, changed) if changed else {}


def request_fetch(project: Project, target: str, query: UpgradeQuery) -> None:
    """Queue the fetching of what the plan lacks."""
    has_more = query.hold or query.free or query.caps
    what_if = ([*query.hold], [*query.free], [*query.caps]) if has_more else ()
    jobs.request_upgrade(project.pk, target, query.strategy.value, list(query.together), *what_if)


def _request(
    project: Project, parsed: ParsedFiles, slugs: Sequence[str], query: UpgradeQuery, now: datetime
) -> AssessmentRequest:
    request = request_of(project, parsed, [parse_target(slug) for slug in slugs], now)
    holds = (request.holds - set(query.free)) | {canonicalize_name(name) for name in query.hold}
    return replace(
        request, strategy=query.strategy, with_plans=False, bridge=True, holds=frozenset(holds), caps=_caps(query)
    )


def _caps(query: UpgradeQuery) -> tuple[Requirement, ...]:
    parsed = map(read_requirement, query.caps)
    return tuple(one for one in parsed if isinstance(one, Requirement))


def compare_options(
    project: Project,
    given: FileContents,
    questions: Sequence[tuple[str, UpgradeQuery]],
    stored: StoredUpgrade,
    now: datetime,
) -> list[PlannedUpgrade]:
    """Return the plans of several queries, each given with its target; all share the time that a page may take.

    They are made from what is stored. `stored` answers the query without any wish, of the page's target.
    """
    deadline = _Deadline(time.monotonic() + PAGE_SECONDS)
    indexes = indexes_of(project)
    found = []
    for target, query in questions:
        if query.is_stored and target == stored.result.target:
            found.append(_stored_plan(stored))
            continue
        request = _request(project, given.parsed, query.targets(target), query, now)
        found.append(_plan(replace(request, stopwatch=lambda: deadline), indexes))
    return found


class _Deadline(Struct, frozen=True):
    """One deadline for all searches of a page, on the monotonic clock."""

    end: float

    def running(self) -> AbstractContextManager[None]:
        """Count nothing: the deadline is fixed."""
        return nullcontext()

    def expired(self) -> bool:
        """Return whether the deadline has passed."""
        return time.monotonic() > self.end


def _plan(request: AssessmentRequest, indexes: IndexSet) -> PlannedUpgrade:
    found = resolve_request(request, IndexReader(indexes, request))
    plan, missing = found.bridge, found.missing
    cut_short = any(one.closure.limit for one in found.resolved) or (plan is not None and plan.limit is not None)
    waiting = len(missing.packages) + len(missing.releases)
    if plan is None or waiting or cut_short:
        return PlannedUpgrade(None, waiting, cut_short and not waiting)
    return PlannedUpgrade(UpgradePlan.of(plan, request.strategy, limit_changes(request.limits, plan.targets)))
