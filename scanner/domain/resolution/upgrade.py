"""Plan an upgrade: from requirements that do not hold to the smallest or the newest set that does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import partial

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.evidence.known_breaks import NO_KNOWN_BREAKS, KnownBreak, KnownBreaks
from scanner.domain.resolution.blockers import certain_blockers, explain_in, find_blockers
from scanner.domain.resolution.explain.account import ConflictAccount
from scanner.domain.resolution.explain.conflict import ConflictExplanation, ConflictLine, LineKind
from scanner.domain.resolution.explain.moves import blocker_reason, move_reason
from scanner.domain.resolution.explain.plan_reason import PlanReason, PlanReasonKind, incomplete_reason
from scanner.domain.resolution.graph import DependencyGraph
from scanner.domain.resolution.loosen import Step, loosen, step_between
from scanner.domain.resolution.minimise import minimise
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.candidates import Lacking, RootRequirements
from scanner.domain.resolution.model.missing import Search, finish
from scanner.domain.resolution.model.outcomes import LimitReached, Resolution, SearchLimits
from scanner.domain.resolution.model.plans import Blocker, Plan, VersionChange
from scanner.domain.resolution.model.policy import BuildPolicy, Order, Preference
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.prevented import breaking_in, is_further, preventable
from scanner.domain.resolution.problem import Choices, ResolutionProblem
from scanner.domain.resolution.pubgrub.solver import Exhausted, Solved, Unsolvable
from scanner.domain.resolution.results import resolution_of
from scanner.domain.targets.target import Target

__all__ = ["Strategy", "Upgrade", "plan", "plan_search"]


_NEWER = PlanReason(PlanReasonKind.NEWER_VERSION)


class Strategy(StrEnum):
    """MINIMAL changes as little as possible; LATEST takes the newest version of everything."""

    MINIMAL = "minimal"
    LATEST = "latest"


class Upgrade(Struct, frozen=True):
    """The input of a plan.

    `current` are the versions in use: pins, or the closure as written. Packages in `holds` never change, `step` is how
    far each other one may move. `caps` limit packages beside the requirements and are never loosened. Pre-releases of
    `open_prereleases` count. `refuted` says that the requirements as written are known to have no solution. No set has
    the releases in `lacking` of its target. The facts in `assumed_prevented` rule nothing out while a set is searched.
    """

    cache: ResolutionCache
    targets: Sequence[Target]
    roots: RootRequirements
    policy: BuildPolicy
    current: Mapping[NormalizedName, Version]
    strategy: Strategy = Strategy.MINIMAL
    step: Step = Step.MAJOR
    holds: frozenset[NormalizedName] = frozenset()
    limits: SearchLimits = field(default_factory=SearchLimits)
    refuted: bool = False
    known_breaks: KnownBreaks = NO_KNOWN_BREAKS
    open_prereleases: frozenset[NormalizedName] = frozenset()
    caps: tuple[Requirement, ...] = ()
    lacking: Mapping[Target, Lacking] = field(default_factory=dict)
    assumed_prevented: frozenset[KnownBreak] = frozenset()

    def problem(self, roots: RootRequirements) -> ResolutionProblem:
        """Return the problem of one form of the requirements, with the strategy's preference."""
        order = Order.KEEP if self.strategy is Strategy.MINIMAL else Order.LATEST
        preference = Preference(order, self.current, roots.direct)
        return ResolutionProblem(
            *(self.cache, self.targets, roots, self.policy, preference, self.limits),
            open_prereleases=self.open_prereleases,
            known_breaks=self.known_breaks,
            assumed_prevented=self.assumed_prevented,
            lacking=self.lacking,
        )

    def forms(self) -> list[RootRequirements]:
        """Return looser and looser forms: as written, without pins, without upper bounds. LATEST has the last."""
        forms = [self.roots] if self.strategy is Strategy.MINIMAL else []
        if self.strategy is Strategy.MINIMAL:
            forms.append(loosen(self.roots, self.current, step=self.step, holds=self.holds, caps=False))
        forms.append(loosen(self.roots, self.current, step=self.step, holds=self.holds))
        if self.strategy is Strategy.MINIMAL and self.holds:
            forms[0] = replace(forms[0], constraints=forms[-1].constraints)
        if self.caps:
            forms = [replace(form, constraints=(*form.constraints, *self.caps)) for form in forms]
        distinct = [form for index, form in enumerate(forms) if form not in forms[:index]]
        return [form for form in distinct if form != self.roots] or distinct if self.refuted else distinct


