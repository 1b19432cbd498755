"""From an assessment (design §10) to the report of one of its targets. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from projects.presentation.report.findings import categories, findings, headline, issues, moves
from projects.presentation.report.notes import (
    check_list,
    end_of_life,
    other_changes,
    platform_notes,
    removed_modules,
    todays_python,
    validity,
)
from projects.presentation.report.reachable import reachable_pythons
from projects.presentation.report.values import MigrationReport, PinnedFile, RewrittenRequirements
from scanner.domain.releases.python_changes import PythonVersion
from scanner.domain.targets.target import Target

SCHEMA = 1
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PinnedSet:
    """What was read for the planned set: its files, the releases' first uploads, the oldest answer of an index, and
    the releases that stand on an index which closes none after 14 days.
    """

    evidence: Sequence[PinnedFile] = ()
    latest: Sequence[tuple[str, str, datetime]] = ()
    checked_at: datetime | None = None
    unclosed: Sequence[tuple[str, str]] = ()


def planned_pins(entry: Mapping[str, Any]) -> dict[str, str]:
    """The set that the report rests on: the plan's, else the one in use."""
    if entry["plan"] and entry["plan"]["pins"]:
        return dict(entry["plan"]["pins"])
    return {row["name"]: row["version"] for row in entry["packages"] if row["version"] and row["verdict"] != "inactive"}


def build_report(
    document: Document,
    target: Target,
    *,
    project: str,
    now: datetime,
    proofs: PinnedSet,
    today: PythonVersion | None = None,
) -> MigrationReport:
    """The report of `target`, whose entry the document holds; its other entries on the platform make the ladder.

    `today` is the Python in use, by default what the files hint at. Plans should be written
    (projects.domain.rewriting.written_plan), else the new requirements are left out.
    """
    entry = next(entry for entry in document["assessments"] if entry["target"] == target.slug)
    today = today or todays_python(document.get("hints", ()))
    removed = removed_modules(today, target)
    plan = entry["plan"]
    return MigrationReport(
        schema=SCHEMA,
        project=project,
        target=target.slug,
        target_label=target.label,
        verdict=entry["verdict"],
        headline=headline(entry, target.label),
        generated_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        index=document["index"]["url"],
        extra_indexes=tuple(document["index"].get("extra_urls", ())),
        sources=tuple(f"{source['path']} ({source['format']})" for source in document["sources"]),
        findings=(*findings(entry), *(one["message"] for one in document["index"].get("confusions", ()))),
        moves=moves(entry),
        added=tuple(f"{name} {plan['pins'][name]}" for name in plan["added"] if name in plan["pins"]) if plan else (),
        no_path=plan["reason"] or "" if plan and not plan["feasible"] else "",
        issues=issues(entry),
        categories=categories(entry),
        ladder=reachable_pythons(document["assessments"], now.date(), target)[target.platform.slug],
        today=f"{today[0]}.{today[1]}" if today else "",
        removed=removed,
        changes=other_changes(today, target),
        end_of_life=end_of_life(target, now),
        platform_notes=platform_notes(entry, target),
        written=_written(plan),
        checks=check_list(entry, target, now, proofs.evidence, removed),
        evidence=tuple(proofs.evidence),
        valid=validity(entry, now, proofs.checked_at, proofs.latest, proofs.unclosed),
        problems=tuple(
            f"{problem['path']}:{problem['line'] or 1}: {problem['message']}" for problem in document["problems"]
        ),
    )


def _written(plan: Mapping[str, Any] | None) -> RewrittenRequirements | None:
    if plan is None or plan.get("patch") is None:
        return None
    return RewrittenRequirements(
        text=plan["requirements"] or "",
        patch=plan["patch"],
        constraints=plan["constraints"],
        pip=plan["pip"],
        uv=plan["uv"],
        commands=tuple(plan["commands"]),
        problems=tuple(problem["message"] for problem in plan["rewriting_problems"]),
    )
