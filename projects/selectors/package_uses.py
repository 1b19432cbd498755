"""How the user's projects stand with packages on the headline targets, from their newest assessments."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db.models import Max
from packaging.utils import canonicalize_name

from projects.models import (
    Assessment,
    CellField,
    Project,
    ProjectTarget,
    ShownCells,
    Snapshot,
    TargetAssessment,
)
from projects.presentation.cell_summary import read_cells, serving_version
from projects.presentation.package.uses import PackageUses, StoredUse
from projects.presentation.portfolio.headlines import all_headlines, default_headlines, slugs_of
from projects.selectors.cells import made_cells_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def package_uses(user: User, names: Collection[str]) -> PackageUses:
    """Return the cells of these packages in each project of the user, on the headline targets. Five queries at most."""
    mine = Project.objects.visible_to(user)
    targets: dict[int, list[str]] = {}
    for pk, slug in ProjectTarget.objects.filter(project__in=mine).values_list("project_id", "slug"):
        targets.setdefault(pk, []).append(slug)
    lists = list(targets.values())
    headlines = default_headlines(lists, all_headlines(lists))
    normal = {canonicalize_name(name) for name in names}
    snapshots = Snapshot.objects.filter(project__in=mine).values("project").annotate(newest=Max("pk")).values("newest")
    newest = Assessment.objects.filter(snapshot__in=snapshots).values("snapshot").annotate(newest=Max("pk"))
    rows = (
        TargetAssessment.objects.filter(
            assessment__in=newest.order_by().values("newest"), target__in=slugs_of(lists, headlines)
        )
        .annotate(found=ShownCells(normal, CellField.NAME), version=ShownCells.version())
        .order_by("assessment__project__name", "position")
        .values_list("pk", "assessment__project__slug", "assessment__project__name", "target", "version", "found")
    )
    stored = list(rows)
    serving = serving_version()
    made = made_cells_of([row[0] for row in stored if row[4] != serving], normal)
    uses = [
        StoredUse(slug, name, target, cell)
        for pk, slug, name, target, version, found in stored
        for cell in (read_cells(found) if version == serving else made.get(pk, ()))
    ]
    return PackageUses(headlines, tuple(uses))