def plan(upgrade: Upgrade) -> Plan:
    """Find a set that holds on all targets of the upgrade at once, by its strategy.

    A minimal plan keeps the versions in use where it can. What must move goes to the lowest version that works, upper
    bounds are loosened only if pins alone do not help, and taking back any single change breaks the set. Never raises:
    a plan may say that there is no path, that data is missing, or that the search was cut short. Facts that the cache
    does not know are given up.
    """
    return finish(plan_search(upgrade), upgrade.cache)


def plan_search(upgrade: Upgrade) -> Search[Plan]:
    """Search as `plan` does, yielding what is missing.

    Where nothing holds because of breaks that a package in the set would prevent, it searches again as if one did, and
    takes the set only if none of them happens in it.
    """
    first = yield from _search(upgrade)
    prevented = preventable(first, upgrade.known_breaks)
    if not first.feasible and (first.missing.packages or (first.missing and prevented)):
        # What was not read might bring what prevents the break.
        first = replace(first, reason=incomplete_reason(first.missing))
    while prevented:
        made = yield from _search(replace(upgrade, assumed_prevented=prevented))
        breaking = breaking_in(made, prevented)
        if not breaking:
            return made if is_further(made, first, upgrade.known_breaks) else first
        # The others may be prevented while these are not.
        prevented -= breaking
    return first


def _search(upgrade: Upgrade) -> Search[Plan]:
    forms = upgrade.forms()
    for roots in forms:
        problem = upgrade.problem(roots)
        if roots is not forms[-1] and (yield from problem.known(partial(_certainly_fails, problem))):
            continue
        found = yield from problem.solve()
        if isinstance(found, Exhausted):
            return _cut_short(upgrade, problem, LimitReached(found.steps, found.reason))
        if isinstance(found, Solved):
            choices, is_running = yield from _running(upgrade, problem, problem.choices(found))
            if not is_running and roots is not forms[-1]:
                continue
            return (yield from _finish(upgrade, problem, choices))
        if roots is forms[-1]:
            return (yield from _no_path(upgrade, problem, found))
    raise AssertionError("the last form is always tried")


def _running(upgrade: Upgrade, problem: ResolutionProblem, choices: Choices) -> Search[tuple[Choices, bool]]:
    """Return a set in which no break happens that was assumed to be prevented, and whether it is one.

    If these choices are none, the newest may be, or else those nearest to the versions in use: another release of some
    package brings what prevents the break.
    """
    if not upgrade.assumed_prevented or (yield from problem.holds(choices)):
        return choices, True
    other = problem.in_order(Order.LATEST if problem.preference.order is Order.KEEP else Order.KEEP)
    found = yield from other.solve()
    if isinstance(found, Solved):
        choices = other.choices(found)
    return choices, (yield from problem.holds(choices))


def _certainly_fails(problem: ResolutionProblem) -> bool:
    return any(any(certain_blockers(provider)) for provider in problem.providers)


def _kept(upgrade: Upgrade, problem: ResolutionProblem) -> Choices:
    """Return the candidates of the versions in use that the index has."""
    kept = {}
    for name, version in upgrade.current.items():
        candidates = problem.providers[0].candidates(name)
        choice = 0 if candidates is None else candidates.package.choice(version)
        if choice:
            kept[name] = choice
    return kept


def _finish(upgrade: Upgrade, problem: ResolutionProblem, choices: Choices) -> Search[Plan]:
    """Minimise a set that was found, and return its plan."""
    if upgrade.strategy is Strategy.MINIMAL:
        kept = yield from problem.known(partial(_kept, upgrade, problem))
        choices = yield from minimise(problem, choices, kept)
    resolutions = yield from problem.known(
        lambda: tuple(resolution_of(provider, choices) for provider in problem.providers)
    )
    pins: dict[NormalizedName, Version] = {}
    for resolution in resolutions:
        pins.update(resolution.pins)
    graphs = yield from problem.graphs(choices)
    changes = yield from problem.known(partial(_changes, upgrade, problem, graphs, pins))
    missing = problem.missing_in(graphs)
    return Plan(
        tuple(upgrade.targets),
        not missing,
        changes,
        pins,
        tuple(name for name in pins if name not in upgrade.current),
        _dropped(upgrade, resolutions),
        missing=missing,
        reason=incomplete_reason(missing) if missing else None,
        resolutions=resolutions,
        roots=problem.roots,
    )


