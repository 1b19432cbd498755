"""Assess a snapshot: ask for what is not known, judge what is, and store the answer with its difference."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from packaging.utils import canonicalize_name

from projects.domain.assessment.diff import Rows, compare, written_changes
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.verdicts import Verdict
from projects.domain.dependency_files import ParsedFiles, read, select
from projects.models import (
    Assessment,
    AssessmentState,
    Project,
    ProjectPackage,
    Snapshot,
    SnapshotFile,
    TargetAssessment,
)
from projects.presentation.cell_summary import summarise_cells
from projects.presentation.formats.schema import answer_document
from projects.services.assessments.evaluate import Evaluation, search_clock
from projects.services.assessments.fetch import fetch_missing
from projects.services.assessments.reassess import reevaluate
from projects.services.indexes import indexes_of, own_index_ids, own_keys
from scanner.domain.matching.availability import Availability
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from scanner.domain.targets.target import Target, UnknownTarget, parse_target
from scanner.selectors.name_confusion import confusions
from scanner.services.index_sets import IndexSet
from scanner.services.indexes import IndexClient
from scanner.services.packages import ensure_packages_on

logger = logging.getLogger(__name__)

# How long one task may wait for the index, in seconds; what is missing then is asked for by the next.
PATIENCE = 100
# Longer than a task may run: the claim of a killed worker ends by itself.
CLAIM_FOR = timedelta(minutes=6)
# How often the page sees news while packages come in, in seconds.
REFRESH_EVERY = 2


def policy_of(project: Project) -> BuildPolicy:
    """The project's policy as the domain knows it."""
    return BuildPolicy(SourcePolicy(project.source_builds), project.prereleases, project.minimum_age_days)


def read_snapshot(snapshot: Snapshot, files: Sequence[SnapshotFile] | None = None) -> ParsedFiles:
    """The snapshot's files, read again as they were taken; `files` are all of them, when they are at hand."""
    held = list(snapshot.files.all()) if files is None else files
    return read({file.path: bytes(file.content) for file in held}, [file.path for file in held if file.is_root])


def request_of(project: Project, parsed: ParsedFiles, targets: Sequence[Target], now: datetime) -> AssessmentRequest:
    """What the project's policy asks of these files on these targets."""
    return AssessmentRequest(
        select(parsed, groups=project.groups, extras=project.groups),
        targets,
        policy_of(project),
        now,
        step=Step(project.step),
        holds=frozenset(canonicalize_name(name) for name in project.holds),
        expired=search_clock,
    )


def assess_snapshot(snapshot_id: int, now: datetime, client: IndexClient | None = None) -> bool:
    """Assess the snapshot if it is its project's newest and nobody is at it. True when something is still unknown.

    What is stored is judged and shown at once; then the index is asked for what is missing, and the same assessment
    is written again in place as answers come in. A complete one is written anew only when its answer differs.
    """
    snapshot = Snapshot.objects.select_related("project").filter(pk=snapshot_id).first()
    if snapshot is None or Snapshot.objects.filter(project=snapshot.project, pk__gt=snapshot.pk).exists():
        return False
    if not Snapshot.objects.claim(snapshot_id, now, CLAIM_FOR):
        return False
    try:
        return _assess(snapshot, now, client)
    finally:
        Snapshot.objects.filter(pk=snapshot_id).update(assessing_until=None)


def _assess(snapshot: Snapshot, now: datetime, client: IndexClient | None) -> bool:
    indexes = indexes_of(snapshot.project, client)
    request = request_of(snapshot.project, read_snapshot(snapshot), targets_of(snapshot.project), now)
    if not request.targets:
        return False
    found = _answer_and_store(snapshot, request, indexes)
    if not found.missing and not _hangs_on_an_sdist(found):
        return False
    fetched = fetch_missing(
        request,
        indexes=indexes,
        progress=lambda name, done, total: None,
        fresh_for=timedelta.max,
        seconds=PATIENCE,
        patient=True,
        between=_every(REFRESH_EVERY, lambda: _answer_and_store(snapshot, request, indexes)),
    )
    logger.info("gathered snapshot=%s complete=%s faults=%s", snapshot.pk, fetched.complete, len(fetched.faults))
    missing = _answer_and_store(snapshot, request, indexes).missing
    # What the index could not give now is asked for by the schedule, not at once.
    return bool(missing) and not fetched.faults


def _hangs_on_an_sdist(found: Evaluation) -> bool:
    """Whether a verdict waits for a look into an sdist."""
    rows = (row for target in found.targets for row in target.packages)
    return any(row["verdict"] == Verdict.UNKNOWN and row["availability"] == Availability.SOURCE for row in rows)


def _every(seconds: float, act: Callable[[], object]) -> Callable[[], None]:
    """`act`, but not again before some seconds have passed since it last ended."""
    last = time.monotonic()

    def now_and_then() -> None:
        nonlocal last
        if time.monotonic() - last >= seconds:
            act()
            last = time.monotonic()

    return now_and_then


