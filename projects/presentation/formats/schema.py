"""The machine-readable assessment, schema 1 (docs/schema.md): the one serializer of command, API and exports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.dependency_files import ParsedFiles, to_data
from projects.presentation.sentences import (
    advise,
    describe_flags,
    describe_reason,
    describe_text,
    expected_error,
    short_text,
)
from scanner.domain.targets.target import Target

SCHEMA = 1


def assessment_document(
    parsed: ParsedFiles,
    results: Iterable[TargetResult],
    *,
    index_url: str,
    now: datetime,
    bridge: UpgradePlan | None = None,
    bridge_targets: Sequence[Target] = (),
    extra_urls: Sequence[str] = (),
    confusions: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return the whole assessment as JSON values. `now` is aware; the URLs must carry no credentials.

    `requirements` of plans is None: projects.domain.rewriting.written fills it in where the files are at hand. Where
    there are other indexes beside the primary one, "index" has their URLs and the names that several of them have.
    """
    extra = {"extra_urls": list(extra_urls), "confusions": list(confusions)} if extra_urls else {}
    return {
        "schema": SCHEMA,
        "generated_at": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "index": {"url": index_url, **extra},
        **to_data(parsed),
        "assessments": [target_document(result) for result in results],
        "bridge": (
            {"targets": [target.slug for target in bridge_targets], **bridge.to_json()} if bridge is not None else None
        ),
    }


def target_document(result: TargetResult) -> dict[str, Any]:
    """Return one entry of `assessments`."""
    return {
        "target": result.target,
        "verdict": result.verdict.value,
        "blockers": list(result.blockers),
        "conflict": result.conflict or None,
        "packages": [package_document(package, result.target) for package in result.packages],
        "plan": result.plan.to_json() if result.plan is not None else None,
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
        "flags": list(describe_flags(package, target)),
    }
