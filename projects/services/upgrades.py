"""Plan an upgrade that no assessment holds: the newest set, or one for several targets. And fetch what it lacks."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from projects import jobs
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.dependency_files import ParsedFiles, read
from projects.domain.rewriting.texts import open_text
from projects.domain.rewriting.written import hashed_pins, write_plan
from projects.models import Project, Snapshot
from projects.presentation.formats.schema import plan_document
from projects.presentation.upgrade.query import UpgradeQuery
from projects.presentation.upgrade.values import Planned, StoredUpgrade
from projects.services.assessments.evaluate import resolve_request
from projects.services.assessments.fetch import fetch_missing
from projects.services.assessments.read_index import Reading
from projects.services.assessments.run import PATIENCE, request_of
from projects.services.indexes import indexes_of
from scanner.domain.targets.target import parse_target
from scanner.selectors.digests import release_digests
from scanner.selectors.release_dates import release_dates
from scanner.services.index_sets import IndexSet
from scanner.services.indexes import IndexClient

logger = logging.getLogger(__name__)

# How long somebody who waits for a page may wait for a search, in seconds.
PAGE_SECONDS = 8


@dataclass(frozen=True, slots=True)
class GivenFiles:
    """A snapshot's files as they were taken, and what they say."""

    contents: Mapping[str, bytes]
    roots: Sequence[str]
    parsed: ParsedFiles

    def text(self, path: str) -> str:
        """A file as text; empty when it is none."""
        opened = open_text(self.contents[path]) if path in self.contents else None
        return opened.text if opened is not None else ""


def given_files(snapshot: Snapshot) -> GivenFiles:
    """The files of a snapshot, read again. One query."""
    files = list(snapshot.files.all())
    contents = {file.path: bytes(file.content) for file in files}
    roots = [file.path for file in files if file.is_root]
    return GivenFiles(contents, roots, read(contents, roots))


def answer_upgrade(
    project: Project, given: GivenFiles, target: str, query: UpgradeQuery, stored: StoredUpgrade, now: datetime
) -> Planned:
    """The plan for a question, written into the files: the stored one where it answers, else one made now.

    Nothing is fetched. What is missing, and a search that takes too long, are values.
    """
    slugs = query.targets(target)
    if query.is_stored:
        if stored.verdict == ProjectVerdict.UNKNOWN:
            # A plan of an unfinished assessment says what is missing, not what moves.
            return Planned(None, len(stored.missing), cut_short=stored.plan is not None and not stored.missing)
        return Planned(_written(stored.plan, given, slugs, project))
    end = time.monotonic() + PAGE_SECONDS
    request = replace(_request(project, given.parsed, slugs, query, now), expired=lambda: _Until(end))
    planned = _plan(request, indexes_of(project))
    return replace(planned, plan=_written(planned.plan, given, slugs, project))


def fetch_for_upgrade(
    project_id: int, target: str, query: UpgradeQuery, now: datetime, client: IndexClient | None = None
) -> bool:
    """Ask the index for what a plan lacks. False when there is nothing to plan, or something could not be told."""
    snapshot = Snapshot.objects.filter(project=project_id).select_related("project").order_by("-pk").first()
    if snapshot is None:
        return False
    request = _request(snapshot.project, given_files(snapshot).parsed, query.targets(target), query, now)
    fetched = fetch_missing(
        request,
        indexes=indexes_of(snapshot.project, client),
        progress=lambda name, done, total: None,
        fresh_for=timedelta.max,
        seconds=PATIENCE,
        patient=True,
    )
    logger.info(
        "gathered upgrade snapshot=%s target=%s complete=%s faults=%s",
        snapshot.pk, target, fetched.complete, len(fetched.faults),
    )  # fmt: skip
    return fetched.complete


def change_dates(project: Project, plan: Mapping[str, Any] | None) -> dict[tuple[str, str], datetime | None]:
    """When the releases that a plan moves to came out. Two queries at most."""
    moved = {(change["name"], change["to"]) for change in (plan or {}).get("changes", ())}
    return release_dates(indexes_of(project).keys, moved) if moved else {}


def request_fetch(project: Project, target: str, query: UpgradeQuery) -> None:
    """Have a worker fetch what the plan lacks."""
    jobs.request_upgrade(project.pk, target, query.strategy.value, list(query.together))


def _request(
    project: Project, parsed: ParsedFiles, slugs: Sequence[str], query: UpgradeQuery, now: datetime
) -> AssessmentRequest:
    request = request_of(project, parsed, [parse_target(slug) for slug in slugs], now)
    return replace(request, strategy=query.strategy, with_plans=False, bridge=True)


class _Until:
    """One clock for all searches of a page: true once its end has come."""

    def __init__(self, end: float) -> None:
        self._end = end

    def __call__(self) -> bool:
        return time.monotonic() > self._end


def _plan(request: AssessmentRequest, indexes: IndexSet) -> Planned:
    found = resolve_request(request, Reading(indexes, request))
    plan, missing = found.bridge, found.missing
    cut_short = any(one.closure.limit for one in found.resolved) or (plan is not None and plan.limit is not None)
    waiting = len(missing.packages) + len(missing.releases)
    if plan is None or waiting or cut_short:
        return Planned(None, waiting, cut_short and not waiting)
    steps = tuple(str(plan.derivation).splitlines()) if plan.derivation is not None else ()
    return Planned(plan_document(plan, request.strategy), derivation=steps)


def _written(
    plan: Mapping[str, Any] | None, given: GivenFiles, slugs: Sequence[str], project: Project
) -> dict[str, Any] | None:
    if plan is None:
        return None
    wanted = hashed_pins([plan], given.parsed)
    return write_plan(
        plan,
        files=given.contents,
        parsed=given.parsed,
        roots=given.roots,
        targets=[parse_target(slug) for slug in slugs],
        digests=release_digests(indexes_of(project).keys, wanted) if wanted else {},
    )
