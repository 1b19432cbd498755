"""Packages that break in the set as written and run in that of the plan, beside what another package brings there."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace
from packaging.utils import NormalizedName

from projects.domain.assessment.judgement import Judgement
from projects.domain.assessment.verdicts import Verdict, judge_severity
from scanner.domain.evidence.known_breaks import BreaksInSet
from scanner.domain.resolution.model.plans import Plan


def judge_prevented(
    judgements: Mapping[NormalizedName, Judgement], breaks: BreaksInSet, plan: Plan | None
) -> dict[NormalizedName, Judgement]:
    """Return the judgements in which a package that runs by the plan, without a move of its own, is not blocked.

    It is shown as a break beside a partner is that the plan moves: what helps it is the upgrade of another package.
    """
    judged = dict(judgements)
    if plan is None or len(plan.resolutions) != 1:
        return judged
    (resolution,) = plan.resolutions
    blocking = {blocker.name for blocker in plan.blockers}
    for name, fact in breaks.found.items():
        one, pins = judged[name], resolution.pins
        reason = one.reason
        if name in blocking or pins.get(name) != one.version or reason is None or reason.known_break is None:
            continue
        preventing = next((other.name for other in fact.unless if other.is_in(pins)), None)
        if preventing is None or one.verdict not in {Verdict.BLOCKED, Verdict.UPGRADE}:
            continue
        dependents = (edge.dependent for edge in resolution.edges if edge.requirement.name == preventing)
        brought_by = next(filter(None, dependents), None)
        evidence = replace(
            reason.known_break,
            prevented_by=f"{preventing} {pins[preventing]}",
            brought_by=f"{brought_by} {pins[brought_by]}" if brought_by is not None and brought_by in pins else "",
        )
        severity = one.severity
        if one.verdict is Verdict.BLOCKED:
            severity = judge_severity(
                Verdict.UPGRADE, direct=one.provenance.direct, major_step=False, dependents_share=0.0
            )
        judged[name] = replace(
            one,
            verdict=Verdict.UPGRADE,
            severity=severity,
            reason=replace(reason, known_break=evidence),
            newest=None,
        )
    return judged
