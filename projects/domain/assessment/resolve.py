"""The search of one target: its closure, the judgements on that, and the way out where nothing holds as written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
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
from scanner.domain.resolution.demanded import Demand, demanded_plan_search
from scanner.domain.resolution.explain.conflict import Relaxation
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.missing import Search, SharedSearch
from scanner.domain.resolution.model.outcomes import SearchLimits
from scanner.domain.resolution.model.plans import Plan
from scanner.domain.resolution.model.policy import Preference
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.model.root_requirements import RootRequirements
from scanner.domain.resolution.newest_choice import NewestChoice, newest_choices_search
from scanner.domain.resolution.problem import ResolutionProblem
from scanner.domain.resolution.relax import relax_search
from scanner.domain.resolution.upgrade import Upgrade
from scanner.domain.targets.target import Target


class _Found(Struct, frozen=True):
    """What was found on a target: what an installer chooses, the closure that is judged, and what breaks in each."""

    chosen: Closure
    closure: Closure
    chosen_breaks: BreaksInSet
    breaks: BreaksInSet


_Judgements = Mapping[NormalizedName, Judgement]


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
    return (yield from _TargetSearch(request, snapshot, cache, roots, target, limits, present).resolve())


class _TargetSearch(Struct, frozen=True):
    """The search of one target, with what `resolve_search` is given."""

    request: AssessmentRequest
    snapshot: IndexSnapshot
    cache: ResolutionCache
    roots: RootRequirements
    target: Target
    limits: SearchLimits
    present: SharedSearch[Closure] | None

    def resolve(self) -> Search[ResolvedTarget]:
        """Find the closure, judge it, and plan."""
        request, target = self.request, self.target
        found = yield from self._find()
        judgements, present = yield from self._judge(found)
        demand = demand_of(request, self.snapshot, self.cache, target)
        if demand is not None:
            judgements = yield from demand_evidence(judgements, request, demand, self.snapshot, found.breaks)
        judgements = waive_judgements(judgements, target.slug, request.waivers)
        ignored = {name for name, one in judgements.items() if one.verdict is Verdict.IGNORED}
        lacking = () if demand is None else (name for name, one in judgements.items() if lacks_evidence(one))
        below = frozenset(lacking)
        plan: Plan | None = None
        ways_out: tuple[Relaxation, ...] = ()
        if request.with_plans:
            breaking = found.chosen_breaks.found.keys() - ignored
            stays = found.closure.holds and not breaking and not below
            demands = [] if demand is None else [demand.but_for(ignored)]
            judgements, plan = yield from self._plan(found, judgements, demands, stays=stays)
            ways_out = yield from self._ways_out(found.closure, plan)
        return ResolvedTarget(target, found.closure, judgements, plan, found.breaks, ways_out, present, below)

    def _find(self) -> Search[_Found]:
        """Find what an installer chooses and, if that breaks, the set in which nothing does."""
        request, target, policy = self.request, self.target, self.request.resolver_policy
        if self.present is not None and target == request.present:
            chosen = yield from self.present.wait()
        else:
            chosen = yield from closure_search(self.cache, target, self.roots, policy, limits=self.limits)
        breaks = BreaksInSet(request.known_breaks, target, chosen.pins)
        running = yield from running_closure_search(self.cache, self.roots, policy, chosen, breaks, self.limits)
        if running is None or not older_packages(breaks, running):
            return _Found(chosen, chosen, breaks, breaks)
        return _Found(chosen, running, breaks, BreaksInSet(request.known_breaks, target, running.pins))

    def _judge(self, found: _Found) -> Search[tuple[_Judgements, Closure | None]]:
        """Judge each package; also return the closure of the present target if it was compared."""
        closure, in_use = found.closure, versions_in_use(self.roots, self.target, found.closure.pins)
        judged = judge_closure(self.request, self.snapshot, closure, in_use, found.breaks)
        if closure.missing or closure.limit is not None or closure.conflict is not None:
            return judged, None
        at_newest, present = yield from self._judge_at_newest(closure, judged)
        column = self.snapshot.column(self.target)
        return judge_held_by_breaks(at_newest, found.chosen_breaks, closure, self.snapshot, column), present

    def _judge_at_newest(self, closure: Closure, judgements: _Judgements) -> Search[tuple[_Judgements, Closure | None]]:
        """Judge each package beside its newest choices; also return as `_judge` does."""
        request, snapshot, column = self.request, self.snapshot, self.snapshot.column(self.target)
        problem = ResolutionProblem(
            *(self.cache, [self.target], self.roots, request.resolver_policy, Preference(), self.limits)
        )
        choices = yield from newest_choices_search(problem, closure)
        at_present: PresentChoices | None = None
        present: Closure | None = None
        if self.present is not None and request.present is not None and _may_be_held_back(choices, judgements):
            present = yield from self.present.wait()
            versions = present_versions(present)
            newer = yield from newest_choices_search(problem, closure, versions)
            at_present = PresentChoices(request.present, versions, newer)
        lacking = find_missing_extras(closure, snapshot)
        judged = judge_at_newest(judgements, choices, at_present, lacking, request, snapshot, column)
        if lacking:
            if missing := newest_to_read(lacking, snapshot):
                yield missing
            judged = judge_missing_extras(judged, lacking, request, snapshot, column)
        return judged, present

    def _plan(
        self, found: _Found, judgements: _Judgements, demands: Sequence[Demand], *, stays: bool
    ) -> Search[tuple[_Judgements, Plan | None]]:
        """Plan the way out or, if the set `stays`, what frees packages that are held back; judge by the plan.

        Return the judgements and the plan.
        """
        closure, column = found.closure, self.snapshot.column(self.target)
        # It is not worth planning before all is known, nor around an sdist that may turn out to install.
        is_open = closure.missing or any(depends_on_unseen(one, column) for one in judgements.values())
        if not stays and not is_open:
            upgrade = self._upgrade_from(found, judgements)
            plan = yield from demanded_plan_search(upgrade, demands)
            return judge_prevented(judgements, found.breaks, plan), plan
        if closure.holds:
            return judgements, plan_of_held_back(closure, judgements.values(), self.roots.direct, self.target)
        return judgements, None

    def _upgrade_from(self, found: _Found, judgements: _Judgements) -> Upgrade:
        """Return the input of the plan that starts at the closure, from the versions in use."""
        request, closure = self.request, found.closure
        current = versions_in_use(self.roots, self.target, found.chosen.pins)
        return Upgrade(
            self.cache,
            [self.target],
            without_reached(self.roots, [closure]),
            request.plan_policy,
            {**current, **_shown_instead(judgements, closure)},
            request.strategy,
            request.step,
            request.holds,
            self.limits,
            # A search that was cut short says nothing about the requirements as written, and a set that breaks holds
            # there.
            refuted=closure.limit is None and not closure.holds,
            known_breaks=request.known_breaks,
            open_prereleases=closure.open_prereleases,
        )

    def _ways_out(self, closure: Closure, plan: Plan | None) -> Search[tuple[Relaxation, ...]]:
        """Search the smallest ways out of a conflict."""
        own = closure.conflict.own if closure.conflict is not None else tuple(self._beside_overrides(plan))
        if not own:
            return ()
        policy, known = self.request.resolver_policy, self.request.known_breaks
        return (yield from relax_search(self.cache, self.target, self.roots, policy, own, self.limits, known))

    def _beside_overrides(self, plan: Plan | None) -> Iterator[Requirement]:
        """Yield the overrides, which no plan moves, in the way of a plan, then the project's lines that meet them."""
        own = plan.conflict.own if plan is not None and plan.conflict is not None else ()
        overrides = [one for one in own if one in self.roots.overrides]
        yield from overrides
        names = {one.name for one in own} if overrides else set()
        yield from (one for one in (*self.roots.requirements, *self.roots.constraints) if one.name in names)


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
