"""An audit as a table and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from msgspec import Struct

from projects.domain.assessment.verdicts import Severity
from projects.domain.audit.findings import AuditFinding, FindingKind
from projects.domain.python_places.values import PythonPlace
from projects.presentation.audit.places import places_data, places_lines
from projects.presentation.audit.sentences import finding_text, next_step
from scanner.domain.phrases import count

_MARKS = {Severity.CRITICAL: "✕", Severity.HIGH: "✕", Severity.MODERATE: "!", Severity.LOW: "~", Severity.NONE: "~"}
_SHOWN_PLACES = 3


class AuditReport(Struct, frozen=True):
    """The findings over all targets, given by slug, how much was read, and where the files say their Python.

    `left_out` counts files beyond the limit.
    """

    findings: Sequence[AuditFinding]
    targets: Sequence[str]
    files: int
    left_out: int = 0
    places: Sequence[PythonPlace] = ()


def audit_table(report: AuditReport) -> str:
    """Return the findings as lines, worst first."""
    lines = [f"{count(report.files, 'file')} read, {count(len(report.findings), 'finding')}."]
    if report.left_out:
        lines.append(f"! {count(report.left_out, 'more file')} not read: there are too many.")
    for finding in report.findings:
        where = "" if set(finding.targets) == set(report.targets) else f" [{', '.join(finding.targets)}]"
        lines.append(f"{_MARKS[finding.severity]} {finding_text(finding)}{where}")
        shown = finding.places[:_SHOWN_PLACES]
        more = len(finding.places) - len(shown)
        places = ", ".join(f"{place.path}:{place.line}" for place in shown)
        lines.append(f"    {places}{f' and {more} more' if more else ''}")
        step = next_step(finding)
        if step:
            lines.append(f"    {step}")
    lines += places_lines(report.places)
    return "\n".join(lines) + "\n"


def audit_json(report: AuditReport) -> str:
    """Return the findings as JSON, one object for each."""
    return json.dumps(
        {
            "audit": 1,
            "targets": list(report.targets),
            "files": report.files,
            "files_left_out": report.left_out,
            "findings": [_finding(finding) for finding in report.findings],
            **places_data(report.places),
        },
        indent=2,
    )


def _finding(finding: AuditFinding) -> dict[str, object]:
    kinds_with_through = {FindingKind.THROUGH_ANOTHER, FindingKind.OTHER_GROUP}
    return {
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "subject": finding.subject,
        "text": finding_text(finding),
        "next_step": next_step(finding),
        "package": finding.package or None,
        "version": finding.version or None,
        "through": list(finding.through) if finding.kind in kinds_with_through else [],
        "caught": finding.is_caught,
        "late": finding.is_late,
        "doubtful": finding.is_doubtful,
        "targets": list(finding.targets),
        "places": [{"path": place.path, "line": place.line} for place in finding.places],
    }
