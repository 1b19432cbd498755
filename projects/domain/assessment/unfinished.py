"""What is certain about a target whose search is still waiting for the index: the requirements that pin a version."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from enum import IntEnum

from packaging.utils import NormalizedName
from packaging.version import InvalidVersion, Version

from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.explanation import explain_all
from projects.domain.assessment.index_snapshot import IndexSnapshot
from projects.domain.assessment.judgement import Judgement, judge_version
from projects.domain.assessment.provenance import Provenance
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.root_requirements import root_requirements_of
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.domain.assessment.waived_judgements import waive_judgements
from projects.domain.dependency_files.values import ParsedRequirement, RequirementOrigin
from scanner.domain.resolution.model.markers import MarkerMemo
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.model.versions import Candidate
from scanner.domain.targets.target import Target

Judgements = dict[Target, dict[NormalizedName, Judgement]]


class Certainty(IntEnum):
    """What of an assessment is certain while its searches wait: nothing, a pinned version, a whole target."""

    NOTHING = 0
    PIN = 1
    TARGET = 2


def certainty_of(request: AssessmentRequest, snapshot: IndexSnapshot, finished: Sized) -> Certainty:
    """Return how much is certain, given the targets whose search has finished."""
    if finished:
        return Certainty.TARGET
    lines = [(requirement, line) for requirement, line in _root_lines(request) if _is_answered(line, snapshot)]
    for target in request.targets if lines else ():
        judged = _judge_lines(lines, request, snapshot, target)
        if any(one.verdict not in (Verdict.UNKNOWN, Verdict.INACTIVE) for one in judged.values()):
            return Certainty.PIN
    return Certainty.NOTHING


def judge_unfinished(request: AssessmentRequest, snapshot: IndexSnapshot, targets: Iterable[Target]) -> Judgements:
    """Judge each requirement that applies on these targets; those that pin no version are not known yet.

    The verdict on a pinned version does not depend on the rest of the search, so its verdict stays.
    """
    lines = _root_lines(request)
    return {
        target: waive_judgements(_judge_lines(lines, request, snapshot, target), target.slug, request.waivers)
        for target in targets
    }


def _root_lines(request: AssessmentRequest) -> list[tuple[Requirement, ParsedRequirement]]:
    """Return the requirements of the index, each with its line.

    Several lines may name one package, each with its own marker: a line is judged where it is the one that applies.
    """
    whole = root_requirements_of(request.requirements, request.limits)
    roots = frozenset((*whole.requirements, *whole.included))
    return [
        (requirement, line)
        for line in request.requirements
        if not line.constraint and not line.override and line.origin is RequirementOrigin.INDEX
        for requirement in _roots_of(line, request)
        if requirement in roots
    ]


def _is_answered(line: ParsedRequirement, snapshot: IndexSnapshot) -> bool:
    package = snapshot.packages.get(line.name) if line.pinned else None
    return package is not None and package.answered


def _judge_lines(
    lines: Iterable[tuple[Requirement, ParsedRequirement]],
    request: AssessmentRequest,
    snapshot: IndexSnapshot,
    target: Target,
) -> dict[NormalizedName, Judgement]:
    markers, column = MarkerMemo(target), snapshot.column(target)
    return {
        requirement.name: _judge(line, request, snapshot, column)
        for requirement, line in lines
        if markers.holds(requirement, "")
    }


def _roots_of(line: ParsedRequirement, request: AssessmentRequest) -> tuple[Requirement, ...]:
    own = root_requirements_of([line], request.limits)
    return (*own.requirements, *own.included)


def _judge(one: ParsedRequirement, request: AssessmentRequest, snapshot: IndexSnapshot, column: int) -> Judgement:
    provenance = Provenance(one.direct, one.specifier, one.source, one.line)
    version = _version(one.pinned)
    package = snapshot.packages.get(one.name) if version is not None else None
    return judge_version(one.name, version, provenance, package, column, request.policy)


def _version(text: str | None) -> Version | None:
    try:
        return Version(text) if text else None
    except InvalidVersion:
        return None


def releases_of(judgements: Judgements) -> list[Candidate]:
    """Return the releases whose files must be read before `explain_unfinished`."""
    return [release for by_name in judgements.values() for one in by_name.values() for release in one.releases]


def explain_unfinished(
    request: AssessmentRequest, judgements: Judgements, snapshot: IndexSnapshot, explanations: WheelExplanations
) -> list[TargetResult]:
    """Return the result of each target: its verdict is unknown, the packages are those that are certain."""
    return [
        TargetResult(
            target=target.slug,
            verdict=ProjectVerdict.UNKNOWN,
            packages=explain_all(by_name, target, snapshot, explanations, request.now),
        )
        for target, by_name in judgements.items()
    ]
