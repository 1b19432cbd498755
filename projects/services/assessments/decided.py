"""The targets that an earlier job of an assessment has decided, so that the next one does not search them again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.target_result import TargetResult
from projects.models import Assessment, AssessmentState, ConsultedPackage, Snapshot, TargetAssessment
from projects.services.assessments.evaluate import Evaluation
from projects.services.indexes import own_keys
from scanner.domain.evidence.known_breaks import NO_KNOWN_BREAKS, KnownBreaks
from scanner.selectors.candidates import changed_packages
from scanner.selectors.known_breaks import recorded_breaks
from scanner.services.index_sets import IndexSet

# Of a question, not of a moment.
_NO_TIME = datetime.min.replace(tzinfo=UTC)
_MARK = 16


def question_digest(request: AssessmentRequest) -> str:
    """Return a digest of everything that a request asks, but not of when. It ends with `facts_mark`."""
    asked = replace(request, now=_NO_TIME, stopwatch=None, targets=(), known_breaks=NO_KNOWN_BREAKS)
    digest = hashlib.sha256(repr([_ordered(asked), _digest_of(request.known_breaks)]).encode()).hexdigest()
    mark = facts_mark()
    return f"{digest[: -len(mark)]}{mark}"


def facts_mark() -> str:
    """Return a digest of the recorded known breaks. An assessment whose question ends otherwise rests on others."""
    return _digest_of(recorded_breaks())[:_MARK]


@lru_cache(maxsize=8)
def _digest_of(known_breaks: KnownBreaks) -> str:
    # They are many, and the same for every question.
    return hashlib.sha256(repr(_ordered(known_breaks)).encode()).hexdigest()


def _ordered(value: object) -> object:
    """Return a value whose text is the same in every process: sets have no order."""
    if isinstance(value, Struct):
        return [type(value).__name__, *(_ordered(getattr(value, name)) for name in value.__struct_fields__)]
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *(_ordered(getattr(value, field.name)) for field in fields(value))]
    if isinstance(value, Mapping):
        return sorted((repr(_ordered(key)), repr(_ordered(one))) for key, one in value.items())
    if isinstance(value, set | frozenset):
        return sorted(repr(_ordered(one)) for one in value)
    if isinstance(value, list | tuple):
        return [_ordered(one) for one in value]
    return value


def last_assessment(snapshot: Snapshot) -> Assessment | None:
    """Return the snapshot's newest assessment. Only its state, question, indexes and time are read."""
    found = Assessment.objects.filter(snapshot=snapshot).newest_first()
    return found.only("state", "question", "index_ids", "confirmed_at").first()


def answers(last: Assessment | None, question: str, request: AssessmentRequest) -> bool:
    """Return whether an assessment, as far as the index was known, answers this request. One query if it may."""
    if last is None or last.state != AssessmentState.COMPLETE or last.question != question:
        return False
    answered = last.targets.values_list("target", flat=True)
    return set(answered) == {target.slug for target in request.targets}


def decided_targets(
    last: Assessment | None, snapshot: Snapshot, request: AssessmentRequest, question: str, indexes: IndexSet
) -> dict[str, TargetResult]:
    """Return by slug what the snapshot's last assessment, a partial one, has decided and no later poll has changed.

    `question` is the digest of the request.
    """
    if last is None or last.state != AssessmentState.PARTIAL or last.question != question:
        return {}
    if last.index_ids != own_keys(indexes):
        return {}
    wanted = [target.slug for target in request.targets]
    rows = TargetAssessment.objects.filter(assessment=last, is_decided=True, target__in=wanted)
    results = [row.to_result() for row in rows]
    names = {package.name for result in results for package in result.packages}
    consulted = consulted_names(snapshot)
    changed = changed_packages(indexes.keys, names | consulted, last.confirmed_at)
    if not changed.isdisjoint(consulted - names):
        # Any target may have rejected it.
        return {}
    if changed and request.present is not None:
        # What is chosen there now may differ, and with it what is held back elsewhere.
        return {}
    return {
        result.target: result for result in results if not any(package.name in changed for package in result.packages)
    }


def consulted_names(snapshot: Snapshot) -> frozenset[str]:
    """Return the packages outside its results that were read for the project's newest assessment."""
    rows = ConsultedPackage.objects.filter(project=snapshot.project_id)
    return frozenset(rows.values_list("package__name", flat=True))


def with_decided(found: Evaluation, decided: Mapping[str, TargetResult], request: AssessmentRequest) -> Evaluation:
    """Return the evaluation of the other targets together with those that were decided before."""
    made = {**decided, **{one.target: one for one in found.targets}}
    names = {package.name for result in decided.values() for package in result.packages} - request.foreign
    targets = [made[target.slug] for target in request.targets]
    return replace(found, targets=targets, names=found.names | names)
