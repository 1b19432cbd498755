"""Verdicts of a set of requirements over targets, from what is known of the index. Pure: no database, no clock.

Two steps, because the proofs need files that are worth reading only for the releases that rows name: `resolve_all`
finds closures, standings and plans, `answer_all` writes the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from packaging.utils import NormalizedName

from projects.domain.assessment.explanations import Proofs
from projects.domain.assessment.index_snapshot import Knowledge
from projects.domain.assessment.offers import FilesOf, ReleaseView
from projects.domain.assessment.package_result import Place, Standing, build_row, foreign, inactive, stand
from projects.domain.assessment.provenance import places_in
from projects.domain.assessment.root_requirements import question_of
from projects.domain.assessment.verdicts import Policy, ProjectVerdict, Verdict, count_verdicts, judge_project
from projects.domain.dependency_files.values import ParsedRequirement, RequirementOrigin
from scanner.domain.files.builds import UNSEEN
from scanner.domain.matching.availability import Availability
from scanner.domain.resolution.closure import Closure, closure
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.model import outcomes
from scanner.domain.resolution.model import policy as resolver
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.candidates import RootRequirements
from scanner.domain.resolution.model.plans import Plan
from scanner.domain.resolution.model.source import Builds
from scanner.domain.resolution.resolve import SearchLimits
from scanner.domain.resolution.upgrade import Strategy, Upgrade, plan
from scanner.domain.targets.target import Target

Expired = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be answered: for which targets, under which policy, how plans are chosen.

    `holds` are packages that no plan touches, `step` is how far each may move, `bridge` asks for one set over all
    targets too (projects.domain.assessment.bridge). `expired` tells when a single search has taken too long; it is
    asked often.
    """

    requirements: Sequence[ParsedRequirement]
    targets: Sequence[Target]
    policy: Policy
    now: datetime
    strategy: Strategy = Strategy.MINIMAL
    with_plans: bool = True
    step: Step = Step.MAJOR
    holds: frozenset[NormalizedName] = frozenset()
    bridge: bool = False
    expired: Callable[[], Expired] | None = None

    @property
    def resolver_policy(self) -> resolver.Policy:
        """The policy in the resolver's words."""
        return resolver.Policy(
            Builds(self.policy.source.value),
            self.policy.prereleases,
            self.now,
            timedelta(days=self.policy.minimum_age_days),
        )

    @property
    def foreign(self) -> frozenset[str]:
        """Packages that come from an address, a repository or a folder."""
        return frozenset(one.name for one in self.requirements if one.origin is not RequirementOrigin.INDEX)

    @property
    def names(self) -> frozenset[str]:
        """Packages that the requirements name and that the index is asked for."""
        return frozenset(one.name for one in self.requirements) - self.foreign

    def limits(self) -> SearchLimits:
        """Fresh limits for one search."""
        return SearchLimits(expired=self.expired() if self.expired else None)


@dataclass(frozen=True, slots=True)
class Resolved:
    """One target, resolved: what it leads to, how each package stands, and the way out when it does not hold."""

    target: Target
    closure: Closure
    standings: Mapping[NormalizedName, Standing]
    plan: Plan | None


@dataclass(frozen=True, slots=True)
class TargetAnswer:
    """One entry of `assessments` in design §10. `counts` are packages by verdict, inactive ones left out."""

    target: Target
    verdict: ProjectVerdict
    counts: Mapping[str, int]
    blockers: tuple[str, ...]
    packages: tuple[dict[str, Any], ...]
    conflict: str | None
    plan: Plan | None


def resolve_all(wish: Wish, knowledge: Knowledge, targets: Sequence[Target] | None = None) -> list[Resolved]:
    """Closure, standings and plan of each target (all of the wish, or these of them), in order."""
    cache = ResolutionCache(knowledge)
    question = question_of(wish.requirements)
    return [
        _resolve(wish, knowledge, cache, question, target) for target in (wish.targets if targets is None else targets)
    ]


def missing_in(resolved: Iterable[Resolved]) -> outcomes.Missing:
    """What must be fetched before every answer is known."""
    missing = outcomes.Missing()
    for one in resolved:
        missing |= one.closure.missing
        if one.plan is not None:
            missing |= one.plan.missing
    return missing


