"""The machine-readable assessment, schema 1 (design §10): the one serializer of command, API and exports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from projects.domain.assessing import TargetAnswer
from projects.domain.intake.values import Intake

SCHEMA = 1


def document(intake: Intake, answers: Iterable[TargetAnswer], *, index_url: str, now: datetime) -> dict[str, Any]:
    """The whole answer as JSON values. `index_url` must carry no credentials."""
    return {
        "schema": SCHEMA,
        "generated_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "index": {"url": index_url},
        **intake_document(intake),
        "assessments": [answer_document(answer) for answer in answers],
        "bridge": None,
    }


def intake_document(intake: Intake) -> dict[str, Any]:
    """What was read from the files: sources, problems and requirements."""
    return {
        "sources": [
            {"path": source.path, "format": source.format.value, "sha256": source.sha256} for source in intake.sources
        ],
        "problems": [
            {"path": problem.path, "line": problem.line, "text": problem.text, "message": problem.message}
            for problem in intake.problems
        ],
        "requirements": [
            {
                "name": requirement.name,
                "specifier": requirement.specifier,
                "extras": list(requirement.extras),
                "marker": requirement.marker,
                "source": requirement.source,
                "line": requirement.line,
            }
            for requirement in intake.requirements
        ],
    }


def answer_document(answer: TargetAnswer) -> dict[str, Any]:
    """One entry of `assessments`."""
    return target_document(
        answer.target.slug, answer.verdict.value, answer.blockers, answer.conflict, answer.packages, answer.plan
    )


def target_document(
    target: str,
    verdict: str,
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
