"""One resolution for one target: run the solver over a provider and turn what it found into an outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from packaging.utils import NormalizedName

from scanner.domain.resolution.explain.derivation import Derivation, derive
from scanner.domain.resolution.explain.sentences import Phrases
from scanner.domain.resolution.graph import walk
from scanner.domain.resolution.model.outcomes import Conflict, Incomplete, LimitReached, Missing, Outcome, Resolution
from scanner.domain.resolution.model.requirement import Ask
from scanner.domain.resolution.pubgrub.incompatibility import Clause
from scanner.domain.resolution.pubgrub.solver import Exhausted, Solver, Unsolvable
from scanner.domain.resolution.target_provider import TargetProvider

__all__ = ["Limits", "explain", "missing_of", "resolution_of", "resolve"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one search may take: decisions and conflicts, and a callable that tells when time is up."""

    steps: int = 200_000
    expired: Callable[[], bool] | None = None


def missing_of(*providers: TargetProvider) -> Missing:
    """What these providers had to ask for in vain."""
    missing = Missing()
    for provider in providers:
        missing |= Missing(
            tuple(provider.missing_packages), tuple(provider.missing_releases), tuple(provider.likely_releases)
        )
    return missing


def resolution_of(provider: TargetProvider, chosen: Mapping[NormalizedName, int]) -> Resolution:
    """The part of a set of choices that the requirements lead to on the provider's target."""
    reach = walk(provider, chosen)
    urls = {}
    for edge in reach.edges:
        if edge.ask.url is not None and reach.members.get(edge.ask.name, True) is None:
            urls[edge.ask.name] = edge.ask.url
    return Resolution(
        {name: version for name, version in reach.members.items() if version is not None},
        urls,
        {name: tuple(sorted(extras)) for name, extras in reach.extras.items()},
        tuple(reach.edges),
    )


def explain(proof: Clause, nodes: Sequence[str], *providers: TargetProvider) -> Derivation:
    """A solver's proof in words, with the versions of the providers' shelves; of a bridge give them all, in order."""
    first = providers[0]
    phrases = Phrases(first.shelf, [provider.target.slug for provider in providers])
    return derive(proof, nodes, phrases, lambda ask: first.satisfied(ask.name, ask))


def resolve(provider: TargetProvider, limits: Limits | None = None) -> Outcome:
    """Find one set that satisfies everything, by the provider's preference.

    A conflict is a conflict whatever is still missing, since more data only brings more demands; a solution that
    leans on missing data is Incomplete, and names all that was met on the way.
    """
    limits = limits or Limits()
    solver: Solver[Ask] = Solver(provider, provider.roots(), limit=limits.steps, expired=limits.expired)
    found = solver.solve()
    if isinstance(found, Exhausted):
        return LimitReached(found.steps, found.reason)
    if isinstance(found, Unsolvable):
        assert found.proof is not None  # there were no assumptions
        return Conflict(explain(found.proof, solver.nodes, provider))
    missing = missing_of(provider)
    if missing:
        return Incomplete(missing)
    return resolution_of(provider, {NormalizedName(node): choice for node, choice in found.chosen.items()})
