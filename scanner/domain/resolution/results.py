"""Results of a search: what was missing, the set on one target, and the derivation of a proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from packaging.utils import NormalizedName

from scanner.domain.resolution.explain.account import ConflictAccount, ProofContext, account_for
from scanner.domain.resolution.graph import walk
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.resolution.model.outcomes import Resolution
from scanner.domain.resolution.pubgrub.incompatibility import Incompatibility
from scanner.domain.resolution.target_provider import TargetProvider

__all__ = ["explain", "missing_of", "resolution_of"]


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


def explain(proof: Incompatibility, nodes: Sequence[str], *providers: TargetProvider) -> ConflictAccount:
    """Return the account of a proof. For several targets, pass the providers of all of them in order."""
    first = providers[0]
    targets = [provider.target.slug for provider in providers]
    context = ProofContext(nodes, first.package, targets, lambda one: first.satisfied(one.name, one))
    return account_for(proof, context)
