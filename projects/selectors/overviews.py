"""Projects, their assessments and the packages that they use, in short, each with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import F, OuterRef, QuerySet, Subquery
from msgspec import Struct

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.models import (
    Assessment,
    AssessmentState,
    Project,
    ProjectPackage,
    ProjectTarget,
    Snapshot,
    TargetAssessment,
)


class TargetVerdict(Struct, frozen=True):
    """What an assessment says about one target."""

    target: str
    verdict: ProjectVerdict
    counts: Mapping[str, int]
    blockers: tuple[str, ...]


class AssessmentLine(Struct, frozen=True):
    """An assessment in short."""

    pk: int
    snapshot: int
    state: str
    trigger: str
    created_at: datetime
    confirmed_at: datetime
    verdicts: tuple[TargetVerdict, ...]

    @property
    def is_complete(self) -> bool:
        """Whether it waits for nothing more of the index."""
        return self.state == AssessmentState.COMPLETE


class ProjectOverview(Struct, frozen=True):
    """A project with the newest assessment of its newest snapshot. `role` is that of the user in the project."""

    slug: str
    name: str
    tags: tuple[str, ...]
    role: str
    targets: tuple[str, ...]
    assessment: AssessmentLine | None


class UsedPackage(Struct, frozen=True):
    """A package with the slugs of the projects that use it."""

    name: str
    projects: tuple[str, ...]
    checked_at: datetime | None


def project_overviews(projects: QuerySet[Project], first: int, most: int) -> list[ProjectOverview]:
    """Return a part of these projects, by name. Four queries."""
    newest_snapshot = Snapshot.objects.newest_key(OuterRef("pk"))
    newest = Assessment.objects.filter(snapshot=OuterRef("snapshot_pk")).newest_first()
    rows = list(
        projects.annotate(snapshot_pk=Subquery(newest_snapshot))
        .annotate(assessment_pk=Subquery(newest.values("pk")[:1]), role=F("team__memberships__role"))
        .order_by("name", "pk")[first : first + most]
        .values("pk", "slug", "name", "tags", "role", "assessment_pk")
    )
    targets: dict[int, list[str]] = {}
    for pk, slug in ProjectTarget.objects.filter(project__in=[row["pk"] for row in rows]).values_list(
        "project", "slug"
    ):
        targets.setdefault(pk, []).append(slug)
    keys = [row["assessment_pk"] for row in rows if row["assessment_pk"]]
    lines = {line.pk: line for line in _lines(Assessment.objects.filter(pk__in=keys))}
    return [
        ProjectOverview(
            row["slug"],
            row["name"],
            tuple(row["tags"]),
            row["role"],
            tuple(targets.get(row["pk"], ())),
            lines.get(row["assessment_pk"]),
        )
        for row in rows
    ]


def assessment_lines(project: Project, first: int, most: int) -> tuple[list[AssessmentLine], int]:
    """Return a part of a project's assessments, newest first, and how many there are. Three queries."""
    made = Assessment.objects.filter(project=project).newest_first()
    return _lines(made[first : first + most]), made.count()


def newest_packages(project: Project, targets: Collection[str]) -> dict[str, list[PackageResult]]:
    """Return the packages of the newest snapshot's newest assessment, by target in column order. One query.

    Of these targets, where some are given.
    """
    snapshot = Snapshot.objects.newest_key(project)
    newest = Assessment.objects.filter(snapshot=Subquery(snapshot)).newest_first().values("pk")[:1]
    rows = TargetAssessment.objects.filter(assessment=Subquery(newest)).order_by("position")
    if targets:
        rows = rows.filter(target__in=targets)
    found = rows.values_list("target", "packages")
    return {target: list(map(PackageResult.from_json, packages)) for target, packages in found}


def used_packages(projects: QuerySet[Project], name: str, first: int, most: int) -> tuple[list[UsedPackage], int]:
    """Return a part of the packages that these projects use and whose name contains a text, by name. Three queries."""
    used = ProjectPackage.objects.filter(project__in=projects)
    if name:
        used = used.filter(package__name__icontains=name)
    names = used.values_list("package__name", flat=True).distinct().order_by("package__name")
    shown: Sequence[str] = list(names[first : first + most])
    found: dict[str, tuple[set[str], list[datetime]]] = {one: (set(), []) for one in shown}
    rows = used.filter(package__name__in=shown).values_list("package__name", "project__slug", "package__checked_at")
    for package, slug, checked_at in rows:
        slugs, moments = found[package]
        slugs.add(slug)
        if checked_at is not None:
            moments.append(checked_at)
    packages = [UsedPackage(one, tuple(sorted(slugs)), min(at, default=None)) for one, (slugs, at) in found.items()]
    return packages, names.count()


def _lines(assessments: QuerySet[Assessment]) -> list[AssessmentLine]:
    """Return assessments in short. Two queries."""
    made = list(assessments.defer("missing", "changes", "confusions"))
    verdicts: dict[int, list[TargetVerdict]] = {}
    rows = TargetAssessment.objects.filter(assessment__in=[one.pk for one in made]).order_by("position")
    for pk, target, verdict, counts, blockers in rows.values_list(
        "assessment_id", "target", "verdict", "counts", "blockers"
    ):
        verdicts.setdefault(pk, []).append(TargetVerdict(target, ProjectVerdict(verdict), counts, tuple(blockers)))
    return [
        AssessmentLine(
            one.pk,
            one.snapshot_id,
            one.state,
            one.trigger,
            one.created_at,
            one.confirmed_at,
            tuple(verdicts.get(one.pk, ())),
        )
        for one in made
    ]
