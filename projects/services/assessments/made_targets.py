"""Results of targets that are explained before all targets are resolved, maybe in another process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from projects.domain.assessment.explained_targets import explain_targets, releases_to_explain
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.resolved_target import ResolvedTarget
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.unseen_sdists import is_decided, unseen_in
from projects.services.assessments.read_index import IndexReader, read_files
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.targets.target import Target


class MadeTarget(Struct, frozen=True):
    """The result of a target with what it rests on.

    `missing` could not be had; `unseen` are the releases whose sdist decides a verdict, by key with the package's name;
    `names` the packages on which its judgements rest. `is_decided` says that it stays so until the index changes.
    """

    result: TargetResult
    missing: Missing
    unseen: Mapping[int, str]
    names: frozenset[str]
    is_decided: bool


MadeTargets = Mapping[Target, MadeTarget]


def make_targets(request: AssessmentRequest, reader: IndexReader, resolved: Iterable[ResolvedTarget]) -> MadeTargets:
    """Explain these targets. One query, for the files of the releases that are named."""
    found = list(resolved)
    explanations = WheelExplanations(read_files(releases_to_explain(found), as_of=reader.as_of))
    results = explain_targets(request, found, reader.snapshot, explanations)
    return {
        one.target: MadeTarget(
            result, one.missing, unseen_in([one], reader.snapshot), one.names, is_decided(one, reader.snapshot)
        )
        for one, result in zip(found, results, strict=True)
    }
