"""A resolution problem: requirements on one target or several, with everything needed to search and to check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from packaging.utils import NormalizedName

from scanner.domain.evidence.known_breaks import NO_KNOWN_BREAKS, KnownBreak, KnownBreaks
from scanner.domain.resolution.graph import DependencyGraph, walk
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.candidate_set import NOTHING_LACKING, Lacking
from scanner.domain.resolution.model.missing import Missing, Search
from scanner.domain.resolution.model.outcomes import SearchLimits
from scanner.domain.resolution.model.policy import BuildPolicy, Order, Preference
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.model.root_requirements import RootRequirements
from scanner.domain.resolution.multi_target import BridgeProvider
from scanner.domain.resolution.packages_on_target import SearchProgress
from scanner.domain.resolution.prereleases import certain_prereleases, prereleases_in
from scanner.domain.resolution.pubgrub.search_state import Checkpoint, Checkpoints
from scanner.domain.resolution.pubgrub.solver import Exhausted, Solved, Solver, Unsolvable
from scanner.domain.resolution.results import missing_of
from scanner.domain.resolution.target_provider import TargetProvider
from scanner.domain.targets.target import Target

__all__ = ["Choices", "ResolutionProblem"]

Choices = dict[NormalizedName, int]
T = TypeVar("T")


@dataclass(slots=True)
class ResolutionProblem:
    """A search problem. A set must hold on all targets; `providers` has one provider for each.

    `tolerated` packages may be chosen although none of their candidates is usable. `placeholders` are packages or
    versions that the index does not have and that are taken to exist. Of `open_prereleases` pre-releases count, because
    a requirement mentions one: `solve` adds to them. No set has releases that `known_breaks` rules out, or that are in
    `lacking` of its target; whether a fact of `assumed_prevented` happens, only the finished set shows. `awaited` are
    packages that the next problem may let through, `kept` the checkpoints of the one before that its search shares.
    """

    cache: ResolutionCache
    targets: Sequence[Target]
    roots: RootRequirements
    policy: BuildPolicy
    preference: Preference
    limits: SearchLimits = field(default_factory=SearchLimits)
    tolerated: Mapping[NormalizedName, int] = field(default_factory=dict)
    placeholders: frozenset[NormalizedName] = frozenset()
    open_prereleases: frozenset[NormalizedName] = frozenset()
    known_breaks: KnownBreaks = NO_KNOWN_BREAKS
    assumed_prevented: frozenset[KnownBreak] = frozenset()
    lacking: Mapping[Target, Lacking] = field(default_factory=dict)
    awaited: frozenset[NormalizedName] = frozenset()
    kept: Sequence[Checkpoint[SearchProgress]] = ()
    providers: tuple[TargetProvider, ...] = field(init=False)
    _solver: Solver[tuple[int, Requirement], Missing] | Solver[Requirement, Missing] | None = field(
        init=False, default=None
    )
    _checkpoints: Checkpoints[SearchProgress] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._make_providers()

    def _make_providers(self) -> None:
        self._solver = self._checkpoints = None
        self.providers = tuple(
            TargetProvider(
                self.cache,
                target,
                self.roots,
                self.policy,
                self.preference,
                tolerated=self.tolerated,
                placeholders=self.placeholders,
                open_prereleases=self.open_prereleases,
                known_breaks=self.known_breaks,
                assumed_prevented=self.assumed_prevented,
                lacking=self.lacking.get(target, NOTHING_LACKING),
            )
            for target in self.targets
        )

    @property
    def solver(self) -> Solver[tuple[int, Requirement], Missing] | Solver[Requirement, Missing]:
        """The solver of this problem, made when first used: the providers alone often settle it."""
        if self._solver is None:
            limit, expired = self.limits.steps, self.limits.expired
            if len(self.providers) == 1:
                self._solver = self._solver_of(self.providers[0])
            else:
                bridge = BridgeProvider(self.providers)
                self._solver = Solver(bridge, bridge.root_dependencies(), limit=limit, expired=expired)
        return self._solver

    def _solver_of(self, provider: TargetProvider) -> Solver[Requirement, Missing]:
        """Return the solver of one target. It goes on from the last of the checkpoints kept."""
        begin = self.kept[-1] if self.kept else None
        if begin is not None:
            provider.go_on_from(begin.progress)
        if self.awaited:
            self._checkpoints = Checkpoints(self.awaited, provider.mentioned, provider.progress, self.kept)
        return Solver(
            provider,
            provider.root_dependencies() if begin is None else (),
            limit=self.limits.steps,
            expired=self.limits.expired,
            begin=begin,
            checkpoints=self._checkpoints,
        )

    def allowing(
        self,
        tolerated: Mapping[NormalizedName, int],
        placeholders: Iterable[NormalizedName],
        awaited: frozenset[NormalizedName] = frozenset(),
    ) -> ResolutionProblem:
        """Return the same problem with more packages let through, and others awaited.

        Its search goes on from where that of this problem met one of these packages, if it has met any.
        """
        changed = frozenset((*tolerated, *placeholders))
        made = replace(
            self,
            tolerated={**self.tolerated, **tolerated},
            placeholders=self.placeholders | frozenset(placeholders),
            awaited=awaited,
            kept=() if self._checkpoints is None else self._checkpoints.before(changed),
        )
        for provider, before in zip(made.providers, self.providers, strict=True):
            provider.take_over(before)
        return made

    def opening(self, names: Iterable[NormalizedName]) -> ResolutionProblem:
        """Return the same problem with the pre-releases of these packages open to every requirement."""
        opened = self.open_prereleases | frozenset(names)
        return self if opened == self.open_prereleases else replace(self, open_prereleases=opened, kept=())

    def in_order(self, order: Order) -> ResolutionProblem:
        """Return the same problem with the candidates tried in another order."""
        return replace(self, preference=Preference(order, self.preference.keep, self.preference.direct), kept=())

    def choices(self, found: Solved) -> Choices:
        """Return the chosen candidates of packages, without the nodes of extras and targets."""
        return {
            NormalizedName(node): choice for node, choice in found.chosen.items() if "[" not in node and "@" not in node
        }

    def known(self, step: Callable[[], T]) -> Search[T]:
        """Run a step that only reads facts, and repeat it until every fact that it reads is known or given up."""
        while True:
            for provider in self.providers:
                provider.forget_unsettled()
            result = step()
            missing = Missing()
            for provider in self.providers:
                missing |= provider.unsettled()
            if not missing:
                return result
            yield missing

    def solve(self, assumptions: Sequence[tuple[str, int]] = ()) -> Search[Solved | Unsolvable | Exhausted]:
        """Run the solver. It may run several times for one problem with different assumptions.

        If requirements for a pre-release contradict others of their package, it runs again with pre-releases of that
        package open to all of them, as installers do: where one package needs x==2.0b1, another's x>=1.0 admits it.
        """
        while True:
            found = yield from self._solve(assumptions)
            if not isinstance(found, Unsolvable) or found.proof is None:
                return found
            mentioned = prereleases_in(found.proof)
            if mentioned <= self.open_prereleases:
                return found
            for provider in self.providers:
                mentioned |= yield from self.known(partial(certain_prereleases, provider))
            self.open_prereleases, self.kept = self.open_prereleases | mentioned, ()
            self._make_providers()

    def _solve(self, assumptions: Sequence[tuple[str, int]]) -> Search[Solved | Unsolvable | Exhausted]:
        yield from self.known(lambda: [p.candidates(one.name) for p in self.providers for one in p.requirements])
        search = self.solver.solve(assumptions)
        while True:
            try:
                first, *others = next(search)
            except StopIteration as end:
                found: Solved | Unsolvable | Exhausted = end.value
                return found
            missing = first
            for other in others:
                missing |= other.as_likely
            yield missing

    def holds(self, choices: Mapping[NormalizedName, int]) -> Search[bool]:
        """Check that choices satisfy everything on every target, with the dependencies of all of them known."""
        if self.roots.constraints and not (yield from self.known(partial(self._are_admitted, choices))):
            return False
        return (yield from self.known(lambda: all(walk(one, choices, stop_early=True).holds for one in self.providers)))

    def _are_admitted(self, choices: Mapping[NormalizedName, int]) -> bool:
        """Return whether the constraints of the project admit the choices; no requirement of the set states them."""
        limited = {requirement.name for requirement in self.roots.constraints} & choices.keys()
        found = [(name, provider.candidates(name)) for provider in self.providers for name in limited]
        return not any(mask & choices[name] for name, one in found if one is not None for mask, _ in one.forbidden)

    def graphs(self, choices: Mapping[NormalizedName, int]) -> Search[list[DependencyGraph]]:
        """Return the dependency graph of choices on each target."""
        return (yield from self.known(lambda: [walk(provider, choices) for provider in self.providers]))

    def missing(self) -> Missing:
        """Return what the search needed and did not find."""
        return missing_of(*self.providers)

    def missing_in(self, graphs: Iterable[DependencyGraph]) -> Missing:
        """Return those of the facts that the search did not find on which its result rests.

        A release that was passed over, or read beside another one, does not count.
        """
        missing, reached = self.missing(), list(graphs)
        return Missing(
            tuple(name for name in missing.packages if any(name in graph.members for graph in reached)),
            tuple(one for one in missing.releases if any(graph.members.get(one[0]) == one[1] for graph in reached)),
        )