def _dropped(upgrade: Upgrade, resolutions: Sequence[Resolution]) -> tuple[NormalizedName, ...]:
    reached = {edge.requirement.name for resolution in resolutions for edge in resolution.edges}
    # The order of the versions in use follows the metadata, and each wheel of a release may list it in its own.
    return tuple(sorted(name for name in upgrade.current if name not in reached))


def _changes(
    upgrade: Upgrade,
    problem: ResolutionProblem,
    graphs: Sequence[DependencyGraph],
    pins: Mapping[NormalizedName, Version],
) -> tuple[VersionChange, ...]:
    """Return the packages that change, direct ones first, then in the order of the set."""
    changes = []
    for name, after in pins.items():
        before = upgrade.current.get(name)
        if before is not None and before != after:
            newest = upgrade.strategy is Strategy.LATEST
            reason = _NEWER if newest else move_reason(problem, graphs, name, before)
            direct = name in upgrade.roots.direct
            changes.append(VersionChange(name, before, after, direct, step_between(before, after), reason))
    return tuple(sorted(changes, key=lambda change: not change.direct))


def _cut_short(upgrade: Upgrade, problem: ResolutionProblem, limit: LimitReached) -> Plan:
    reason = PlanReason(PlanReasonKind.CUT_SHORT, steps=limit.steps)
    return Plan(tuple(upgrade.targets), feasible=False, reason=reason, missing=problem.missing(), limit=limit)


_STATEMENTS = (LineKind.ASKED, LineKind.LIMITED, LineKind.NEEDS)
_LACKS = (LineKind.UNAVAILABLE, LineKind.NOT_FOUND, LineKind.UNREADABLE, LineKind.BREAKS)


def _sides(conflict: ConflictAccount | None) -> tuple[ConflictLine, ...]:
    """Return the first two statements about the package that has no version left, or one and what its versions lack."""
    explanation = conflict.explanation if conflict is not None else ConflictExplanation()

    def about(kinds: Collection[LineKind]) -> Iterator[ConflictLine]:
        for line in explanation.lines:
            name = line.required if line.kind is LineKind.NEEDS else line.name
            if line.kind in kinds and name == explanation.exhausted:
                yield line

    return (*about(_STATEMENTS), *about(_LACKS))[:2]


def _no_path(upgrade: Upgrade, problem: ResolutionProblem, failure: Unsolvable) -> Search[Plan]:
    """Return the plan that names what blocks it, and the changes that clear the rest, unless pre-releases hold."""
    found = yield from find_blockers(problem)
    if found.limit is not None:
        return _cut_short(upgrade, found.problem, found.limit)
    conflict = explain_in(problem, failure.proof) if failure.proof is not None else None
    if found.choices is None:
        return Plan(
            tuple(upgrade.targets),
            feasible=False,
            reason=PlanReason(PlanReasonKind.CONTRADICTION, sides=_sides(conflict)),
            conflict=conflict,
            missing=found.problem.missing(),
        )
    choices, _ = yield from _running(upgrade, found.problem, found.choices)
    around = yield from _finish(upgrade, found.problem, choices)
    blockers: dict[NormalizedName, Blocker] = {}
    for provider, resolution in zip(found.problem.providers, around.resolutions, strict=True):
        for edge in resolution.edges:
            name = edge.requirement.name
            candidates = provider.candidates(name)
            version = resolution.pins.get(name)
            choice = 0 if candidates is None or version is None else candidates.package.choice(version)
            if candidates is not None and name not in resolution.urls and not choice & candidates.usable:
                blockers.setdefault(name, Blocker(name, blocker_reason(provider, name, found.problem.targets)))
    if not blockers:
        # Pre-releases, which count where no final release is usable, hold together.
        return around
    kept_back = {name for name in blockers if name in upgrade.current}
    return replace(
        around,
        feasible=False,
        changes=tuple(change for change in around.changes if change.name not in kept_back),
        pins={name: version for name, version in (around.pins or {}).items() if name not in blockers},
        blockers=tuple(blockers.values()),
        reason=PlanReason(PlanReasonKind.BLOCKED, parts=tuple(one.reason for one in blockers.values())),
        conflict=conflict,
    )
