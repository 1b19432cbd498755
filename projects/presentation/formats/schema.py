"""The machine-readable assessment, schema 1 (docs/schema.md): the one serializer of command, API and exports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.record import AssessmentRecord
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.dependency_files import to_data
from projects.domain.rewriting.written_plan import WrittenPlan
from projects.presentation.advice import advise, list_build_tools
from projects.presentation.formats.wheels import wheel_documents
from projects.presentation.reason_clauses import describe_text, short_text
from projects.presentation.sentences import (
    blocked_causes,
    describe_flags,
    describe_no_path,
    describe_reason,
    expected_error,
)
from projects.presentation.unknown_reason import unknown_reason
from scanner.domain.resolution.explain.conflict import ConflictExplanation
from scanner.domain.resolution.explain.conflict_text import conflict_text, line_text, relaxation_text
from scanner.domain.resolution.explain.sentences import plan_reason_text

SCHEMA = 1


def assessment_document(record: AssessmentRecord) -> dict[str, Any]:
    """Return the whole assessment as JSON values.

    Where there are other indexes beside the primary one, "index" has their URLs and the names that several of them
    have.
    """
    extra = {"extra_urls": list(record.extra_urls), "confusions": list(record.confusions)} if record.extra_urls else {}
    bridge = record.bridge
    return {
        "schema": SCHEMA,
        "generated_at": record.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "index": {"url": record.index_url, **extra},
        **to_data(record.parsed),
        "assessments": [target_document(result, record.written.get(result.target)) for result in record.results],
        "bridge": (
            {"targets": list(record.bridge_targets), **plan_document(bridge, record.written_bridge)} if bridge else None
        ),
        "wheels": wheel_documents(record.wheels),
    }


def target_document(result: TargetResult, written: WrittenPlan | None = None) -> dict[str, Any]:
    """Return one entry of `assessments`; `written` is its plan, written into the files."""
    return {
        "target": result.target,
        "verdict": result.verdict.value,
        "reason": unknown_reason(result) if result.verdict is ProjectVerdict.UNKNOWN else None,
        "blockers": list(result.blockers),
        "conflict": conflict_text(result.conflict) if result.conflict is not None else None,
        **conflict_document(result.conflict),
        "packages": [package_document(package, result.target) for package in result.packages],
        "plan": plan_document(result.plan, written, blocked_causes(result)) if result.plan is not None else None,
    }


def conflict_document(conflict: ConflictExplanation | None) -> dict[str, Any]:
    """Return the facts of a conflict and the ways out of it; both are empty where there is none."""
    return {
        "conflict_lines": [
            {**line.to_json(), "text": line_text(line)} for line in (conflict.lines if conflict is not None else ())
        ],
        "relaxations": [
            {**one.to_json(), "text": relaxation_text(one)}
            for one in (conflict.relaxations if conflict is not None else ())
        ],
    }


def plan_document(
    plan: UpgradePlan, written: WrittenPlan | None, causes: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return a `plan`: the stored one with sentences in place of data, and with what is written into the files.

    `causes` says why packages are blocked, by name, as their rows do.
    """
    known = causes or {}
    data = plan.to_json()
    changes, blockers = zip(data["changes"], plan.changes, strict=True), zip(data["stuck"], plan.blockers, strict=True)
    return {
        **data,
        "conflict": conflict_text(plan.conflict) if plan.conflict is not None else None,
        "reason": describe_no_path(plan, known),
        "changes": [{**one, "why": plan_reason_text(change.reason)} for one, change in changes],
        "stuck": [
            {**one, "reason": known.get(blocker.name) or plan_reason_text(blocker.reason)} for one, blocker in blockers
        ],
        **(written.to_json() if written is not None else {"requirements": None}),
    }


def package_document(package: PackageResult, target: str) -> dict[str, Any]:
    """Return one entry of `packages`: the stored row with sentences in place of data."""
    row = package.to_json()
    newest = package.newest_mismatch
    status = row.pop("status")
    del row["open"]
    row["reason"] = describe_reason(package)
    if newest is not None:
        row["newest"] = {
            "version": newest.version,
            "reason": describe_text(newest.reason),
            "cause": short_text(newest.reason),
        }
    return {
        **row,
        "advice": advise(package, target),
        "error": expected_error(package),
        "status": status,
        "build_tools": list(list_build_tools(package, target)),
        "flags": list(describe_flags(package, target)),
    }
