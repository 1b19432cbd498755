"""The results of an audit: its findings at the lines of the source."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from projects.domain.assessment.verdicts import Severity
from projects.domain.audit.findings import AuditFinding
from projects.domain.gate.baseline import FindingKey
from projects.presentation.audit.sentences import RULES, finding_text, next_step
from projects.presentation.checks.result import CheckLevel, CheckResult, CheckRule

_LEVELS = {
    Severity.CRITICAL: CheckLevel.ERROR,
    Severity.HIGH: CheckLevel.ERROR,
    Severity.MODERATE: CheckLevel.WARNING,
}


def audit_results(findings: Iterable[AuditFinding], known: Collection[FindingKey] | None = None) -> list[CheckResult]:
    """Return a result for each finding; with the findings of a baseline, those in other files are new."""
    return [part for one in findings for part in _parts(one, known)]


def _parts(finding: AuditFinding, known: Collection[FindingKey] | None) -> list[CheckResult]:
    result = CheckResult(
        CheckRule(finding.kind.value, RULES[finding.kind]),
        _LEVELS.get(finding.severity, CheckLevel.NOTE),
        f"{finding_text(finding)} {next_step(finding)}".strip(),
        finding.places,
        key=finding.subject,
        severity=finding.severity.value,
        targets=finding.targets,
    )
    if known is None:
        return [result]
    is_new = {
        place: FindingKey(finding.kind.value, finding.subject, place.path) not in known for place in finding.places
    }
    return [
        replace(result, places=places, is_new=state)
        for state in (True, False)
        if (places := tuple(place for place in finding.places if is_new[place] is state))
    ]
