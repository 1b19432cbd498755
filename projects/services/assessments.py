"""Assess a snapshot: ask for what is not known, judge what is, and store the answer with its difference."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from projects.domain.assessing import TargetAnswer, answer_all, named_releases, stand_all
from projects.domain.document import answer_document
from projects.domain.intake import Intake, read, select
from projects.domain.intake.values import ParsedRequirement
from projects.domain.verdicts import Policy, SourcePolicy
from projects.models import (
    Assessment,
    AssessmentState,
    Project,
    ProjectPackage,
    Snapshot,
    TargetAssessment,
)
from projects.services.offers import files_reader, package_views
from scanner.domain.targets import Target, UnknownTarget, parse_target
from scanner.services.indexes import get_index
from scanner.services.watching import request_polls, watch_packages


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdicts over the targets, and the packages that the index has not answered for."""

    targets: list[TargetAnswer]
    missing: list[str]


def assess(
    requirements: Iterable[ParsedRequirement],
    targets: Sequence[Target],
    policy: Policy,
    *,
    index_id: int,
    now: datetime,
    as_of: datetime | None = None,
) -> Answer:
    """Judge requirements over targets from what is stored: a fixed number of queries, whatever theirs."""
    asked = list(requirements)
    names = {requirement.name for requirement in asked}
    views = package_views(index_id, names, targets, policy, now, as_of=as_of)
    standings = stand_all(asked, targets, views, policy)
    files_of = files_reader(named_releases(standings), as_of=as_of)
    answers = answer_all(standings, views, files_of, policy, now)
    wanted = {name for row in standings.values() for name, standing in row.items() if standing.wanted.active}
    missing = sorted(name for name in wanted if name not in views or not views[name].answered)
    return Answer(answers, missing)


def policy_of(project: Project) -> Policy:
    """The project's policy as the domain knows it."""
    return Policy(SourcePolicy(project.source_builds), project.prereleases, project.minimum_age_days)


def read_snapshot(snapshot: Snapshot) -> Intake:
    """The snapshot's files, read again as they were taken."""
    files = list(snapshot.files.all())
    return read({file.path: bytes(file.content) for file in files}, [file.path for file in files if file.is_root])


def assess_snapshot(snapshot_id: int, now: datetime) -> bool:
    """Assess the snapshot if it is its project's newest. True when packages are still unknown: come again.

    Polls are queued for packages that are due. While something is missing the same assessment is written again in
    place; a complete one is written anew only when its answer differs from the last.
    """
    snapshot = Snapshot.objects.select_related("project").filter(pk=snapshot_id).first()
    if snapshot is None or Snapshot.objects.filter(project=snapshot.project, pk__gt=snapshot.pk).exists():
        return False
    project = snapshot.project
    requirements = select(read_snapshot(snapshot), groups=project.groups)
    index = get_index()
    packages = watch_packages(index.pk, {requirement.name for requirement in requirements}, now)
    request_polls(packages.values(), now, queue="interactive")
    answer = assess(requirements, targets_of(project), policy_of(project), index_id=index.pk, now=now)
    with transaction.atomic():
        _store(snapshot, answer, index.url, now)
        _rest_on(project, {package.pk for package in packages.values()})
    return bool(answer.missing)


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
    """The newest snapshots whose answer may have changed: incomplete, or resting on a package that changed since."""
    newest_snapshot = Snapshot.objects.filter(project=OuterRef("project")).order_by("-pk").values("pk")[:1]
    newest_assessment = Assessment.objects.filter(project=OuterRef("project")).order_by("-pk").values("pk")[:1]
    newest = Assessment.objects.filter(pk=Subquery(newest_assessment))
    incomplete = newest.exclude(state=AssessmentState.COMPLETE).values_list("snapshot_id", flat=True)
    changed = newest.filter(project__packages__package__changed_at__gt=F("confirmed_at")).values_list(
        "snapshot_id", flat=True
    )
    never = Snapshot.objects.filter(pk=Subquery(newest_snapshot), assessments__isnull=True).values_list("pk", flat=True)
    return sorted({*incomplete, *changed, *never})


def _store(snapshot: Snapshot, answer: Answer, index_url: str, now: datetime) -> None:
    state = AssessmentState.PARTIAL if answer.missing else AssessmentState.COMPLETE
    digest = _digest(answer)
    last = Assessment.objects.filter(snapshot=snapshot).select_for_update().newest_first().first()
    if last is not None and last.digest == digest and last.state == state:
        Assessment.objects.filter(pk=last.pk).update(confirmed_at=now)
        return
    if last is None or last.state == AssessmentState.COMPLETE:
        last = Assessment(snapshot=snapshot, project=snapshot.project, created_at=now)
    last.state = state
    last.index_url = index_url
    last.missing = answer.missing
    last.digest = digest
    last.confirmed_at = now
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
            plan=target.plan,
        )
        for position, target in enumerate(answer.targets)
    )


def _digest(answer: Answer) -> str:
    text = json.dumps([answer_document(target) for target in answer.targets], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _rest_on(project: Project, package_ids: set[int]) -> None:
    known = set(ProjectPackage.objects.filter(project=project).values_list("package_id", flat=True))
    ProjectPackage.objects.filter(project=project, package_id__in=known - package_ids).delete()
    ProjectPackage.objects.bulk_create(
        (ProjectPackage(project=project, package_id=pk) for pk in sorted(package_ids - known)), ignore_conflicts=True
    )
