"""Making a set that holds differ from today's as little as possible."""

from __future__ import annotations

from collections.abc import Mapping

from packaging.utils import NormalizedName

from scanner.domain.resolution.problem import Choices, Scope
from scanner.domain.resolution.pubgrub.incompatibility import bits
from scanner.domain.resolution.pubgrub.solver import Solved

__all__ = ["changed", "shrink"]


def changed(choices: Mapping[NormalizedName, int], kept: Mapping[NormalizedName, int]) -> list[NormalizedName]:
    """The packages of a set that are not at the version to keep, in the order of the set."""
    return [name for name, choice in choices.items() if kept.get(name, choice) != choice]


def shrink(scope: Scope, choices: Choices, kept: Mapping[NormalizedName, int]) -> Choices:
    """A set no further from `kept` than `choices`, that holds, and in which taking back any single change fails.

    First each change of a requirement of the project is given up if the rest can be arranged around it; then moves
    are made as short as they can be; last, single changes are taken back until none can be. The order is the
    project's own, so the result is always the same.
    """
    choices = _hold_direct(scope, _pruned(scope, choices), kept)
    choices = _take_back(scope, choices, kept)
    choices = _shorten(scope, choices, kept)
    return _take_back(scope, choices, kept)


def _pruned(scope: Scope, choices: Choices) -> Choices:
    """The part that the requirements lead to."""
    members = {name for reach in scope.reaches(choices) for name in reach.members}
    return {name: choice for name, choice in choices.items() if name in members}


def _cost(scope: Scope, choices: Choices, kept: Mapping[NormalizedName, int]) -> tuple[int, int]:
    moved = changed(choices, kept)
    return sum(name in scope.question.direct for name in moved), len(moved)


def _hold_direct(scope: Scope, choices: Choices, kept: Mapping[NormalizedName, int]) -> Choices:
    """Try to keep each moved requirement where it is, together with all that did not move."""
    best = _cost(scope, choices, kept)
    for name in changed(choices, kept):
        if name not in scope.question.direct or choices[name] == kept[name]:
            continue
        if not _possible(scope, name, kept[name]) or not scope.solver.always(name) & kept[name]:
            continue
        still = [
            (other, kept[other])
            for other in choices
            if other in scope.question.direct and kept.get(other) == choices[other]
        ]
        found = scope.solver.solve([(name, kept[name]), *still])
        if isinstance(found, Solved):
            other_choices = _pruned(scope, scope.choices(found))
            cost = _cost(scope, other_choices, kept)
            if cost < best and scope.holds(other_choices):
                choices, best = other_choices, cost
    return choices


def _possible(scope: Scope, name: NormalizedName, choice: int) -> bool:
    """Whether a release is usable wherever the scope asks."""
    if len(scope.providers) > 1:
        return True
    ration = scope.providers[0].ration(name)
    return ration is not None and bool(ration.usable & choice)


def _take_back(scope: Scope, choices: Choices, kept: Mapping[NormalizedName, int]) -> Choices:
    """Take back single changes until every one left is needed."""
    again = True
    while again:
        again = False
        around = _Around(scope, choices)
        for name in changed(choices, kept):
            if around.admits(name, kept[name]):
                trial = {**choices, name: kept[name]}
                if scope.holds(trial):
                    choices = _pruned(scope, trial)
                    again = True
                    break
    return choices


def _shorten(scope: Scope, choices: Choices, kept: Mapping[NormalizedName, int]) -> Choices:
    """Move each package that goes up only as far as it must."""
    around = _Around(scope, choices)
    for name in changed(choices, kept):
        choice, before = choices.get(name, 0), kept[name]
        between = around.asked(name) & (choice - 1) & ~((before << 1) - 1) if choice > before else 0
        for position in bits(between):
            if not around.admits(name, 1 << position):
                continue
            trial = {**choices, name: 1 << position}
            if scope.holds(trial):
                choices = _pruned(scope, trial)
                around = _Around(scope, choices)
                break
    return choices


class _Around:
    """What a set says about another version of one of its packages: a quick look before the whole set is walked."""

    def __init__(self, scope: Scope, choices: Choices) -> None:
        self._scope, self._choices = scope, choices
        self._reaches = scope.reaches(choices)
        self._asked: dict[NormalizedName, int] = {}
        for provider, reach in zip(scope.providers, self._reaches, strict=True):
            for edge in reach.edges:
                name = edge.ask.name
                self._asked[name] = self._asked.get(name, -1) & provider.satisfied(name, edge.ask)

    def asked(self, name: NormalizedName) -> int:
        """The releases that everybody who asks for a package admits; none when nobody does."""
        return self._asked.get(name, 0)

    def admits(self, name: NormalizedName, choice: int) -> bool:
        """Whether a release suits those who ask for it, and the set has what it needs. True leaves the rest open."""
        if not self.asked(name) & choice or not _possible(self._scope, name, choice):
            return False
        for provider, reach in zip(self._scope.providers, self._reaches, strict=True):
            if name not in reach.members:
                continue
            needs = provider.needs(name, choice)
            if needs is None:
                return False
            for extra in (None, *reach.extras.get(name, ())):
                for _, ask in provider.brought(needs, extra):
                    if ask.name != name and not self._choices.get(ask.name, 0) & provider.satisfied(ask.name, ask):
                        return False
        return True