def _answer_and_store(snapshot: Snapshot, request: AssessmentRequest, indexes: IndexSet) -> Evaluation:
    found = reevaluate((snapshot.pk, snapshot.created_at), request, indexes=indexes)
    now = timezone.now()
    packages = ensure_packages_on(indexes.keys, found.names, now)
    with transaction.atomic():
        _store(snapshot, found, indexes, request, now)
        # On every index: a name that comes up on another one changes what pip takes.
        _rest_on(snapshot.project, {package.pk for here in packages.values() for package in here})
    return found


def targets_of(project: Project) -> list[Target]:
    """The project's targets in column order; one that this version does not know is left out."""
    found = []
    for slug in project.targets.values_list("slug", flat=True):
        try:
            found.append(parse_target(slug))
        except UnknownTarget:
            continue
    return found


def stale_snapshots(now: datetime) -> list[int]:
    """The newest snapshots whose answer may have changed: incomplete, resting on a package that changed since, or on
    other indexes than the project names now.
    """
    newest_snapshot = Snapshot.objects.filter(project=OuterRef("project")).order_by("-pk").values("pk")[:1]
    newest_assessment = Assessment.objects.filter(project=OuterRef("project")).order_by("-pk").values("pk")[:1]
    newest = Assessment.objects.filter(pk=Subquery(newest_assessment))
    # Confirmed in the future, by a clock that jumped: every later change would look older.
    incomplete = newest.filter(~Q(state=AssessmentState.COMPLETE) | Q(confirmed_at__gt=now + CLAIM_FOR)).values_list(
        "snapshot_id", flat=True
    )
    changed = newest.filter(project__packages__package__changed_at__gt=F("confirmed_at")).values_list(
        "snapshot_id", flat=True
    )
    never = Snapshot.objects.filter(pk=Subquery(newest_snapshot), assessments__isnull=True).values_list("pk", flat=True)
    return sorted({*incomplete, *changed, *never, *_on_other_indexes(newest)})


def _on_other_indexes(newest: QuerySet[Assessment]) -> Iterator[int]:
    """The snapshots of these assessments whose project has taken up or dropped an index since. Three queries."""
    named = own_index_ids()
    rows = newest.filter(Q(project__in=named.keys()) | ~Q(index_ids=[]))
    for snapshot_id, project_id, before in rows.values_list("snapshot_id", "project_id", "index_ids"):
        if before != named.get(project_id, []):
            yield snapshot_id


def _store(snapshot: Snapshot, found: Evaluation, indexes: IndexSet, request: AssessmentRequest, now: datetime) -> None:
    state = AssessmentState.PARTIAL if found.missing else AssessmentState.COMPLETE
    keys = own_keys(indexes)
    documents = [answer_document(target, request.strategy) for target in found.targets]
    confused = [one.to_json() for one in confusions(indexes, found.names)]
    beside = [indexes.url, indexes.extra_urls, confused]
    said = [documents, beside] if indexes.extra_urls else documents
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    last = Assessment.objects.filter(snapshot=snapshot).select_for_update().newest_first().first()
    if last is not None and last.digest == digest and last.state == state:
        Assessment.objects.filter(pk=last.pk).update(confirmed_at=now, index_ids=keys)
        return
    if last is None or last.state == AssessmentState.COMPLETE:
        last = Assessment(snapshot=snapshot, project=snapshot.project, created_at=now)
    last.state = state
    last.index_url, last.extra_urls = indexes.url, list(indexes.extra_urls)
    last.index_ids, last.confusions = keys, confused
    last.missing = [
        *found.missing.packages,
        *(f"{name} {version}" for name, version in found.missing.releases),
    ]
    last.digest = digest
    last.confirmed_at = now
    rows = {target.target.slug: target.packages for target in found.targets}
    last.changes, last.changed_since = changes_since(last, rows)
    last.save()
    last.targets.all().delete()
    TargetAssessment.objects.bulk_create(
        TargetAssessment(
            assessment=last,
            target=target.target.slug,
            position=position,
            verdict=target.verdict.value,
            counts=dict(target.counts),
            blockers=list(target.blockers),
            conflict=target.conflict or "",
            packages=list(target.packages),
            shown=summarise_cells(target.packages),
            plan=document["plan"],
        )
        for position, (target, document) in enumerate(zip(found.targets, documents, strict=True))
    )


def changes_since(assessment: Assessment, rows: Mapping[str, Rows]) -> tuple[list[Any], datetime | None]:
    """What these rows say differently from the project's last complete assessment before, and when that was made.

    Nothing is told of a partial one: what is merely not read yet has not changed.
    """
    before = Assessment.objects.filter(project=assessment.project).complete().newest_first()
    if assessment.pk is not None:
        before = before.filter(pk__lt=assessment.pk)
    last = before.first()
    if last is None or assessment.state != AssessmentState.COMPLETE:
        return [], None
    return written_changes(compare(dict(last.targets.values_list("target", "packages")), rows)), last.created_at


def _rest_on(project: Project, package_ids: set[int]) -> None:
    known = set(ProjectPackage.objects.filter(project=project).values_list("package_id", flat=True))
    ProjectPackage.objects.filter(project=project, package_id__in=known - package_ids).delete()
    ProjectPackage.objects.bulk_create(
        (ProjectPackage(project=project, package_id=pk) for pk in sorted(package_ids - known)), ignore_conflicts=True
    )
