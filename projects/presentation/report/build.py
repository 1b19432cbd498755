"""The report of one target, from an assessment."""

from __future__ import annotations

from datetime import datetime

from projects.domain.assessment.record import AssessmentRecord
from projects.domain.current_runtime import find_current_runtime
from projects.domain.received_proof import DatedProof
from projects.domain.report.planned_set import PlannedSet
from projects.domain.rewriting.written_plan import WrittenPlan
from projects.presentation.report.checklist import checklist, validity
from projects.presentation.report.findings import categories, findings, issues
from projects.presentation.report.headline import headline
from projects.presentation.report.platform_notes import (
    dotted,
    end_of_life,
    platform_notes,
    python_changes,
    removed_modules,
)
from projects.presentation.report.reachable import reachable_pythons
from projects.presentation.report.target import report_targets
from projects.presentation.report.values import MigrationReport, ReportedChange, RewrittenRequirements
from projects.presentation.sentences import blocked_causes, describe_no_path
from scanner.domain.releases.python_changes import PythonVersion
from scanner.domain.resolution.explain.sentences import plan_cause_text
from scanner.domain.resolution.model.plans import VersionChange
from scanner.domain.targets.target import Target

SCHEMA = 1


def build_report(
    record: AssessmentRecord,
    target: Target,
    *,
    project: str,
    now: datetime,
    planned: PlannedSet,
    current: PythonVersion | None = None,
    proof: DatedProof | None = None,
) -> MigrationReport:
    """Return the report of `target`, which is one of the record's.

    The record's other targets on the same platform are the Pythons that it compares with. `current` is the Python in
    use, by default the one that the files name; `proof` is the last one of the target. Without written plans the new
    requirements are left out.
    """
    entries = report_targets(record)
    entry = next(entry for entry in entries if entry.target == target)
    plan, parsed = entry.plan, record.parsed
    runtime = find_current_runtime(parsed.hints)
    current = current or (runtime.pythons[0].version if runtime is not None else None)
    removed = removed_modules(current, target)
    return MigrationReport(
        schema=SCHEMA,
        project=project,
        target=target.slug,
        target_label=target.label,
        verdict=entry.result.verdict.value,
        headline=headline(entry),
        generated_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        index=record.index_url,
        extra_indexes=tuple(record.extra_urls),
        sources=tuple(_source_text(source.path, source.format.value) for source in parsed.sources),
        findings=(*findings(entry), *(one["message"] for one in record.confusions)),
        moves=tuple(map(_change, plan.changes)),
        added=tuple(f"{name} {plan.pins[name]}" for name in plan.added if name in plan.pins),
        dropped=tuple(plan.dropped),
        no_path="" if plan.feasible else describe_no_path(plan, blocked_causes(entry.result), _omit_target) or "",
        issues=issues(entry),
        categories=categories(entry),
        ladder=reachable_pythons(entries, now.date(), target),
        today=dotted(current) if current else "",
        removed=removed,
        changes=python_changes(current, target),
        end_of_life=end_of_life(target, now),
        platform_notes=tuple(platform_notes(entry)),
        written=_requirements(entry.written) if entry.written else None,
        checks=tuple(checklist(entry, now, planned, removed, proof)),
        evidence=tuple(planned.files),
        valid=tuple(validity(entry, now, planned)),
        problems=tuple(f"{problem.path}:{problem.line or 1}: {problem.message}" for problem in parsed.problems),
    )


def _change(change: VersionChange) -> ReportedChange:
    return ReportedChange(
        name=change.name,
        before=str(change.before),
        after=str(change.after),
        size=change.size.value,
        direct=change.direct,
        why=plan_cause_text(change.reason, _omit_target),
    )


def _omit_target(slug: str) -> str:
    """Leave out the target: the report is about one."""
    return ""


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


def _source_text(path: str, kind: str) -> str:
    """Return the name of a file, with its format where the name does not say it."""
    return path if path.rpartition("/")[2] == kind else f"{path} ({kind})"
