"""The audit of a project's source, as its page shows it."""

from __future__ import annotations

from projects.domain.audit.findings import AuditFinding
from projects.domain.python_places.values import PythonPlace
from projects.models import Project, ProjectTarget, SourceAudit
from projects.presentation.audit.page import AuditPage, SourceSummary, audit_page, source_summary
from projects.selectors.failures import failure_text


def audit_summary(project: Project) -> SourceSummary | None:
    """Return what a project's page says of its newest audit; None where there is nothing to say. One query."""
    newest = _newest(project)
    if not newest or newest[0].error:
        return None
    audit, before = newest[0], _before(newest)
    places = [PythonPlace.from_json(one) for one in audit.places]
    return source_summary(_findings(audit), before, places, audit.targets)


def newest_audit(project: Project) -> AuditPage | None:
    """Return the newest audit beside the one before it; None without any. Two queries."""
    newest = _newest(project)
    if not newest:
        return None
    audit = newest[0]
    slugs = ProjectTarget.objects.filter(project=project).values_list("slug", flat=True)
    return audit_page(
        made_at=audit.made_at,
        commit=audit.snapshot.commit,
        archive=audit.archive,
        files=audit.files,
        left_out=audit.left_out,
        error=failure_text(audit.error),
        targets=audit.targets,
        findings=_findings(audit),
        before=_before(newest),
        places=[PythonPlace.from_json(one) for one in audit.places],
        known_targets=list(slugs),
    )


def _newest(project: Project) -> list[SourceAudit]:
    audits = SourceAudit.objects.filter(project=project).select_related("snapshot").defer("excerpts")
    return list(audits.order_by("-snapshot")[:2])


def _before(newest: list[SourceAudit]) -> list[AuditFinding] | None:
    return next((_findings(one) for one in newest[1:] if not one.error), None)


def _findings(audit: SourceAudit) -> list[AuditFinding]:
    return [AuditFinding.from_json(one) for one in audit.findings]
