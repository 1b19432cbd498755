"""Store an evaluation as the assessment of a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from projects.domain.assessment.diff import Packages, changes_to_json, compare
from projects.domain.assessment.package_result import PackageResult
from projects.models import (
    Assessment,
    AssessmentState,
    ConsultedPackage,
    Project,
    ProjectPackage,
    Snapshot,
    TargetAssessment,
)
from projects.services.assessments.evaluate import Evaluation
from projects.services.assessments.stored_results import stored_results
from projects.services.indexes import own_keys
from scanner.selectors.candidates import package_keys
from scanner.selectors.name_confusion import confusions
from scanner.services.index_sets import IndexSet
from scanner.services.packages import ensured_keys, known_names

Row = TypeVar("Row", ProjectPackage, ConsultedPackage)


def store_evaluation(snapshot: Snapshot, found: Evaluation, indexes: IndexSet, question: str) -> None:
    """Store the evaluation, and the packages whose changes make it stale. `question` is the digest of what was asked.

    A complete assessment with equal results is confirmed; a partial one is written again in place; else a new one is
    made.
    """
    now = timezone.now()
    missing = set(found.missing.packages)
    # Fetching makes the rows of new names, within its budget: a row is polled on schedule.
    unasked = missing - known_names(indexes.keys, missing) if missing else set()
    used = ensured_keys(indexes.keys, found.names - unasked, now)
    with transaction.atomic():
        _store_assessment(snapshot, found, indexes, question, now)
        # On every index: a name that appears on another one changes what pip takes.
        _store_packages(ProjectPackage, snapshot.project, used)
        read = package_keys(indexes.keys, found.consulted - found.names)
        _store_packages(ConsultedPackage, snapshot.project, read - used)


def _store_assessment(snapshot: Snapshot, found: Evaluation, indexes: IndexSet, question: str, now: datetime) -> None:
    state = AssessmentState.PARTIAL if found.missing or found.undecided else AssessmentState.COMPLETE
    keys = own_keys(indexes)
    stored = stored_results(found.targets)
    confused = [one.to_json() for one in confusions(indexes, found.names)]
    missing = [*found.missing.packages, *(f"{name} {version}" for name, version in found.missing.releases)]
    digest_of = stored.digest if state == AssessmentState.COMPLETE else stored.quick_digest
    digest = digest_of([indexes.url, indexes.extra_urls, confused] if indexes.extra_urls else [])
    last = Assessment.objects.filter(snapshot=snapshot).select_for_update().newest_first().first()
    if last is not None and last.digest == digest and last.state == state:
        Assessment.objects.filter(pk=last.pk).update(
            confirmed_at=now,
            index_ids=keys,
            question=question,
            stopped=found.stopped or "",
            next_try_at=found.next_try_at,
            missing=missing,
        )
        return
    if last is None or last.state == AssessmentState.COMPLETE:
        last = Assessment(snapshot=snapshot, project=snapshot.project, created_at=now)
    last.state = state
    last.question, last.stopped, last.next_try_at = question, found.stopped or "", found.next_try_at
    last.index_url, last.extra_urls = indexes.url, list(indexes.extra_urls)
    last.index_ids, last.confusions = keys, confused
    last.missing = missing
    last.digest = digest
    last.confirmed_at = now
    last.changes, last.changed_since = changes_since(
        last, {one.target: one.packages for one in found.targets}, stored.changes
    )
    is_new = last.pk is None
    last.save()
    if not is_new:
        last.targets.all().delete()
    rows = stored.rows()
    for row in rows:
        row.assessment, row.is_decided = last, row.target not in found.undecided
    TargetAssessment.objects.bulk_create(rows)


def changes_since(
    assessment: Assessment, packages: Mapping[str, Packages], known: dict[str, list[list[str | None]]] | None = None
) -> tuple[list[list[str | None]], datetime | None]:
    """Return what differs from the project's last complete assessment, in stored form, and when that was made.

    A partial assessment has no changes: what is only not read yet has not changed. `known` keeps the changes since what
    other projects had before, by its digest.
    """
    before = Assessment.objects.filter(project=assessment.project).complete().newest_first()
    if assessment.pk is not None:
        before = before.filter(pk__lt=assessment.pk)
    last = before.only("digest", "created_at").first()
    if last is None or assessment.state != AssessmentState.COMPLETE:
        return [], None
    if known is not None and last.digest in known:
        return known[last.digest], last.created_at
    earlier = {
        target: [PackageResult.from_json(row) for row in rows]
        for target, rows in last.targets.values_list("target", "packages")
    }
    changes = changes_to_json(compare(earlier, packages))
    if known is not None and last.digest:
        known[last.digest] = changes
    return changes, last.created_at


def _store_packages(model: type[Row], project: Project, package_ids: frozenset[int] | set[int]) -> None:
    rows = model.objects.filter(project=project)
    known = set(rows.values_list("package_id", flat=True))
    rows.filter(package_id__in=known - package_ids).delete()
    made = [model(project=project, package_id=pk) for pk in sorted(package_ids - known)]
    model.objects.bulk_create(made, ignore_conflicts=True)
