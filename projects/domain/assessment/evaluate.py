"""Verdicts of a set of requirements over targets, from what is known of the index. Pure: no database, no clock.

Two steps, because the proofs need files that are worth reading only for the releases that rows name: `resolve_targets`
finds closures, standings and plans, `explain_targets` writes the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from packaging.utils import NormalizedName

from projects.domain.assessment.explanations import Proofs
from projects.domain.assessment.index_snapshot import FilesOf, IndexSnapshot
from projects.domain.assessment.package_result import Place, Standing, build_row, foreign, inactive, stand
from projects.domain.assessment.provenance import places_in
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.root_requirements import question_of
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict, count_verdicts, judge_project
from scanner.domain.files.builds import UNSEEN
from scanner.domain.matching.availability import Availability
from scanner.domain.resolution.closure import Closure, closure
from scanner.domain.resolution.explain.sentences import derivation_text
from scanner.domain.resolution.model import outcomes
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.candidates import RootRequirements
from scanner.domain.resolution.model.plans import Plan
from scanner.domain.resolution.model.versions import Candidate
from scanner.domain.resolution.upgrade import Upgrade, plan
from scanner.domain.targets.target import Target


@dataclass(frozen=True, slots=True)
class ResolvedTarget:
    """One target, resolved: what it leads to, how each package stands, and the way out when it does not hold."""

    target: Target
    closure: Closure
    standings: Mapping[NormalizedName, Standing]
    plan: Plan | None


@dataclass(frozen=True, slots=True)
class TargetResult:
    """One entry of `assessments` in design §10. `counts` are packages by verdict, inactive ones left out."""

    target: Target
    verdict: ProjectVerdict
    counts: Mapping[str, int]
    blockers: tuple[str, ...]
    packages: tuple[dict[str, Any], ...]
    conflict: str | None
    plan: Plan | None


def resolve_targets(
    request: AssessmentRequest, snapshot: IndexSnapshot, targets: Sequence[Target] | None = None
) -> list[ResolvedTarget]:
    """Closure, standings and plan of each target (all of the wish, or these of them), in order."""
    cache = ResolutionCache(snapshot)
    question = question_of(request.requirements)
    return [
        _resolve(request, snapshot, cache, question, target)
        for target in (request.targets if targets is None else targets)
    ]


def missing_in(resolved: Iterable[ResolvedTarget]) -> outcomes.Missing:
    """What must be fetched before every answer is known."""
    missing = outcomes.Missing()
    for one in resolved:
        missing |= one.closure.missing
        if one.plan is not None:
            missing |= one.plan.missing
    return missing


def unseen_in(resolved: Iterable[ResolvedTarget], snapshot: IndexSnapshot) -> dict[int, str]:
    """Releases whose sdist only a look inside can judge, and whose verdict hangs on it: key to package name.

    The release in use, and the newest one, which may be the way out.
    """
    found: dict[int, str] = {}
    for one in resolved:
        column = snapshot.column(one.target)
        for name, standing in one.standings.items():
            if standing.verdict is not Verdict.UNKNOWN or standing.availability is not Availability.SOURCE:
                continue
            for release in (standing.release, snapshot.packages[name].newest):
                if release is not None and release.build == UNSEEN and _is_source(release, column):
                    found.update(dict.fromkeys(release.pks, name))
    return found


def _is_source(release: Candidate, column: int) -> bool:
    return release.offers[column].availability is Availability.SOURCE


def releases_to_explain(resolved: Iterable[ResolvedTarget]) -> list[Candidate]:
    """The releases whose files the rows will name: what has to be read before `explain_targets`."""
    return [release for one in resolved for standing in one.standings.values() for release in standing.releases]


def explain_targets(
    resolved: Iterable[ResolvedTarget], snapshot: IndexSnapshot, files_of: FilesOf, now: datetime
) -> list[TargetResult]:
    """The answer for each target, in the same order; rows nearest to the project first, inactive ones last."""
    proofs = Proofs(files_of)
    return [_answer(one, snapshot, proofs, now) for one in resolved]


def _resolve(
    request: AssessmentRequest,
    snapshot: IndexSnapshot,
    cache: ResolutionCache,
    question: RootRequirements,
    target: Target,
) -> ResolvedTarget:
    found = closure(cache, target, question, request.resolver_policy, limits=request.limits())
    standings = _standings(request, snapshot, target, found)
    way = None
    # A search that was cut short says nothing about the question as written.
    refuted = found.limit is None
    if request.with_plans and not found.holds and not found.missing:
        upgrade = Upgrade(
            cache,
            [target],
            question,
            request.resolver_policy,
            found.pins,
            request.strategy,
            request.step,
            request.holds,
            request.limits(),
            refuted=refuted,
        )
        way = plan(upgrade)
    return ResolvedTarget(target, found, standings, way)


def _standings(
    request: AssessmentRequest, snapshot: IndexSnapshot, target: Target, found: Closure
) -> dict[NormalizedName, Standing]:
    column = snapshot.column(target)
    places = places_in(found, request.requirements)
    standings: dict[NormalizedName, Standing] = {}
    for entry in found.entries:
        place = places[entry.name]
        if entry.url is not None:
            standings[entry.name] = foreign(place, entry.url)
        else:
            package = snapshot.packages.get(entry.name)
            standings[entry.name] = stand(place, entry.version, package, column, request.policy)
    for requirement in request.requirements:
        if requirement.direct and not requirement.constraint and requirement.name not in standings:
            place = Place(requirement.name, True, requirement.specifier, requirement)
            standings[requirement.name] = inactive(place)
    return standings


def _answer(one: ResolvedTarget, snapshot: IndexSnapshot, proofs: Proofs, now: datetime) -> TargetResult:
    rows = tuple(
        build_row(standing, one.target, snapshot.packages.get(name), proofs, now=now)
        for name, standing in one.standings.items()
    )
    verdicts = [standing.verdict for standing in one.standings.values()]
    return TargetResult(
        target=one.target,
        verdict=_verdict(one, verdicts),
        counts=count_verdicts(verdicts),
        blockers=tuple(one.closure.blockers),
        packages=rows,
        conflict=derivation_text(one.closure.conflict) if one.closure.conflict is not None else None,
        plan=one.plan,
    )


def _verdict(one: ResolvedTarget, verdicts: Sequence[Verdict]) -> ProjectVerdict:
    found = one.closure
    incomplete = bool(found.missing or found.limit or (one.plan and (one.plan.missing or one.plan.limit)))
    return judge_project(
        verdicts,
        holds=found.holds,
        incomplete=incomplete,
        plan_found=one.plan.feasible if one.plan is not None else None,
    )
