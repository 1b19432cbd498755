"""The audit of a project's source, as its page shows it."""

from __future__ import annotations

from projects.domain.audit.findings import AuditFinding
from projects.domain.python_places.values import PythonPlace
from projects.models import Project, ProjectTarget, SourceAudit
from projects.presentation.audit.page import AuditPage, audit_page


def newest_audit(project: Project) -> AuditPage | None:
    """Return the newest audit beside the one before it; None without any. Two queries."""
    audits = SourceAudit.objects.filter(project=project).select_related("snapshot").defer("excerpts")
    newest = list(audits.order_by("-snapshot")[:2])
    if not newest:
        return None
    audit, earlier = newest[0], next((one for one in newest[1:] if not one.error), None)
    slugs = ProjectTarget.objects.filter(project=project).values_list("slug", flat=True)
    return audit_page(
        made_at=audit.made_at,
        commit=audit.snapshot.commit,
        files=audit.files,
        left_out=audit.left_out,
        error=audit.error,
        targets=audit.targets,
        findings=_findings(audit),
        before=_findings(earlier) if earlier is not None else None,
        places=[PythonPlace.from_json(one) for one in audit.places],
        known_targets=list(slugs),
    )


def _findings(audit: SourceAudit) -> list[AuditFinding]:
    return [AuditFinding.from_json(one) for one in audit.findings]
