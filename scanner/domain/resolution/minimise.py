"""Make a set that holds differ as little as possible from the versions in use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from packaging.utils import NormalizedName

from scanner.domain.resolution.graph import DependencyGraph
from scanner.domain.resolution.model.missing import Search
from scanner.domain.resolution.problem import Choices, ResolutionProblem
from scanner.domain.resolution.pubgrub.incompatibility import bits
from scanner.domain.resolution.pubgrub.solver import Solved

__all__ = ["changed", "minimise"]


def changed(choices: Mapping[NormalizedName, int], kept: Mapping[NormalizedName, int]) -> list[NormalizedName]:
    """Return the packages that are not at the version to keep, in the order of the set."""
    return [name for name, choice in choices.items() if kept.get(name, choice) != choice]


def minimise(problem: ResolutionProblem, choices: Choices, kept: Mapping[NormalizedName, int]) -> Search[Choices]:
    """Return a set that holds, is no further from `kept` than `choices`, and fails if any single change is taken back.

    First each changed requirement of the project is tried at its old version. Then moves are made as short as
    possible, and single changes are taken back until none can be. The order is that of the project, so the result is
    always the same.
    """
    choices = yield from _pruned(problem, choices)
    choices = yield from _hold_direct(problem, choices, kept)
    choices = yield from _take_back(problem, choices, kept)
    choices = yield from _shorten(problem, choices, kept)
    return (yield from _take_back(problem, choices, kept))


def _pruned(problem: ResolutionProblem, choices: Choices) -> Search[Choices]:
    """Return the part of the choices that the requirements lead to."""
    graphs = yield from problem.graphs(choices)
    members = {name for graph in graphs for name in graph.members}
    return {name: choice for name, choice in choices.items() if name in members}


def _cost(problem: ResolutionProblem, choices: Choices, kept: Mapping[NormalizedName, int]) -> tuple[int, int]:
    """Return (changed packages that the project requires, changed packages)."""
    moved = changed(choices, kept)
    return sum(name in problem.roots.direct for name in moved), len(moved)


def _hold_direct(problem: ResolutionProblem, choices: Choices, kept: Mapping[NormalizedName, int]) -> Search[Choices]:
    """Try to keep each changed requirement of the project at its old version, with all that did not change."""
    best = _cost(problem, choices, kept)
    for name in changed(choices, kept):
        if name not in problem.roots.direct or choices[name] == kept[name]:
            continue
        if not _possible(problem, name, kept[name]) or not problem.solver.always(name) & kept[name]:
            continue
        still = [
            (other, kept[other])
            for other in choices
            if other in problem.roots.direct and kept.get(other) == choices[other]
        ]
        found = yield from problem.solve([(name, kept[name]), *still])
        if isinstance(found, Solved):
            other_choices = yield from _pruned(problem, problem.choices(found))
            cost = _cost(problem, other_choices, kept)
            if cost < best and (yield from problem.holds(other_choices)):
                choices, best = other_choices, cost
    return choices


def _possible(problem: ResolutionProblem, name: NormalizedName, choice: int) -> bool:
    """Return False if a release is certainly not usable."""
    if len(problem.providers) > 1:
        return True
    candidates = problem.providers[0].candidates(name)
    return candidates is not None and bool(candidates.usable & choice)


def _take_back(problem: ResolutionProblem, choices: Choices, kept: Mapping[NormalizedName, int]) -> Search[Choices]:
    """Take back changes until every single one left is needed.

    All that may be taken back are tried together, then their halves: where much can be, few sets are walked.
    """
    while True:
        around = _Around(problem, choices, (yield from problem.graphs(choices)))
        before = changed(choices, kept)
        names = yield from problem.known(partial(_admitted, around, before, kept))
        choices = yield from _taken_back(problem, choices, kept, names)
        if len(changed(choices, kept)) == len(before):
            return choices


def _admitted(
    around: _Around, names: Iterable[NormalizedName], kept: Mapping[NormalizedName, int]
) -> list[NormalizedName]:
    # Each is asked, so that the facts that all of them need are fetched together.
    return [name for name in names if around.admits(name, kept[name])]


def _taken_back(
    problem: ResolutionProblem, choices: Choices, kept: Mapping[NormalizedName, int], names: Sequence[NormalizedName]
) -> Search[Choices]:
    """Take back all changes of these packages, else those of each half that can be, down to single ones."""
    names = [name for name in names if choices.get(name, kept[name]) != kept[name]]
    if not names:
        return choices
    trial = {**choices, **{name: kept[name] for name in names}}
    if (yield from problem.holds(trial)):
        return (yield from _pruned(problem, trial))
    if len(names) == 1:
        return choices
    middle = len(names) // 2
    choices = yield from _taken_back(problem, choices, kept, names[:middle])
    return (yield from _taken_back(problem, choices, kept, names[middle:]))


def _shorten(problem: ResolutionProblem, choices: Choices, kept: Mapping[NormalizedName, int]) -> Search[Choices]:
    """Move each package that goes up only as far as it must."""
    around = _Around(problem, choices, (yield from problem.graphs(choices)))
    for name in changed(choices, kept):
        choice, before = choices.get(name, 0), kept[name]
        between = around.admitted_by_all(name) & (choice - 1) & ~((before << 1) - 1) if choice > before else 0
        for position in bits(between):
            if not (yield from problem.known(partial(around.admits, name, 1 << position))):
                continue
            trial = {**choices, name: 1 << position}
            if (yield from problem.holds(trial)):
                choices = yield from _pruned(problem, trial)
                around = _Around(problem, choices, (yield from problem.graphs(choices)))
                break
    return choices


class _Around:
    """A quick check of another version of a package against the rest of a set, before the whole set is walked."""

    def __init__(self, problem: ResolutionProblem, choices: Choices, graphs: Sequence[DependencyGraph]) -> None:
        self._scope, self._choices, self._graphs = problem, choices, graphs
        self._admitted: dict[NormalizedName, int] = {}
        for provider, graph in zip(problem.providers, self._graphs, strict=True):
            for edge in graph.edges:
                name = edge.requirement.name
                self._admitted[name] = self._admitted.get(name, -1) & provider.satisfied(name, edge.requirement)

    def admitted_by_all(self, name: NormalizedName) -> int:
        """Return the candidates that every requirement for a package admits; none if nothing requires it."""
        return self._admitted.get(name, 0)

    def admits(self, name: NormalizedName, choice: int) -> bool:
        """Return False if a release does not fit its dependents or its dependencies in the set; True proves nothing."""
        if not self.admitted_by_all(name) & choice or not _possible(self._scope, name, choice):
            return False
        for provider, graph in zip(self._scope.providers, self._graphs, strict=True):
            if name not in graph.members:
                continue
            dependencies = provider.dependencies_of(name, choice)
            if dependencies is None or dependencies.invalid is not None:
                return False
            for extra in (None, *graph.extras.get(name, ())):
                for _, requirement in provider.applicable(dependencies, extra):
                    if requirement.name != name and not self._choices.get(requirement.name, 0) & provider.satisfied(
                        requirement.name, requirement
                    ):
                        return False
        return True
