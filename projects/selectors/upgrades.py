"""What the upgrade page of one target reads, in a fixed number of queries."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.models import Project, ProjectPackage, Snapshot, TargetAssessment
from projects.presentation.upgrade.values import StoredUpgrade


class UpgradeState(Struct, frozen=True):
    """The newest snapshot, its newest assessment of one target, and the oldest of the index's answers."""

    snapshot: Snapshot | None
    stored: StoredUpgrade
    checked_at: datetime | None


def upgrade_state(project: Project, target: str) -> UpgradeState:
    """Return what is stored about one target of a project. Three queries at most."""
    snapshot = Snapshot.objects.filter(project=project).order_by("-pk").first()
    nothing = StoredUpgrade(TargetResult(target, ProjectVerdict.UNKNOWN, ()), is_assessed=False)
    if snapshot is None:
        return UpgradeState(None, nothing, None)
    assessed = TargetAssessment.objects.filter(assessment__snapshot=snapshot, target=target)
    found = assessed.select_related("assessment").order_by("-assessment_id").first()
    answered = ProjectPackage.objects.filter(project=project, package__checked_at__isnull=False)
    checked_at = answered.order_by("package__checked_at").values_list("package__checked_at", flat=True).first()
    if found is None:
        return UpgradeState(snapshot, nothing, checked_at)
    stored = StoredUpgrade(found.to_result(), found.assessment.missing)
    return UpgradeState(snapshot, stored, checked_at)
