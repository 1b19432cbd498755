"""The five verbs for several targets at once: one version of each package, wanted on some targets and not on others.

Nodes are packages ("uvloop", which choose a version), and whether a package or an extra is wanted on the n-th target
("uvloop@0", "uvicorn[standard]@1"). A release must be usable only where its package is wanted, so a package that only
Linux needs does not stand in the way of Windows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from packaging.utils import NormalizedName

from scanner.domain.resolution.explain.reasons import Asked, Unreadable
from scanner.domain.resolution.model.requirement import Ask
from scanner.domain.resolution.model.versions import Shelf
from scanner.domain.resolution.pubgrub.incompatibility import ABSENT, lowest
from scanner.domain.resolution.pubgrub.provider_protocol import Candidates, Dependency
from scanner.domain.resolution.target_provider import CHOSEN, TargetProvider

__all__ = ["BridgeProvider"]

_Ask = tuple[int, Ask]


class BridgeProvider:
    """Answers about several targets, each with a provider of its own; all share question, policy and preference."""

    def __init__(self, providers: Sequence[TargetProvider]) -> None:
        self._providers = providers
        self._wanted: dict[str, tuple[int, NormalizedName, NormalizedName | None]] = {}

    def roots(self) -> Iterator[Dependency[_Ask]]:
        """What the project asks for on each target."""
        for index, provider in enumerate(self._providers):
            for ask in provider.asked:
                yield from self._ask(index, (), ask, Asked(ask))

    def identify(self, requirement: _Ask) -> Sequence[str]:
        """The package, its presence on the asking target, and one presence for each extra."""
        index, ask = requirement
        nodes: list[str] = [ask.name]
        for extra in (None, *ask.extras):
            node = f"{ask.name}@{index}" if extra is None else f"{ask.name}[{extra}]@{index}"
            self._wanted[node] = (index, ask.name, extra)
            nodes.append(node)
        return nodes

    def candidates(self, node: str) -> Candidates:
        """A presence holds or not. A package may choose what exists; whether it is usable depends on the target."""
        if node in self._wanted:
            return Candidates(((~(CHOSEN | ABSENT), None),), follows=self._wanted[node][1])
        known = 0
        for provider in self._providers:
            ration = provider.ration(NormalizedName(node))
            known |= CHOSEN if ration is None else ration.known
        return Candidates(((~(known | ABSENT), None),))

    def satisfied(self, node: str, requirement: _Ask) -> int:
        """What an ask admits on its target."""
        index, ask = requirement
        return CHOSEN if node in self._wanted else self._providers[index].satisfied(node, ask)

    def prefer(self, node: str, allowed: int) -> int:
        """The preferred of those usable on every target, else on most of them, else of all."""
        if node in self._wanted:
            return CHOSEN & allowed
        name = NormalizedName(node)
        rations = [provider.ration(name) for provider in self._providers]
        everywhere = allowed
        for ration in rations:
            if ration is not None and everywhere & ration.usable:
                everywhere &= ration.usable
        first = self._providers[0]
        return first.prefer(node, everywhere) if rations[0] is not None else lowest(allowed & CHOSEN or allowed)

    def dependencies(self, node: str, choice: int, chosen: Mapping[str, int]) -> Iterable[Dependency[_Ask]]:
        """What a package brings on a target where it is wanted; a package alone brings nothing."""
        if node not in self._wanted:
            return
        index, name, extra = self._wanted[node]
        provider = self._providers[index]
        release = chosen[name]
        needs = provider.needs(name, release)
        if needs is None:
            return
        if needs.unreadable is not None and extra is None:
            yield Dependency(((name, release), (node, CHOSEN)), None, Unreadable(name, needs.unreadable.text))
        for stated, ask in provider.brought(needs, extra):
            carriers = provider.stock.carriers(name, stated)
            reason = Asked(ask, name, extra, carriers)
            yield from self._ask(index, ((name, carriers), (node, CHOSEN)), ask, reason)

    def shelf(self, node: str) -> Shelf | None:
        """The shelf that a node chooses from, if it chooses a version."""
        return None if node in self._wanted else self._providers[0].shelf(node)

    def _ask(
        self, index: int, dependents: tuple[tuple[str, int], ...], ask: Ask, reason: object
    ) -> Iterator[Dependency[_Ask]]:
        yield Dependency(dependents, (index, ask), reason)
        ration = self._providers[index].ration(ask.name)
        if ration is not None:
            node = f"{ask.name}@{index}"
            for never, why in ration.never:
                barred = never & ration.known
                if barred or not ration.known:
                    yield Dependency(((ask.name, barred or ~ABSENT), (node, CHOSEN)), None, why)
