"""The best version of each package for as many requirements as fit: what a contradictory set would install."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from msgspec import Struct
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.graph import DependencyGraph, walk
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.problem import Choices, ResolutionProblem
from scanner.domain.resolution.target_provider import TargetProvider

__all__ = ["BestEffort", "BestEfforts", "best_effort"]

_ROUNDS = 12
_Admitting = Iterable[tuple[Requirement, int]]


class BestEffort(Struct, frozen=True):
    """A set that may not hold, and its graph. Earlier requirements go first."""

    choices: Choices
    graph: DependencyGraph


class BestEfforts:
    """The best efforts of a problem and of those that only let more through, each worked out once for each target.

    What is tolerated may be chosen, but is preferred to nothing, so it changes no choice; a placeholder and open
    pre-releases do.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, frozenset[NormalizedName], frozenset[NormalizedName]], _Known] = {}

    def of(self, problem: ResolutionProblem, number: int) -> BestEffort:
        """Return the best effort on the n-th target. It counts only if the provider then lacks no fact."""
        provider, key = problem.providers[number], (number, problem.placeholders, problem.open_prereleases)
        known = self._known.get(key)
        if known is None:
            found = best_effort(provider)
            known = _Known(found, frozenset(provider.missing_packages), frozenset(provider.missing_releases))
            if not provider.unsettled():
                self._known[key] = known
        provider.missing_packages |= known.missing_packages
        provider.missing_releases |= known.missing_releases
        return known.found


class _Known(Struct, frozen=True):
    """A best effort, and the facts that were given up before."""

    found: BestEffort
    missing_packages: frozenset[NormalizedName]
    missing_releases: frozenset[tuple[NormalizedName, Version]]


def best_effort(provider: TargetProvider) -> BestEffort:
    """Return the best effort on the provider's target; without a graph if a fact was missing on the way.

    Then it is to be searched again, so nothing is guessed from what is known so far.
    """
    choices: Choices = {}
    preferred: dict[tuple[NormalizedName, int], int] = {}
    for _ in range(_ROUNDS):
        fresh = {}
        for name, mask in _masks(provider, choices).items():
            choice = preferred.get((name, mask))
            if choice is None:
                choice = preferred[name, mask] = _best(provider, name, mask)
            if choice:
                fresh[name] = choice
        if provider.unsettled():
            return BestEffort(choices, DependencyGraph())
        if fresh == choices:
            break
        choices = fresh
    return BestEffort(choices, walk(provider, choices))


def _best(provider: TargetProvider, name: NormalizedName, mask: int) -> int:
    """Return the preferred candidate of a set, a usable one before any other."""
    candidates = provider.candidates(name)
    usable = mask if candidates is None else mask & candidates.usable
    return provider.prefer(name, usable or mask) if mask else 0


def _masks(provider: TargetProvider, choices: Choices) -> Choices:
    """Return what is left of each package by the requirements that choices lead to, in the order of `walk`.

    A requirement that leaves nothing is passed over. It is `walk` without the graph, which takes most of its time.
    """
    masks: Choices = {}
    followed: dict[NormalizedName, set[NormalizedName]] = {}
    todo: deque[tuple[NormalizedName, NormalizedName | None]] = deque()

    def follow(requirements: _Admitting) -> None:
        for requirement, admitted in requirements:
            name = requirement.name
            before = masks.get(name)
            masks[name] = admitted if before is None else before & admitted or before
            if not choices.get(name):
                continue
            extras = followed.get(name)
            if extras is None:
                extras = followed[name] = set()
                todo.append((name, None))
            for extra in requirement.extras:
                if extra not in extras:
                    extras.add(extra)
                    todo.append((name, extra))

    def finish() -> None:
        while todo:
            name, extra = todo.popleft()
            follow(provider.requirements_of(name, choices[name], extra) or ())

    follow((one, provider.admitted(one)) for one in provider.direct)
    finish()
    for one in provider.included:
        admitted = provider.admitted(one)
        is_covered = set(one.extras) <= followed.get(one.name, set()) and choices.get(one.name, 0) & admitted
        if one.name not in followed or not is_covered:
            follow([(one, admitted)])
            finish()
    return masks
