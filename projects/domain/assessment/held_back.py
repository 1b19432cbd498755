"""Packages that the newest choice of release would not install: held back to an old one, or blocked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace
from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.index_snapshot import IndexSnapshot
from projects.domain.assessment.judgement import HeldBack, Judgement, judge_version
from projects.domain.assessment.missing_extras import MissingExtras
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.verdicts import Verdict, judge_severity
from scanner.domain.files.builds import UNSEEN, build_kind
from scanner.domain.matching.availability import Availability
from scanner.domain.resolution.closure import Closure
from scanner.domain.resolution.explain.plan_reason import PlanReason, PlanReasonKind
from scanner.domain.resolution.loosen import step_between
from scanner.domain.resolution.model.plans import Blocker, Plan, VersionChange
from scanner.domain.resolution.newest_choice import NewestChoice, is_long_before
from scanner.domain.targets.target import Target

# A release that is so much older than the newest one that the requirements admit counts as going back.
GOING_BACK = timedelta(days=365)


class PresentChoices(Struct, frozen=True):
    """The versions chosen on the target on which a project runs now; `choices` are those that are newer than here."""

    target: Target
    versions: Mapping[NormalizedName, Version]
    choices: Mapping[NormalizedName, NewestChoice]


def present_versions(closure: Closure | None) -> Mapping[NormalizedName, Version]:
    """Return the versions that are chosen on the present target; none where no set is found there."""
    if closure is None or closure.limit is not None or closure.conflict is not None:
        return {}
    return {name: version for name, version in closure.pins.items() if name not in closure.blockers}


def judge_at_newest(
    judgements: Mapping[NormalizedName, Judgement],
    choices: Mapping[NormalizedName, NewestChoice],
    present: PresentChoices | None,
    lacking: MissingExtras,
    request: AssessmentRequest,
    snapshot: IndexSnapshot,
    column: int,
) -> dict[NormalizedName, Judgement]:
    """Return the judgements with each package at the version that its newest choice has.

    A package that installs only by an older release than on the present target is held back, or else by a much older
    one than the newest; if that one lacks a requested extra, nothing meets the request. A package that does not install
    is shown at its newest release, whichever the search stopped at.
    """
    return {
        name: judgement
        if name not in choices
        else _at_newest(judgement, choices[name], present, lacking.get(name, ()), request, snapshot, column)
        for name, judgement in judgements.items()
    }


def _at_newest(
    judgement: Judgement,
    choice: NewestChoice,
    present: PresentChoices | None,
    lacking: tuple[NormalizedName, ...],
    request: AssessmentRequest,
    snapshot: IndexSnapshot,
    column: int,
) -> Judgement:
    package = snapshot.packages[judgement.name]
    version = judgement.version
    is_chosen_now = judgement.verdict.installs and not lacking
    baseline = present if is_chosen_now and present is not None and judgement.name in present.versions else None
    if baseline is not None:
        if judgement.name not in baseline.choices:
            return judgement
        choice = baseline.choices[judgement.name]
    newest = package.candidate(choice.version)
    if newest is None or version is None or not choice.barred_by:
        return judgement
    if not judgement.verdict.installs:
        if choice.barred_by[-1].name != judgement.name:
            return judgement
        again = judge_version(judgement.name, choice.version, judgement.provenance, package, column, request.policy)
        return replace(again, severity=max(again.severity, judgement.severity, key=list(type(again.severity)).index))
    is_old = baseline is not None or is_long_before(package.versions, version, choice.version, GOING_BACK)
    if not lacking and not is_old:
        return judgement
    offer = newest.offers[column]
    is_open = offer.availability is Availability.SOURCE and build_kind(newest.build) == UNSEEN
    # A look into its sdist is still to decide whether the newest release installs.
    is_unseen = is_open and choice.barred_by[-1].name == judgement.name
    verdict = Verdict.UNKNOWN if is_unseen else Verdict.BLOCKED if lacking else Verdict.HELD_BACK
    bar = choice.barred_by[-1]
    return replace(
        judgement,
        version=choice.version,
        release=newest,
        availability=offer.availability,
        verdict=verdict,
        severity=judge_severity(verdict, direct=judgement.provenance.direct, major_step=False, dependents_share=0.0),
        held_back=HeldBack(
            version,
            choice.barred_by,
            snapshot.candidate(bar.name, bar.version),
            lacking,
            baseline.target if baseline is not None else None,
        ),
    )


def plan_of_held_back(
    found: Closure, judgements: Iterable[Judgement], direct: frozenset[NormalizedName], target: Target
) -> Plan | None:
    """Return the plan that caps what is held back at the versions that install; None where nothing is."""
    changes, blockers = [], []
    for judgement in judgements:
        held = judgement.held_back
        if held is None or judgement.verdict is Verdict.UNKNOWN or judgement.version is None:
            continue
        bar = held.through[-1]
        reason = PlanReason(
            PlanReasonKind.HELD_BACK, name=judgement.name, version=str(judgement.version), required=str(bar)
        )
        if held.lacking:
            targets = (target.slug,)
            blocked = PlanReason(PlanReasonKind.NO_ADMITTED_VERSION, name=judgement.name, targets=targets)
            blockers.append(Blocker(judgement.name, blocked))
            continue
        step = step_between(held.version, judgement.version)
        is_direct = judgement.name in direct
        changes.append(VersionChange(judgement.name, judgement.version, held.version, is_direct, step, reason))
    if not changes and not blockers:
        return None
    ordered = tuple(sorted(changes, key=lambda change: not change.direct))
    if not blockers:
        return Plan((target,), feasible=True, changes=ordered, pins=found.pins)
    names = {blocker.name for blocker in blockers}
    reason = PlanReason(PlanReasonKind.BLOCKED, parts=tuple(blocker.reason for blocker in blockers))
    pins = {name: version for name, version in found.pins.items() if name not in names}
    return Plan((target,), feasible=False, changes=ordered, pins=pins, blockers=tuple(blockers), reason=reason)
