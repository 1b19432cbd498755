"""One resolution for one target: run the solver and turn its result into an outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from packaging.utils import NormalizedName

from scanner.domain.resolution.explain.derivation import Derivation, derive
from scanner.domain.resolution.graph import walk
from scanner.domain.resolution.model.outcomes import (
    Conflict,
    Incomplete,
    LimitReached,
    Missing,
    Resolution,
    ResolutionOutcome,
)
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.pubgrub.incompatibility import Incompatibility
from scanner.domain.resolution.pubgrub.solver import Exhausted, Solver, Unsolvable
from scanner.domain.resolution.target_provider import TargetProvider

__all__ = ["SearchLimits", "explain", "missing_of", "resolution_of", "resolve"]


@dataclass(frozen=True, slots=True)
class SearchLimits:
    """The limits of one search: how many decisions and conflicts, and a callable that is true when time is up."""

    steps: int = 200_000
    expired: Callable[[], bool] | None = None


def missing_of(*providers: TargetProvider) -> Missing:
    """Return what these providers were asked for and did not know."""
    missing = Missing()
    for provider in providers:
        missing |= Missing(tuple(provider.missing_packages), tuple(provider.missing_releases))
    return missing


def resolution_of(provider: TargetProvider, chosen: Mapping[NormalizedName, int]) -> Resolution:
    """Return the part of the choices that the requirements lead to on the provider's target."""
    graph = walk(provider, chosen)
    urls = {}
    for edge in graph.edges:
        if edge.requirement.url is not None and graph.members.get(edge.requirement.name, True) is None:
            urls[edge.requirement.name] = edge.requirement.url
    return Resolution(
        {name: version for name, version in graph.members.items() if version is not None},
        urls,
        {name: tuple(sorted(extras)) for name, extras in graph.extras.items()},
        tuple(graph.edges),
    )


def explain(proof: Incompatibility, nodes: Sequence[str], *providers: TargetProvider) -> Derivation:
    """Return the derivation of a proof. For several targets, pass the providers of all of them in order."""
    first = providers[0]
    targets = [provider.target.slug for provider in providers]
    return derive(proof, nodes, first.package, targets, lambda one: first.satisfied(one.name, one))


def resolve(provider: TargetProvider, limits: SearchLimits | None = None) -> ResolutionOutcome:
    """Find one set that satisfies everything, by the provider's preference.

    A conflict counts whatever is missing, since more data only adds requirements. A solution that depends on missing
    data is `Incomplete`, with everything that was missing on the way.
    """
    limits = limits or SearchLimits()
    solver: Solver[Requirement, Missing] = Solver(
        provider, provider.root_dependencies(), limit=limits.steps, expired=limits.expired
    )
    search = solver.solve()
    while True:
        try:
            provider.cache.give_up(next(search)[0])
        except StopIteration as end:
            found = end.value
            break
    if isinstance(found, Exhausted):
        return LimitReached(found.steps, found.reason)
    if isinstance(found, Unsolvable):
        assert found.proof is not None  # there were no assumptions
        return Conflict(explain(found.proof, solver.nodes, provider))
    missing = missing_of(provider)
    if missing:
        return Incomplete(missing)
    return resolution_of(provider, {NormalizedName(node): choice for node, choice in found.chosen.items()})
