"""The report of one target, from an assessment document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from projects.domain.current_runtime import find_current_runtime
from projects.domain.dependency_files.values import RuntimeHint
from projects.domain.report.planned_set import PlannedSet
from projects.domain.rewriting.written_plan import WrittenPlan
from projects.presentation.report.checklist import checklist, validity
from projects.presentation.report.findings import categories, findings, headline, issues
from projects.presentation.report.platform_notes import (
    dotted,
    end_of_life,
    platform_notes,
    python_changes,
    removed_modules,
)
from projects.presentation.report.reachable import reachable_pythons
from projects.presentation.report.target import ReportTarget
from projects.presentation.report.values import MigrationReport, ReportedChange, RewrittenRequirements
from scanner.domain.releases.python_changes import PythonVersion
from scanner.domain.targets.target import Target

SCHEMA = 1


def build_report(
    document: Mapping[str, Any],
    target: Target,
    *,
    project: str,
    now: datetime,
    planned: PlannedSet,
    current: PythonVersion | None = None,
) -> MigrationReport:
    """Return the report of `target`, which the document contains (docs/schema.md).

    The document's other targets on the same platform are the Pythons that it compares with. `current` is the Python in
    use, by default the one that the files name. Without written plans the new requirements are left out.
    """
    entries = [ReportTarget.from_entry(entry) for entry in document["assessments"]]
    entry = next(entry for entry in entries if entry.target == target)
    index, plan = document["index"], entry.plan
    current = current or _current_python(document)
    removed = removed_modules(current, target)
    return MigrationReport(
        schema=SCHEMA,
        project=project,
        target=target.slug,
        target_label=target.label,
        verdict=entry.verdict.value,
        headline=headline(entry),
        generated_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        index=index["url"],
        extra_indexes=tuple(index.get("extra_urls", ())),
        sources=tuple(f"{source['path']} ({source['format']})" for source in document["sources"]),
        findings=(*findings(entry), *(one["message"] for one in index.get("confusions", ()))),
        moves=tuple(ReportedChange(**asdict(change)) for change in plan.changes),
        added=tuple(f"{name} {plan.pins[name]}" for name in plan.added if name in plan.pins),
        no_path=plan.reason if not plan.feasible else "",
        issues=issues(entry),
        categories=categories(entry),
        ladder=reachable_pythons(entries, now.date(), target),
        today=dotted(current) if current else "",
        removed=removed,
        changes=python_changes(current, target),
        end_of_life=end_of_life(target, now),
        platform_notes=tuple(platform_notes(entry)),
        written=_requirements(entry.written) if entry.written else None,
        checks=tuple(checklist(entry, now, planned, removed)),
        evidence=tuple(planned.files),
        valid=tuple(validity(entry, now, planned)),
        problems=tuple(
            f"{problem['path']}:{problem['line'] or 1}: {problem['message']}" for problem in document["problems"]
        ),
    )


def _current_python(document: Mapping[str, Any]) -> PythonVersion | None:
    runtime = find_current_runtime([RuntimeHint(**hint) for hint in document.get("hints", ())])
    return runtime.pythons[0].version if runtime is not None else None


def _requirements(written: WrittenPlan) -> RewrittenRequirements:
    return RewrittenRequirements(
        text=written.requirements or "",
        patch=written.patch,
        constraints=written.constraints,
        pip=written.pip,
        uv=written.uv,
        commands=written.commands,
        problems=tuple(problem.message for problem in written.problems),
    )
