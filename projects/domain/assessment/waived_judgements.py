"""The verdicts on packages for which a team decided something else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace
from packaging.utils import NormalizedName

from projects.domain.assessment.judgement import Judgement
from projects.domain.assessment.verdicts import Severity, Verdict
from projects.domain.assessment.waivers import Waiver, WaiverKind


def waive_judgements(
    judgements: Mapping[NormalizedName, Judgement], target: str, waivers: Iterable[Waiver]
) -> dict[NormalizedName, Judgement]:
    """Return the judgements with the waivers that matter on a target.

    A package that installs as it is is not ignored, nor is one that the index was not asked for yet.
    """
    made = dict(judgements)
    for waiver in waivers:
        one = made.get(waiver.name)
        if one is None or not waiver.concerns(target) or one.verdict is Verdict.INACTIVE:
            continue
        if waiver.kind is WaiverKind.ACCEPT_BUILD:
            if one.is_accepted_build:
                made[waiver.name] = replace(one, waiver=waiver)
        elif not one.verdict.installs and not one.is_pending:
            made[waiver.name] = replace(one, verdict=Verdict.IGNORED, severity=Severity.LOW, waiver=waiver)
    return made
