"""Releases that stay in use once the project lists the hashes of their files again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from packaging.utils import NormalizedName

from projects.domain.assessment.judgement import Judgement
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.verdicts import Verdict
from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.rewriting.limit_changes import LimitChange
from scanner.domain.resolution.model.plans import Plan

_LACKING = {Verdict.UPGRADE, Verdict.BLOCKED, Verdict.UNKNOWN}


def renewed_files(
    request: AssessmentRequest, judgements: Mapping[NormalizedName, Judgement], plan: Plan | None
) -> Iterator[LimitChange]:
    """Yield the lists of hashes that leave out the file which the plan installs."""
    pins = plan.pins if plan is not None and plan.feasible and plan.pins is not None else {}
    for name, judgement in judgements.items():
        release = judgement.release
        is_kept = release is not None and pins.get(name) == release.version and bool(release.renewed_offers)
        if is_kept and judgement.verdict in _LACKING:
            places = {(one.source, one.line): None for one in request.requirements if one.name == name and one.hashes}
            for source, line in places:
                yield LimitChange(LimitKind.LISTED_FILES, source, line, str(pins[name]), package=name)
