"""The search of one target: its closure, the judgements on that, and the way out where nothing holds as written."""

from __future__ import annotations

from collections.abc import Mapping

from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.closure_judgements import judge_closure
from projects.domain.assessment.demanded_evidence import demand_evidence, demand_of, lacks_evidence
from projects.domain.assessment.held_back import PresentChoices, judge_at_newest, plan_of_held_back, present_versions
from projects.domain.assessment.held_by_breaks import judge_held_by_breaks, older_packages
from projects.domain.assessment.index_snapshot import IndexSnapshot
from projects.domain.assessment.judgement import Judgement
from projects.domain.assessment.missing_extras import find_missing_extras, judge_missing_extras, newest_to_read
from projects.domain.assessment.prevented_breaks import judge_prevented
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.resolved_target import ResolvedTarget
from projects.domain.assessment.root_requirements import versions_in_use, without_reached
from projects.domain.assessment.unseen_sdists import depends_on_unseen
from projects.domain.assessment.verdicts import Verdict
from projects.domain.assessment.waived_judgements import waive_judgements
from scanner.domain.evidence.known_breaks import BreaksInSet
from scanner.domain.resolution.closure import Closure, closure_search, running_closure_search
from scanner.domain.resolution.demanded import demanded_plan_search
from scanner.domain.resolution.explain.conflict import Relaxation
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.candidates import RootRequirements
from scanner.domain.resolution.model.missing import Search, SharedSearch
from scanner.domain.resolution.model.outcomes import SearchLimits
from scanner.domain.resolution.model.policy import Preference
from scanner.domain.resolution.newest_choice import NewestChoice, newest_choices_search
from scanner.domain.resolution.problem import ResolutionProblem
from scanner.domain.resolution.relax import relax_search
from scanner.domain.resolution.upgrade import Upgrade
from scanner.domain.targets.target import Target


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
    judgements = judge_closure(request, snapshot, found, versions_in_use(roots, target, found.pins), breaks)
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
    # It is not worth planning before all is known, nor around an sdist that may turn out to install.
    is_open = found.missing or any(depends_on_unseen(one, column) for one in judgements.values())
    if request.with_plans and not (found.holds and not breaking and not below) and not is_open:
        current = {**in_use, **_shown_instead(judgements, found)}
        upgrade = _upgrade_from(request, cache, roots, found, current, limits)
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


def _upgrade_from(
    request: AssessmentRequest,
    cache: ResolutionCache,
    roots: RootRequirements,
    found: Closure,
    current: Mapping[NormalizedName, Version],
    limits: SearchLimits,
) -> Upgrade:
    """Return the input of the plan that starts at the closure, with these versions in use."""
    return Upgrade(
        cache,
        [found.target],
        without_reached(roots, [found]),
        request.plan_policy,
        current,
        request.strategy,
        request.step,
        request.holds,
        limits,
        # A search that was cut short says nothing about the requirements as written, and a set that breaks holds there.
        refuted=found.limit is None and not found.holds,
        known_breaks=request.known_breaks,
        open_prereleases=found.open_prereleases,
    )


def _shown_instead(judgements: Mapping[NormalizedName, Judgement], found: Closure) -> dict[NormalizedName, Version]:
    """Return the versions of blocked packages that are shown in place of those at which the search stopped."""
    return {
        name: judgement.version
        for name, judgement in judgements.items()
        if judgement.version is not None and judgement.held_back is None and name in found.pins
        if judgement.version != found.pins[name]
    }
