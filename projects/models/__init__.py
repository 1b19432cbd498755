"""Models of the projects app."""

from projects.models.alert import Alert, AlertState, Subscription
from projects.models.api_key import ApiKey, KeyScope
from projects.models.assessment import (
    Assessment,
    AssessmentState,
    CellField,
    ConsultedPackage,
    PackageRows,
    ProjectPackage,
    ShownCells,
    TargetAssessment,
)
from projects.models.audit import SourceAudit
from projects.models.badge import Badge
from projects.models.endpoint import (
    AnnouncedAssessment,
    EndpointFormat,
    MessageState,
    WebhookEndpoint,
    WebhookMessage,
)
from projects.models.index import IndexRole, ProjectIndex
from projects.models.invitation import Invitation
from projects.models.log_entry import LogEntry
from projects.models.mail_preference import MailLanguage, MailPreference
from projects.models.move_request import MoveRequest
from projects.models.note import Mention, Note
from projects.models.project import DemandedGrade, LargestStep, Project, ProjectTarget, SourceBuilds
from projects.models.proof import StoredProof
from projects.models.push_report import PushReport
from projects.models.repository import Delivery, Repository
from projects.models.request_count import RequestCount
from projects.models.snapshot import Origin, Snapshot, SnapshotFile, SnapshotRequirement, SnapshotSource
from projects.models.source_archive import SourceArchive
from projects.models.submission import Submission
from projects.models.team import Membership, Team
from projects.models.team_break import TeamBreak
from projects.models.view import SavedView
from projects.models.waiver import PackageWaiver

__all__ = [
    "Alert",
    "AlertState",
    "AnnouncedAssessment",
    "ApiKey",
    "Assessment",
    "AssessmentState",
    "Badge",
    "CellField",
    "ConsultedPackage",
    "Delivery",
    "DemandedGrade",
    "EndpointFormat",
    "IndexRole",
    "Invitation",
    "KeyScope",
    "LargestStep",
    "LogEntry",
    "MailLanguage",
    "MailPreference",
    "Membership",
    "Mention",
    "MessageState",
    "MoveRequest",
    "Note",
    "Origin",
    "PackageRows",
    "PackageWaiver",
    "Project",
    "ProjectIndex",
    "ProjectPackage",
    "ProjectTarget",
    "PushReport",
    "Repository",
    "RequestCount",
    "SavedView",
    "ShownCells",
    "Snapshot",
    "SnapshotFile",
    "SnapshotRequirement",
    "SnapshotSource",
    "SourceArchive",
    "SourceAudit",
    "SourceBuilds",
    "StoredProof",
    "Submission",
    "Subscription",
    "TargetAssessment",
    "Team",
    "TeamBreak",
    "WebhookEndpoint",
    "WebhookMessage",
]
