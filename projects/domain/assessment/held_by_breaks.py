"""Packages whose newest choice is known to break, where an older release that the requirements admit runs."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace
from packaging.utils import NormalizedName

from projects.domain.assessment.index_snapshot import IndexSnapshot
from projects.domain.assessment.judgement import HeldBack, Judgement, break_evidence
from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.domain.assessment.verdicts import Verdict, judge_severity
from scanner.domain.evidence.known_breaks import BreaksInSet, KnownBreak
from scanner.domain.resolution.closure import Closure
from scanner.domain.resolution.newest_choice import BarredRelease


def older_packages(chosen: BreaksInSet, running: Closure) -> set[NormalizedName]:
    """Return the packages that are older in the set that runs than in the one that an installer chooses."""
    return {name for name, version in running.pins.items() if name in chosen.pins and version < chosen.pins[name]}


def judge_held_by_breaks(
    judgements: Mapping[NormalizedName, Judgement],
    chosen: BreaksInSet,
    running: Closure,
    snapshot: IndexSnapshot,
    column: int,
) -> dict[NormalizedName, Judgement]:
    """Return the judgements on the set that runs, with what keeps the set that an installer chooses from running.

    `chosen` is that set with its breaks. A package that breaks there, or beside which another one does, is held back
    where it is older in the set that runs, whatever its age: nothing but a cap makes an installer choose it. Where
    both are one set, nothing is.
    """
    older, judged = older_packages(chosen, running), dict(judgements)
    for name, fact in chosen.found.items():
        concerned = {name} if fact.partner is None else {name, fact.partner.name}
        # Where neither is older, another package leads to what prevents the break.
        for one in sorted(older & concerned or older):
            if judged[one].verdict.installs or judged[one].verdict is Verdict.HELD_BACK:
                judged[one] = _held(judged[one], fact, chosen, running, snapshot, column)
    return judged


def _held(
    judgement: Judgement,
    fact: KnownBreak,
    chosen: BreaksInSet,
    running: Closure,
    snapshot: IndexSnapshot,
    column: int,
) -> Judgement:
    name, at = judgement.name, running.pins[judgement.name]
    version = chosen.pins[name]
    release = snapshot.candidate(name, version)
    if release is None:
        return judgement
    evidence = break_evidence(fact, chosen)
    if name != fact.package:
        evidence = replace(evidence, partner=f"{fact.package} {chosen.pins[fact.package]}")
    return replace(
        judgement,
        version=version,
        release=release,
        availability=release.offers[column].availability,
        verdict=Verdict.HELD_BACK,
        severity=judge_severity(
            Verdict.HELD_BACK, direct=judgement.provenance.direct, major_step=False, dependents_share=0.0
        ),
        reason=PackageReason(ReasonKind.KNOWN_BREAK, known_break=replace(evidence, held_at=str(at))),
        held_back=HeldBack(at, (BarredRelease(name, version),), None),
    )
