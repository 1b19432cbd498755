"""What the page of a project on one target reads."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db.models import QuerySet, Subquery

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.stored_conflict import conflict_from_text
from projects.domain.assessment.verdicts import SEVERITIES, ProjectVerdict, Severity
from projects.domain.project_changes import liftable_limits
from projects.domain.rewriting.limit_changes import LimitChange
from projects.models import Assessment, PackageRows, Project, ShownCells, Snapshot, Subscription, TargetAssessment
from projects.presentation.cell_summary import WORK, read_cells, serving_version
from projects.presentation.columns import column_of
from projects.presentation.target_standing import TargetStanding
from projects.selectors.cells import made_cells

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def target_standing(project: Project, target: str) -> TargetStanding | None:
    """Return the target in the newest complete assessment of the newest snapshot; None if the project has no such one.

    Three queries at most.
    """
    if not project.targets.filter(slug=target).exists():
        return None
    row = (
        _newest(project, target)
        .select_related("assessment")
        .defer("packages", "plan", "shown")
        .annotate(found=ShownCells(WORK), version=ShownCells.version())
        .first()
    )
    column = column_of(target)
    if row is None:
        return TargetStanding(column, ProjectVerdict.UNKNOWN, {}, None, (), None)
    cells = read_cells(row.found) if row.version == serving_version() else made_cells([row.pk], only_work=True)[row.pk]
    return TargetStanding(
        column=column,
        verdict=ProjectVerdict(row.verdict),
        counts=row.counts,
        conflict=conflict_from_text(row.conflict),
        work=tuple(sorted(cells, key=lambda cell: (-SEVERITIES.index(Severity(cell.severity)), cell.name))),
        assessed_at=row.assessment.confirmed_at,
    )


def target_packages(project: Project, target: str, names: Collection[str]) -> list[PackageResult]:
    """Return the results of these packages in the same assessment, in the order of `names`. One query."""
    row = _newest(project, target).annotate(found=PackageRows(names)).values_list("found", flat=True).first()
    found = {result["name"]: PackageResult.from_json(result) for result in row or ()}
    return [found[name] for name in names if name in found]


def all_packages(project: Project, target: str) -> list[PackageResult] | None:
    """Return all results of a target in the same assessment; None if the project has no such target. Two queries."""
    if not project.targets.filter(slug=target).exists():
        return None
    rows = _newest(project, target).values_list("packages", flat=True).first() or ()
    return [PackageResult.from_json(row) for row in rows]


def liftable_caps(project: Project, target: str) -> tuple[LimitChange, ...]:
    """Return the caps that keep the project from a target to which nothing else does, as now assessed. One query."""
    row = _newest(project, target).first()
    return liftable_limits(row.to_result()) if row is not None else ()


def watched_on(project: Project, target: str, user: User) -> tuple[frozenset[str], bool]:
    """Return the packages that the user watches on a target, and whether the user watches the target. One query."""
    watches = Subscription.objects.active().filter(project=project, target=target, user=user)
    names: set[str | None] = set(watches.values_list("package__name", flat=True))
    return frozenset(name for name in names if name), None in names


def _newest(project: Project, target: str) -> QuerySet[TargetAssessment]:
    complete = Assessment.objects.filter(snapshot=Subquery(Snapshot.objects.newest_key(project))).complete()
    return TargetAssessment.objects.filter(target=target, assessment__in=complete).order_by("-assessment_id")
