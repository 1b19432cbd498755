"""A stored assessment for exports and reports, whole or in part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Subquery
from msgspec.structs import replace
from packaging.utils import NormalizedName

from projects.domain.assessment.record import AssessmentRecord
from projects.domain.assessment.target_result import TargetResult
from projects.models import Assessment, Project, Snapshot, TargetAssessment
from projects.selectors.evidence import readings_of
from projects.services.assessments.project_request import read_snapshot
from projects.services.indexes import indexes_of
from projects.services.plan_files import FileContents, with_written_plans


def stored_record(project: Project, shown: Mapping[str, Sequence[str] | None] | None = None) -> AssessmentRecord | None:
    """Return the newest snapshot's newest assessment, plans written into the files; None when there is none yet.

    With `shown` it holds these targets only, and of each these packages (None: all), in this order. A fixed number of
    queries.
    """
    snapshot = Snapshot.objects.filter(project=project).order_by("-pk").first()
    assessment = Assessment.objects.filter(snapshot=snapshot).newest_first().first() if snapshot else None
    if snapshot is None or assessment is None:
        return None
    stored = {entry.target: entry for entry in assessment.targets.all()}
    wanted = shown if shown is not None else dict.fromkeys(stored)
    files = list(snapshot.files.all())
    parsed = read_snapshot(snapshot, files)
    results = [_select(stored[slug].to_result(), names) for slug, names in wanted.items() if slug in stored]
    record = AssessmentRecord(
        parsed,
        results,
        assessment.confirmed_at,
        assessment.index_url,
        assessment.extra_urls,
        assessment.confusions,
        wheels=readings_of(results),
    )
    contents = {file.path: bytes(file.content) for file in files}
    roots = [file.path for file in files if file.is_root]
    return with_written_plans(record, FileContents(contents, roots, parsed), lambda: indexes_of(project))


def stored_targets(project: Project) -> list[str]:
    """Return the targets of the newest snapshot's newest assessment, in column order."""
    newest = Assessment.objects.filter(snapshot__project=project).order_by("-snapshot_id", "-pk").values("pk")[:1]
    return list(TargetAssessment.objects.filter(assessment=Subquery(newest)).values_list("target", flat=True))


def _select(result: TargetResult, names: Sequence[str] | None) -> TargetResult:
    """Return the result with these packages only, in their order; all of them for None."""
    if names is None:
        return result
    packages = {package.name: package for package in result.packages}
    return replace(result, packages=tuple(packages[name] for name in map(NormalizedName, names) if name in packages))
