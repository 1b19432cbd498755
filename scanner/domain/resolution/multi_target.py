"""The provider for several targets at once: one version of each package, wanted on some of the targets.

Nodes are packages ("uvloop", which choose a version) and presences: whether a package or an extra is wanted on the
n-th target ("uvloop@0", "uvicorn[standard]@1"). A release must be usable only where its package is wanted, so a
package that only Linux needs does not block Windows.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

from packaging.utils import NormalizedName

from scanner.domain.resolution.explain.reasons import InvalidDependency, Required
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.pubgrub.incompatibility import ABSENT, lowest
from scanner.domain.resolution.pubgrub.provider_protocol import Dependency, NodeFacts
from scanner.domain.resolution.target_provider import CHOSEN, TargetProvider

__all__ = ["BridgeProvider"]

_TargetRequirement = tuple[int, Requirement]


class BridgeProvider:
    """A provider for several targets, each with its own `TargetProvider`, with the same requirements and policy."""

    def __init__(self, providers: Sequence[TargetProvider]) -> None:
        self._providers = providers
        self._wanted: dict[str, tuple[int, NormalizedName, NormalizedName | None]] = {}

    def root_dependencies(self) -> Iterator[Dependency[_TargetRequirement]]:
        """Yield the project's requirements on each target."""
        for index, provider in enumerate(self._providers):
            for requirement in provider.requirements:
                yield from self._require(index, (), requirement, Required(requirement))

    def identify(self, requirement: _TargetRequirement) -> Sequence[str]:
        """Return the package, its presence on the requiring target, and one presence for each extra."""
        index, own = requirement
        nodes: list[str] = [own.name]
        for extra in (None, *own.extras):
            node = f"{own.name}@{index}" if extra is None else f"{own.name}[{extra}]@{index}"
            self._wanted[node] = (index, own.name, extra)
            nodes.append(node)
        return nodes

    def facts(self, node: str) -> NodeFacts:
        """Return what limits a node. Whether a candidate of a package is usable depends on the targets that want it."""
        if node in self._wanted:
            return NodeFacts(((~(CHOSEN | ABSENT), None),), follows=self._wanted[node][1])
        known = 0
        for provider in self._providers:
            candidates = provider.candidates(NormalizedName(node))
            known |= CHOSEN if candidates is None else candidates.known
        return NodeFacts(((~(known | ABSENT), None),))

    def satisfied(self, node: str, requirement: _TargetRequirement) -> int:
        """Return what a requirement admits on its target."""
        index, own = requirement
        return CHOSEN if node in self._wanted else self._providers[index].satisfied(node, own)

    def prefer(self, node: str, allowed: int) -> int:
        """Return the preferred candidate of those usable on all targets, else on most of them, else of all."""
        if node in self._wanted:
            return CHOSEN & allowed
        name = NormalizedName(node)
        candidate_sets = [provider.candidates(name) for provider in self._providers]
        everywhere = allowed
        for candidates in candidate_sets:
            if candidates is not None and everywhere & candidates.usable:
                everywhere &= candidates.usable
        first = self._providers[0]
        return first.prefer(node, everywhere) if candidate_sets[0] is not None else lowest(allowed & CHOSEN or allowed)

    def missing(self, node: str, choice: int, chosen: Mapping[str, int]) -> Missing | None:
        """Return what is not known of a package where it is wanted on a target."""
        if node not in self._wanted:
            return None
        index, name, extra = self._wanted[node]
        return self._providers[index].missing_for(name, chosen[name], extra)

    def dependencies(
        self, node: str, choice: int, chosen: Mapping[str, int]
    ) -> Iterable[Dependency[_TargetRequirement]]:
        """Yield what a package requires on a target where it is wanted. The package node itself requires nothing."""
        if node not in self._wanted:
            return
        index, name, extra = self._wanted[node]
        provider = self._providers[index]
        release = chosen[name]
        dependencies = provider.dependencies_of(name, release)
        if dependencies is None:
            return
        if dependencies.invalid is not None and extra is None:
            yield Dependency(
                ((name, release), (node, CHOSEN)), None, InvalidDependency(name, dependencies.invalid.text)
            )
        if extra is None:
            for pair, broken in provider.breaks_beside(name, release):
                wanted = tuple((f"{package}@{index}", CHOSEN) for package, _ in pair)
                yield Dependency((*pair, *wanted), None, broken)
        for stated, requirement in provider.applicable(dependencies, extra):
            releases = provider.dependents(name, stated)
            reason = Required(requirement, name, extra, releases)
            yield from self._require(index, ((name, releases), (node, CHOSEN)), requirement, reason)

    def basis(self, node: str) -> Hashable:
        """Return what `dependencies` of a presence rests on, as the provider of its target does."""
        if node not in self._wanted:
            return None
        index, name, extra = self._wanted[node]
        return self._providers[index].basis_of(name, extra)

    def _require(
        self, index: int, dependents: tuple[tuple[str, int], ...], requirement: Requirement, reason: object
    ) -> Iterator[Dependency[_TargetRequirement]]:
        yield Dependency(dependents, (index, requirement), reason)
        candidates = self._providers[index].candidates(requirement.name)
        if candidates is not None:
            node = f"{requirement.name}@{index}"
            for forbidden, why in candidates.forbidden:
                barred = forbidden & candidates.known
                if barred or not candidates.known:
                    yield Dependency(((requirement.name, barred or ~ABSENT), (node, CHOSEN)), None, why)
