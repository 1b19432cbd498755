"""What the upgrade page of one target reads, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.models import Project, ProjectPackage, Snapshot, TargetAssessment
from projects.presentation.upgrade.values import StoredUpgrade

_NOTHING = StoredUpgrade(ProjectVerdict.UNKNOWN, {}, "", (), None, ())


@dataclass(frozen=True, slots=True)
class UpgradeState:
    """The newest snapshot, its newest assessment of one target, and the oldest of the index's answers."""

    snapshot: Snapshot | None
    stored: StoredUpgrade
    checked_at: datetime | None


def upgrade_state(project: Project, target: str) -> UpgradeState:
    """Return what is stored about one target of a project. Three queries at most."""
    snapshot = Snapshot.objects.filter(project=project).order_by("-pk").first()
    if snapshot is None:
        return UpgradeState(None, _NOTHING, None)
    assessed = TargetAssessment.objects.filter(assessment__snapshot=snapshot, target=target)
    found = assessed.select_related("assessment").order_by("-assessment_id").first()
    answered = ProjectPackage.objects.filter(project=project, package__checked_at__isnull=False)
    checked_at = answered.order_by("package__checked_at").values_list("package__checked_at", flat=True).first()
    if found is None:
        return UpgradeState(snapshot, _NOTHING, checked_at)
    stored = StoredUpgrade(
        verdict=found.verdict,
        counts=found.counts,
        conflict=found.conflict,
        packages=tuple(map(PackageResult.from_json, found.packages)),
        plan=UpgradePlan.from_json(found.plan) if found.plan is not None else None,
        missing=found.assessment.missing,
    )
    return UpgradeState(snapshot, stored, checked_at)
