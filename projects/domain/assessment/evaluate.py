"""Verdicts of a set of requirements over targets, from what is known of the index.

Two steps, because explanations need files that are worth reading only for the releases that results name:
`resolve_search` finds the closure, the judgements and the plan of a target, `explain_targets` makes the results.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

from msgspec import Struct
from msgspec.structs import replace
from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.conflict_sources import with_sources
from projects.domain.assessment.demanded_evidence import demand_evidence, demand_of, lacks_evidence
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.explanation import explain_all
from projects.domain.assessment.held_back import PresentChoices, judge_at_newest, plan_of_held_back, present_versions
from projects.domain.assessment.held_by_breaks import judge_held_by_breaks, older_packages
from projects.domain.assessment.index_snapshot import IndexSnapshot
from projects.domain.assessment.judgement import (
    Judgement,
    judge_conda_build,
    judge_foreign,
    judge_inactive,
    judge_version,
)
from projects.domain.assessment.missing_extras import find_missing_extras, judge_missing_extras, newest_to_read
from projects.domain.assessment.prevented_breaks import judge_prevented
from projects.domain.assessment.provenance import find_dependent_shares, find_provenance
from projects.domain.assessment.renewed_files import renewed_files
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.root_requirements import versions_in_use, without_reached
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict, judge_project
from projects.domain.assessment.waived_judgements import waive_judgements
from projects.domain.rewriting.limit_changes import LimitChange, limit_changes
from scanner.domain.evidence.known_breaks import BreaksInSet
from scanner.domain.files.builds import UNREADABLE, UNSEEN, build_kind
from scanner.domain.matching.availability import Availability
from scanner.domain.resolution.closure import Closure, closure_search, running_closure_search
from scanner.domain.resolution.demanded import demanded_plan_search
from scanner.domain.resolution.explain.conflict import Relaxation
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.candidates import RootRequirements
from scanner.domain.resolution.model.missing import Missing, Search, SharedSearch
from scanner.domain.resolution.model.outcomes import SearchLimits
from scanner.domain.resolution.model.plans import Plan
from scanner.domain.resolution.model.policy import Preference
from scanner.domain.resolution.model.versions import Candidate
from scanner.domain.resolution.newest_choice import NewestChoice, newest_choices_search
from scanner.domain.resolution.problem import ResolutionProblem
from scanner.domain.resolution.relax import relax_search
from scanner.domain.resolution.upgrade import Upgrade
from scanner.domain.targets.target import Target


class ResolvedTarget(Struct, frozen=True):
    """One target, resolved: its closure, the judgement of each package, and a plan when the closure does not hold.

    `present` is the closure of the project's present target, where the judgements compare with it. `lacking` are the
    packages that install and are known to lack what the project demands of them.
    """

    target: Target
    closure: Closure
    judgements: Mapping[NormalizedName, Judgement]
    plan: Plan | None
    breaks: BreaksInSet
    ways_out: tuple[Relaxation, ...] = ()
    present: Closure | None = None
    lacking: frozenset[NormalizedName] = frozenset()

    @property
    def names(self) -> frozenset[NormalizedName]:
        """The packages on which the judgements rest."""
        return frozenset((*self.judgements, *(self.present.pins if self.present is not None else ())))

    @property
    def ignored(self) -> frozenset[NormalizedName]:
        """The packages that the team ignores here."""
        return frozenset(name for name, one in self.judgements.items() if one.verdict is Verdict.IGNORED)

    @property
    def holds(self) -> bool:
        """Whether a set holds as written and runs, but for what the team ignores."""
        found = self.closure
        is_held = found.holds or (
            self.ignored.issuperset(found.blockers) and not (found.conflict or found.missing or found.limit)
        )
        return is_held and self.ignored.issuperset((*self.breaks.found, *self.lacking))

    @property
    def missing(self) -> Missing:
        """What must be fetched before the result is known."""
        parts = (self.closure, self.plan, self.present)
        return reduce(or_, (part.missing for part in parts if part is not None))


def missing_in(resolved: Iterable[ResolvedTarget]) -> Missing:
    """Return what must be fetched before every result is known."""
    missing = Missing()
    for one in resolved:
        missing |= one.missing
    return missing


def unseen_in(resolved: Iterable[ResolvedTarget], snapshot: IndexSnapshot) -> dict[int, str]:
    """Return the releases whose verdict depends on the content of their sdist, by key with the package's name.

    They are the release in use and the newest one, to which the project may move.
    """
    found: dict[int, str] = {}
    for one in resolved:
        column = snapshot.column(one.target)
        for name, judgement in one.judgements.items():
            if judgement.verdict not in (Verdict.UNKNOWN, Verdict.NOT_JUDGED):
                continue
            for release in (judgement.release, snapshot.packages[name].newest if judgement.release else None):
                if release is not None and _is_unseen(release, column):
                    found.update(dict.fromkeys(release.pks, name))
    return found


def _is_unseen(release: Candidate, column: int) -> bool:
    """Return whether a look into the sdist would tell more: an unreadable one may be readable after a while."""
    is_source = release.offers[column].availability is Availability.SOURCE
    return is_source and build_kind(release.build) in {UNSEEN, UNREADABLE}


def _hangs_on_an_sdist(judgement: Judgement, column: int) -> bool:
    release = judgement.release
    return judgement.verdict is Verdict.UNKNOWN and release is not None and _is_unseen(release, column)


def releases_to_explain(resolved: Iterable[ResolvedTarget]) -> list[Candidate]:
    """Return the releases whose files must be read before `explain_targets`."""
    return [release for one in resolved for judgement in one.judgements.values() for release in judgement.releases]


def explain_targets(
    request: AssessmentRequest,
    resolved: Iterable[ResolvedTarget],
    snapshot: IndexSnapshot,
    explanations: WheelExplanations,
) -> list[TargetResult]:
    """Return the result of each target, in the same order."""
    return [_explain(request, one, snapshot, explanations) for one in resolved]


def resolve_search(
    request: AssessmentRequest,
    snapshot: IndexSnapshot,
    cache: ResolutionCache,
    roots: RootRequirements,
    target: Target,
    limits: SearchLimits,
    present: SharedSearch[Closure] | None = None,
) -> Search[ResolvedTarget]:
    """Resolve one target and, where nothing holds as written, plan the way out; yields the facts that are missing.

    `present` finds the closure of the request's present target.
    """
    if present is not None and target == request.present:
        found = yield from present.wait()
    else:
        found = yield from closure_search(cache, target, roots, request.resolver_policy, limits=limits)
    in_use = versions_in_use(roots, target, found.pins)
    chosen = BreaksInSet(request.known_breaks, target, found.pins)
    running = yield from running_closure_search(cache, roots, request.resolver_policy, found, chosen, limits)
    if running is not None and older_packages(chosen, running):
        found = running
    breaks = BreaksInSet(request.known_breaks, target, found.pins)
    judgements = _judge(request, snapshot, target, found, versions_in_use(roots, target, found.pins), breaks)
    column = snapshot.column(target)
    now: Closure | None = None
    if not found.missing and found.limit is None and found.conflict is None:
        problem = ResolutionProblem(cache, [target], roots, request.resolver_policy, Preference(), limits)
        judgements, now = yield from _at_newest(request, snapshot, problem, found, judgements, present)
        judgements = judge_held_by_breaks(judgements, chosen, found, snapshot, column)
    demand = demand_of(request, snapshot, cache, target)
    if demand is not None:
        judgements = yield from demand_evidence(judgements, request, demand, snapshot, breaks)
    judgements = waive_judgements(judgements, target.slug, request.waivers)
    ignored = {name for name, one in judgements.items() if one.verdict is Verdict.IGNORED}
    breaking = chosen.found.keys() - ignored
    below: frozenset[NormalizedName] = frozenset()
    if demand is not None:
        demand = demand.but_for(ignored)
        below = frozenset(name for name, one in judgements.items() if lacks_evidence(one))
    way = None
    # A search that was cut short says nothing about the requirements as written, and a set that breaks holds otherwise.
    refuted = found.limit is None and not found.holds
    # Nor is it worth planning around an sdist that may turn out to install.
    is_open = found.missing or any(_hangs_on_an_sdist(one, column) for one in judgements.values())
    if request.with_plans and not (found.holds and not breaking and not below) and not is_open:
        upgrade = Upgrade(
            cache,
            [target],
            without_reached(roots, [found]),
            request.plan_policy,
            {**in_use, **_shown_instead(judgements, found)},
            request.strategy,
            request.step,
            request.holds,
            limits,
            refuted=refuted,
            known_breaks=request.known_breaks,
            open_prereleases=found.open_prereleases,
        )
        way = yield from demanded_plan_search(upgrade, [] if demand is None else [demand])
        judgements = judge_prevented(judgements, breaks, way)
    elif request.with_plans and found.holds:
        way = plan_of_held_back(found, judgements.values(), roots.direct, target)
    ways_out: tuple[Relaxation, ...] = ()
    if request.with_plans and found.conflict is not None:
        policy, own = request.resolver_policy, found.conflict.own
        ways_out = yield from relax_search(cache, target, roots, policy, own, limits, request.known_breaks)
    return ResolvedTarget(target, found, judgements, way, breaks, ways_out, now, below)


def _at_newest(
    request: AssessmentRequest,
    snapshot: IndexSnapshot,
    problem: ResolutionProblem,
    found: Closure,
    judgements: Mapping[NormalizedName, Judgement],
    present: SharedSearch[Closure] | None,
) -> Search[tuple[dict[NormalizedName, Judgement], Closure | None]]:
    """Return the judgements beside the newest choices, and the closure of the present target if it was compared."""
    column = snapshot.column(found.target)
    choices = yield from newest_choices_search(problem, found)
    at_present: PresentChoices | None = None
    now: Closure | None = None
    if present is not None and request.present is not None and _may_be_held_back(choices, judgements):
        now = yield from present.wait()
        versions = present_versions(now)
        newer = yield from newest_choices_search(problem, found, versions)
        at_present = PresentChoices(request.present, versions, newer)
    lacking = find_missing_extras(found, snapshot)
    judged = judge_at_newest(judgements, choices, at_present, lacking, request, snapshot, column)
    if lacking:
        if missing := newest_to_read(lacking, snapshot):
            yield missing
        judged = judge_missing_extras(judged, lacking, request, snapshot, column)
    return judged, now


def _may_be_held_back(
    choices: Mapping[NormalizedName, NewestChoice], judgements: Mapping[NormalizedName, Judgement]
) -> bool:
    return any(judgements[name].verdict.installs for name in choices)


def _shown_instead(judgements: Mapping[NormalizedName, Judgement], found: Closure) -> dict[NormalizedName, Version]:
    """Return the versions of blocked packages that are shown in place of those at which the search stopped."""
    return {
        name: judgement.version
        for name, judgement in judgements.items()
        if judgement.version is not None and judgement.held_back is None and name in found.pins
        if judgement.version != found.pins[name]
    }


def _judge(
    request: AssessmentRequest,
    snapshot: IndexSnapshot,
    target: Target,
    found: Closure,
    in_use: Mapping[NormalizedName, Version],
    breaks: BreaksInSet,
) -> dict[NormalizedName, Judgement]:
    column = snapshot.column(target)
    provenances = find_provenance(found, request.requirements)
    shares = find_dependent_shares(found)
    judgements: dict[NormalizedName, Judgement] = {}
    has_conda_builds = request.has_conda_builds
    for member in found.members:
        name, provenance = member.name, provenances[member.name]
        if member.url is not None:
            judgements[name] = judge_foreign(name, provenance, member.url, target)
        else:
            package = snapshot.packages.get(name)
            version = member.version or in_use.get(name)
            if has_conda_builds and package is not None and package.lacks(version):
                judgements[name] = judge_conda_build(name, version, provenance)
                continue
            judgements[name] = judge_version(
                *(name, version, provenance, package, column, request.policy, shares[name], breaks)
            )
    for requirement in request.requirements:
        if requirement.direct and not requirement.constraint and requirement.name not in judgements:
            judgements[requirement.name] = judge_inactive(requirement)
    return judgements


def _explain(
    request: AssessmentRequest, one: ResolvedTarget, snapshot: IndexSnapshot, explanations: WheelExplanations
) -> TargetResult:
    conflict = one.closure.conflict
    limits = (*limit_changes(request.limits, [one.target]), *renewed_files(request, one.judgements, one.plan))
    return TargetResult(
        target=one.target.slug,
        verdict=_verdict(request, one, limits),
        packages=explain_all(one.judgements, one.target, snapshot, explanations, request.now),
        blockers=tuple(name for name in dict.fromkeys(_in_the_way(one)) if name not in one.ignored),
        conflict=with_sources(replace(conflict.explanation, relaxations=one.ways_out), request.requirements)
        if conflict is not None
        else None,
        plan=_plan(request, one, limits),
        unread=request.unread,
    )


def _in_the_way(one: ResolvedTarget) -> Iterable[NormalizedName]:
    # A set has no order that would be the same in each process.
    return (*one.closure.blockers, *one.breaks.found, *_lacking_extras(one), *sorted(one.lacking))


def _lacking_extras(one: ResolvedTarget) -> Iterable[NormalizedName]:
    """Yield the packages whose only release that installs lacks a requested extra."""
    return (
        name
        for name, judgement in one.judgements.items()
        if judgement.held_back is not None and judgement.verdict is Verdict.BLOCKED
    )


def _plan(request: AssessmentRequest, one: ResolvedTarget, limits: tuple[LimitChange, ...]) -> UpgradePlan | None:
    if one.plan is not None:
        return UpgradePlan.of(one.plan, request.strategy, limits)
    if not limits or not request.with_plans or not one.closure.holds:
        return None
    pins = {str(name): str(version) for name, version in sorted(one.closure.pins.items())}
    return UpgradePlan(request.strategy, feasible=True, pins=pins, limits=limits)


def _verdict(request: AssessmentRequest, one: ResolvedTarget, limits: tuple[LimitChange, ...]) -> ProjectVerdict:
    found = one.closure
    if not request.asks_for_packages:
        return ProjectVerdict.UNKNOWN
    incomplete = bool(found.missing or found.limit or (one.plan and one.plan.is_open))
    verdict = judge_project(
        [judgement.verdict for judgement in one.judgements.values()],
        holds=one.holds,
        incomplete=incomplete,
        plan_found=one.plan.feasible if one.plan is not None else None,
        conflict=found.conflict is not None,
    )
    is_limited = bool(limits or request.unread)
    return ProjectVerdict.CONDITIONAL if verdict is ProjectVerdict.GO and is_limited else verdict
