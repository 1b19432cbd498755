"""How projects use packages, from their newest complete assessments."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import F, Max
from packaging.version import InvalidVersion, Version

from projects.domain.assessment.package_result import PackageResult
from projects.domain.upstream.notes import PackageUse
from projects.models import Assessment, PackageRows, TargetAssessment
from scanner.domain.matching.availability import Availability

# Not needed there, or not installed from an index, so changes on the index do not affect it.
_ELSEWHERE = frozenset({Availability.INACTIVE, Availability.UNKNOWN})


def uses_of(
    project_ids: Collection[int], names: Collection[str], *, before: datetime | None = None
) -> dict[tuple[int, str], list[PackageUse]]:
    """Return the uses of packages by (project, name), on the project's current targets in their order. One query.

    `before` selects the assessment that was the newest at that time.
    """
    complete = Assessment.objects.complete().filter(project__in=project_ids)
    if before is not None:
        complete = complete.filter(created_at__lte=before)
    newest = complete.values("project_id").annotate(newest=Max("pk")).order_by().values("newest")
    rows = (
        TargetAssessment.objects.filter(assessment__in=newest, assessment__project__targets__slug=F("target"))
        .annotate(found=PackageRows(names))
        .order_by("assessment__project_id", "position")
        .values_list("assessment__project_id", "target", "found")
    )
    uses: dict[tuple[int, str], list[PackageUse]] = {}
    for project_id, target, found in rows:
        for row in found or ():
            package = PackageResult.from_json(row)
            if package.availability not in _ELSEWHERE:
                use = PackageUse(target, _version(package.installed_version), package.provenance.specifier)
                uses.setdefault((project_id, package.name), []).append(use)
    return uses


def _version(text: str | None) -> Version | None:
    try:
        return Version(text) if text else None
    except InvalidVersion:
        return None
