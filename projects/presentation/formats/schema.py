"""The machine-readable assessment, schema 1 (design §10): the one serializer of command, API and exports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from projects.domain.assessment.evaluate import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.dependency_files import ParsedFiles, to_data
from scanner.domain.resolution.model.plans import Plan
from scanner.domain.resolution.upgrade import Strategy

SCHEMA = 1


def document(
    parsed: ParsedFiles,
    answers: Iterable[TargetResult],
    *,
    index_url: str,
    now: datetime,
    strategy: Strategy,
    bridge: Plan | None = None,
    extra_urls: Sequence[str] = (),
    confusions: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The whole answer as JSON values. The addresses must carry no credentials.

    `requirements` of plans is None: projects.domain.rewriting.written fills it in where the files are at hand.
    """
    return document_of(
        parsed,
        [answer_document(answer, strategy) for answer in answers],
        index_url=index_url,
        now=now,
        bridge=_bridge(bridge, strategy) if bridge is not None else None,
        extra_urls=extra_urls,
        confusions=confusions,
    )


def document_of(
    parsed: ParsedFiles,
    entries: Sequence[Mapping[str, Any]],
    *,
    index_url: str,
    now: datetime,
    bridge: Mapping[str, Any] | None = None,
    extra_urls: Sequence[str] = (),
    confusions: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The whole from entries of `assessments` at hand: an answer just found, or a stored one. `now` is aware.

    Of indexes beside the primary one "index" tells the addresses, and the names that stand on several of them.
    """
    return {
        "schema": SCHEMA,
        "generated_at": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "index": {"url": index_url, **_extra(extra_urls, confusions)},
        **to_data(parsed),
        "assessments": list(entries),
        "bridge": bridge,
    }


def _extra(extra_urls: Sequence[str], confusions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"extra_urls": list(extra_urls), "confusions": list(confusions)} if extra_urls else {}


def answer_document(answer: TargetResult, strategy: Strategy) -> dict[str, Any]:
    """One entry of `assessments`."""
    return target_document(
        answer.target.slug,
        answer.verdict.value,
        blockers=answer.blockers,
        conflict=answer.conflict,
        packages=answer.packages,
        plan=UpgradePlan.of(answer.plan, strategy).to_json() if answer.plan is not None else None,
    )


def target_document(
    target: str,
    verdict: str,
    *,
    blockers: Sequence[str],
    conflict: str | None,
    packages: Sequence[dict[str, Any]],
    plan: dict[str, Any] | None,
) -> dict[str, Any]:
    """One entry of `assessments` from its parts, for an answer at hand and for a stored one."""
    return {
        "target": target,
        "verdict": verdict,
        "blockers": list(blockers),
        "conflict": conflict or None,
        "packages": list(packages),
        "plan": plan,
    }


def _bridge(bridge: Plan, strategy: Strategy) -> dict[str, Any]:
    return {"targets": [target.slug for target in bridge.targets], **UpgradePlan.of(bridge, strategy).to_json()}
