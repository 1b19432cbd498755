"""A scope: the question put to one target, or to several at once, with everything needed to search and to check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from packaging.utils import NormalizedName

from scanner.domain.resolution.graph import DependencyGraph, walk
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.candidates import RootRequirements
from scanner.domain.resolution.model.outcomes import Missing
from scanner.domain.resolution.model.policy import BuildPolicy, Preference
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.multi_target import BridgeProvider
from scanner.domain.resolution.pubgrub.solver import Solved, Solver
from scanner.domain.resolution.resolve import SearchLimits, missing_of
from scanner.domain.resolution.target_provider import TargetProvider
from scanner.domain.targets.target import Target

__all__ = ["Choices", "ResolutionProblem"]

Choices = dict[NormalizedName, int]


@dataclass(slots=True)
class ResolutionProblem:
    """One search problem. `providers` has one member a target; what is chosen must hold on all of them."""

    cache: ResolutionCache
    targets: Sequence[Target]
    roots: RootRequirements
    policy: BuildPolicy
    preference: Preference
    limits: SearchLimits = field(default_factory=SearchLimits)
    tolerated: frozenset[NormalizedName] = frozenset()
    placeholders: frozenset[NormalizedName] = frozenset()
    unchecked: frozenset[NormalizedName] = frozenset()
    providers: tuple[TargetProvider, ...] = field(init=False)
    _solver: Solver[tuple[int, Requirement]] | Solver[Requirement] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.providers = tuple(
            TargetProvider(
                self.cache,
                target,
                self.roots,
                self.policy,
                self.preference,
                tolerated=self.tolerated,
                placeholders=self.placeholders,
                unchecked=self.unchecked,
            )
            for target in self.targets
        )

    @property
    def solver(self) -> Solver[tuple[int, Requirement]] | Solver[Requirement]:
        """The one solver of this problem. Made when first asked for: a look at the providers often settles it."""
        if self._solver is None:
            limit, expired = self.limits.steps, self.limits.expired
            if len(self.providers) == 1:
                provider = self.providers[0]
                self._solver = Solver(provider, provider.root_dependencies(), limit=limit, expired=expired)
            else:
                bridge = BridgeProvider(self.providers)
                self._solver = Solver(bridge, bridge.root_dependencies(), limit=limit, expired=expired)
        return self._solver

    def allowing(
        self, tolerated: Iterable[NormalizedName], placeholders: Iterable[NormalizedName]
    ) -> ResolutionProblem:
        """The same problem, with more packages let through."""
        return replace(
            self,
            tolerated=self.tolerated | frozenset(tolerated),
            placeholders=self.placeholders | frozenset(placeholders),
        )

    def choices(self, found: Solved) -> Choices:
        """The chosen candidates of packages, without the nodes of extras and targets."""
        return {
            NormalizedName(node): choice for node, choice in found.chosen.items() if "[" not in node and "@" not in node
        }

    def holds(self, choices: Mapping[NormalizedName, int]) -> bool:
        """Whether these choices satisfy everything on every target, as far as all metadata needed is known."""
        before = self._missed()
        return all(not walk(p, choices, stop_early=True).violations for p in self.providers) and (
            self._missed() == before
        )

    def graphs(self, choices: Mapping[NormalizedName, int]) -> list[DependencyGraph]:
        """What the choices lead to, target by target."""
        return [walk(provider, choices) for provider in self.providers]

    def missing(self) -> Missing:
        """What had to be asked for in vain so far."""
        return missing_of(*self.providers)

    def _missed(self) -> int:
        return sum(len(p.missing_packages) + len(p.missing_releases) for p in self.providers)
