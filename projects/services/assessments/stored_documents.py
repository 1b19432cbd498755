"""A stored assessment as the machine-readable document (design §10), whole or as far as somebody looks at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Subquery

from projects.models import Assessment, Project, Snapshot, TargetAssessment
from projects.presentation.formats.schema import document_of, target_document
from projects.services.assessments.run import read_snapshot
from projects.services.indexes import indexes_of
from projects.services.plan_files import FileContents, with_written_plans


def stored_document(project: Project, shown: Mapping[str, Sequence[str] | None] | None = None) -> dict[str, Any] | None:
    """The newest snapshot's newest assessment, as of its confirmation; None when there is none yet.

    `shown` keeps these targets only and of each, unless None, these packages, in this order. Plans come with the
    files written anew. A fixed number of queries.
    """
    snapshot = Snapshot.objects.filter(project=project).order_by("-pk").first()
    assessment = Assessment.objects.filter(snapshot=snapshot).newest_first().first() if snapshot else None
    if snapshot is None or assessment is None:
        return None
    stored = {entry.target: entry for entry in assessment.targets.all()}
    wanted = shown if shown is not None else dict.fromkeys(stored)
    entries = [_entry(stored[slug], names) for slug, names in wanted.items() if slug in stored]
    files = list(snapshot.files.all())
    parsed = read_snapshot(snapshot, files)
    return with_written_plans(
        document_of(
            parsed,
            entries,
            index_url=assessment.index_url,
            now=assessment.confirmed_at,
            extra_urls=assessment.extra_urls,
            confusions=assessment.confusions,
        ),
        FileContents(
            {file.path: bytes(file.content) for file in files}, [file.path for file in files if file.is_root], parsed
        ),
        lambda: indexes_of(project),
    )


def stored_targets(project: Project) -> list[str]:
    """The targets of the newest snapshot's newest assessment, in column order."""
    newest = Assessment.objects.filter(snapshot__project=project).order_by("-snapshot_id", "-pk").values("pk")[:1]
    return list(TargetAssessment.objects.filter(assessment=Subquery(newest)).values_list("target", flat=True))


def _entry(stored: TargetAssessment, names: Sequence[str] | None) -> dict[str, Any]:
    rows = {row["name"]: row for row in stored.packages}
    return target_document(
        stored.target,
        stored.verdict,
        blockers=stored.blockers,
        conflict=stored.conflict,
        packages=list(rows.values()) if names is None else [rows[name] for name in names if name in rows],
        plan=stored.plan,
    )