def unseen_in(resolved: Iterable[Resolved], knowledge: Knowledge) -> dict[int, str]:
    """Releases whose sdist only a look inside can judge, and whose verdict hangs on it: key to package name.

    The release in use, and the newest one, which may be the way out.
    """
    found: dict[int, str] = {}
    for one in resolved:
        column = knowledge.column(one.target)
        for name, standing in one.standings.items():
            if standing.verdict is not Verdict.UNKNOWN or standing.availability is not Availability.SOURCE:
                continue
            for release in (standing.release, knowledge.views[name].newest):
                if release is not None and release.build == UNSEEN and _is_source(release, column):
                    found.update(dict.fromkeys(release.pks, name))
    return found


def _is_source(release: ReleaseView, column: int) -> bool:
    return release.offers[column].availability is Availability.SOURCE


def named_releases(resolved: Iterable[Resolved]) -> list[ReleaseView]:
    """The releases whose files the rows will name: what has to be read before `answer_all`."""
    return [release for one in resolved for standing in one.standings.values() for release in standing.releases]


def answer_all(
    resolved: Iterable[Resolved], knowledge: Knowledge, files_of: FilesOf, now: datetime
) -> list[TargetAnswer]:
    """The answer for each target, in the same order; rows nearest to the project first, inactive ones last."""
    proofs = Proofs(files_of)
    return [_answer(one, knowledge, proofs, now) for one in resolved]


def _resolve(
    wish: Wish, knowledge: Knowledge, cache: ResolutionCache, question: RootRequirements, target: Target
) -> Resolved:
    found = closure(cache, target, question, wish.resolver_policy, limits=wish.limits())
    standings = _standings(wish, knowledge, target, found)
    way = None
    # A search that was cut short says nothing about the question as written.
    refuted = found.limit is None
    if wish.with_plans and not found.holds and not found.missing:
        upgrade = Upgrade(
            cache,
            [target],
            question,
            wish.resolver_policy,
            found.pins,
            wish.strategy,
            wish.step,
            wish.holds,
            wish.limits(),
            refuted=refuted,
        )
        way = plan(upgrade)
    return Resolved(target, found, standings, way)


def _standings(wish: Wish, knowledge: Knowledge, target: Target, found: Closure) -> dict[NormalizedName, Standing]:
    column = knowledge.column(target)
    places = places_in(found, wish.requirements)
    standings: dict[NormalizedName, Standing] = {}
    for entry in found.entries:
        place = places[entry.name]
        if entry.url is not None:
            standings[entry.name] = foreign(place, entry.url)
        else:
            package = knowledge.views.get(entry.name)
            standings[entry.name] = stand(place, entry.version, package, column, wish.policy)
    for requirement in wish.requirements:
        if requirement.direct and not requirement.constraint and requirement.name not in standings:
            place = Place(requirement.name, True, requirement.specifier, requirement)
            standings[requirement.name] = inactive(place)
    return standings


def _answer(one: Resolved, knowledge: Knowledge, proofs: Proofs, now: datetime) -> TargetAnswer:
    rows = tuple(
        build_row(standing, one.target, knowledge.views.get(name), proofs, now=now)
        for name, standing in one.standings.items()
    )
    verdicts = [standing.verdict for standing in one.standings.values()]
    return TargetAnswer(
        target=one.target,
        verdict=_verdict(one, verdicts),
        counts=count_verdicts(verdicts),
        blockers=tuple(one.closure.blockers),
        packages=rows,
        conflict=str(one.closure.conflict) if one.closure.conflict is not None else None,
        plan=one.plan,
    )


def _verdict(one: Resolved, verdicts: Sequence[Verdict]) -> ProjectVerdict:
    found = one.closure
    incomplete = bool(found.missing or found.limit or (one.plan and (one.plan.missing or one.plan.limit)))
    return judge_project(
        verdicts,
        holds=found.holds,
        incomplete=incomplete,
        plan_found=one.plan.feasible if one.plan is not None else None,
    )
