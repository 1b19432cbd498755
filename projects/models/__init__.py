"""The team's side of the database, one file per noun."""

from projects.models.alert import Alert, AlertState, Subscription
from projects.models.assessment import Assessment, AssessmentState, ProjectPackage, TargetAssessment
from projects.models.project import Membership, Project, ProjectTarget, Role, SourceBuilds, Step
from projects.models.repository import Delivery, Repository
from projects.models.snapshot import Origin, Snapshot, SnapshotFile, SnapshotRequirement

__all__ = [
    "Alert",
    "AlertState",
    "Assessment",
    "AssessmentState",
    "Delivery",
    "Membership",
    "Origin",
    "Project",
    "ProjectPackage",
    "ProjectTarget",
    "Repository",
    "Role",
    "Snapshot",
    "SnapshotFile",
    "SnapshotRequirement",
    "SourceBuilds",
    "Step",
    "Subscription",
    "TargetAssessment",
]
