"""What the upgrade page of one target reads, with a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from projects.domain.assessment.verdicts import ProjectVerdict
from projects.models import Project, ProjectPackage, Snapshot, TargetAssessment
from projects.presentation.upgrade.values import StoredUpgrade

_NOTHING = StoredUpgrade(ProjectVerdict.UNKNOWN, {}, "", (), None, ())


@dataclass(frozen=True, slots=True)
class UpgradeState:
    """The newest snapshot with what its newest assessment says about one target. `checked_at` as on every page."""

    snapshot: Snapshot | None
    stored: StoredUpgrade
    checked_at: datetime | None


def upgrade_state(project: Project, target: str) -> UpgradeState:
    """What is stored about one target of a project. Three queries at most."""
    snapshot = Snapshot.objects.filter(project=project).order_by("-pk").first()
    if snapshot is None:
        return UpgradeState(None, _NOTHING, None)
    judged = TargetAssessment.objects.filter(assessment__snapshot=snapshot, target=target)
    found = judged.select_related("assessment").order_by("-assessment_id").first()
    answered = ProjectPackage.objects.filter(project=project, package__checked_at__isnull=False)
    checked_at = answered.order_by("package__checked_at").values_list("package__checked_at", flat=True).first()
    if found is None:
        return UpgradeState(snapshot, _NOTHING, checked_at)
    stored = StoredUpgrade(
        verdict=found.verdict,
        counts=found.counts,
        conflict=found.conflict,
        packages=found.packages,
        plan=found.plan,
        missing=found.assessment.missing,
    )
    return UpgradeState(snapshot, stored, checked_at)
