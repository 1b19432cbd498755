"""Best efforts: what a contradictory set would install, and how often it is worked out."""

import random
from itertools import pairwise

import pytest
from packaging.utils import canonicalize_name

from scanner.domain.resolution import best_effort as module
from scanner.domain.resolution.best_effort import BestEffort, BestEfforts, best_effort
from scanner.domain.resolution.graph import DependencyGraph, walk
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.policy import BuildPolicy, Preference
from scanner.domain.resolution.problem import Choices, ResolutionProblem
from scanner.domain.resolution.target_provider import TargetProvider
from tests.scanner.domain.resolution.random_index import random_index, random_roots
from tests.scanner.domain.resolution.small_index import LINUX, SmallIndex, SmallSource, root_requirements


def problem_of(index: SmallIndex, roots: list[str]) -> ResolutionProblem:
    return ResolutionProblem(
        ResolutionCache(SmallSource(index)), [LINUX], root_requirements(*roots), BuildPolicy(), Preference()
    )


def by_whole_graphs(provider: TargetProvider) -> tuple[Choices, DependencyGraph]:
    """Work it out from the whole graph of each round."""
    choices: Choices = {}
    for _ in range(12):
        masks: Choices = {}
        for edge in walk(provider, choices).edges:
            name = edge.requirement.name
            admitted = provider.satisfied(name, edge.requirement)
            masks[name] = masks.get(name, -1) & admitted or masks.get(name, 0)
        fresh = {}
        for name, mask in masks.items():
            candidates = provider.candidates(name)
            assert candidates is not None
            if mask:
                fresh[name] = provider.prefer(name, mask & candidates.usable or mask)
        if fresh == choices:
            break
        choices = fresh
    return choices, walk(provider, choices)


@pytest.mark.parametrize("seed", range(20))
def test_it_equals_what_whole_graphs_say(seed: int) -> None:
    rng = random.Random(seed)
    (provider,) = problem_of(random_index(rng), random_roots(rng)).providers
    found = best_effort(provider)
    assert (found.choices, found.graph) == by_whole_graphs(provider)


def test_what_is_tolerated_changes_nothing_and_a_placeholder_does(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = problem_of({"a": {"1": {"needs": ["b>=2"]}}, "b": {"1": {"on": ["win32"]}}}, ["a"])
    worked: list[TargetProvider] = []

    def counted(provider: TargetProvider) -> BestEffort:
        worked.append(provider)
        return best_effort(provider)

    monkeypatch.setattr(module, "best_effort", counted)
    tolerant = problem.allowing({canonicalize_name("b"): 2}, ())
    placing = tolerant.allowing({}, [canonicalize_name("b")])
    efforts = BestEfforts()
    found = [efforts.of(one, 0) for one in (problem, tolerant, placing)]
    assert worked == [problem.providers[0], placing.providers[0]]
    assert [one is other for one, other in pairwise(found)] == [True, False]
    assert found[1].choices.keys() == {"a"}
    assert found[2].choices.keys() == {"a", "b"}


def test_what_lacks_a_fact_is_worked_out_again() -> None:
    cache = ResolutionCache(SmallSource({"a": {"1": {}}}, ["unknown"]))
    problem = ResolutionProblem(cache, [LINUX], root_requirements("a", "unknown"), BuildPolicy(), Preference())
    efforts = BestEfforts()
    assert not efforts.of(problem, 0).graph.edges
    cache.give_up(problem.providers[0].unsettled())
    found = efforts.of(problem, 0)
    assert [edge.requirement.name for edge in found.graph.edges] == ["a", "unknown"]
    assert efforts.of(problem.allowing({}, ()), 0) is found
