"""Going on past packages of which nothing is usable, so that everything that stands in the way is found at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from packaging.utils import NormalizedName

from scanner.domain.resolution.explain.derivation import Derivation, reasons_of
from scanner.domain.resolution.explain.reasons import PackageNotFound, Required, Unavailable
from scanner.domain.resolution.graph import DependencyGraph, walk
from scanner.domain.resolution.model.missing import Search
from scanner.domain.resolution.model.outcomes import LimitReached
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.problem import Choices, ResolutionProblem
from scanner.domain.resolution.pubgrub.incompatibility import Incompatibility
from scanner.domain.resolution.pubgrub.solver import Exhausted, Solved
from scanner.domain.resolution.resolve import explain
from scanner.domain.resolution.target_provider import TargetProvider

__all__ = ["SearchResult", "best_effort", "certain_blockers", "explain_in", "find_blockers"]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """How a search with waivers ended: `scope` is the last one tried, with the waivers that were needed.

    `choices` is None when there is no solution whatever is waived; then `proof` says why, or `limit` that it is not
    known. `original` is the scope without waivers; `waived` tells whether it has no solution of its own.
    """

    problem: ResolutionProblem
    choices: Choices | None
    proof: Incompatibility | None = None
    limit: LimitReached | None = None


def explain_in(problem: ResolutionProblem, proof: Incompatibility) -> Derivation:
    """A proof in words, with the releases that the scope saw."""
    return explain(proof, problem.solver.nodes, *problem.providers)


def find_blockers(problem: ResolutionProblem) -> Search[SearchResult]:
    """Solve, and whenever the proof of failure rests on a package without usable releases, waive one and go on.

    Packages that certainly block (nothing else can be chosen there) are tolerated at once; otherwise one package at a
    time, the one nearest to the requirements first. A tolerated package stays at its preferred release: that no older
    one installs either is known, so looking for one that fits the rest would only hide the conflict.
    """
    tolerated: Choices = {}
    placeholders: set[NormalizedName] = set()
    for provider in problem.providers:
        blocked, unknown = yield from problem.known(partial(certain_blockers, provider))
        tolerated.update((name, choice) for name, choice in blocked.items() if name not in problem.tolerated)
        placeholders |= unknown - problem.placeholders
    while True:
        if tolerated or placeholders:
            problem = problem.allowing(tolerated, placeholders)
        found = yield from problem.solve()
        if isinstance(found, Exhausted):
            return SearchResult(problem, None, limit=LimitReached(found.steps, found.reason))
        if isinstance(found, Solved):
            return SearchResult(problem, problem.choices(found))
        proof = found.proof
        assert proof is not None  # there were no assumptions
        tolerated, placeholders = yield from problem.known(partial(_next_to_allow, problem, proof))
        if not tolerated and not placeholders:
            return SearchResult(problem, None, proof)


def _next_to_allow(problem: ResolutionProblem, proof: Incompatibility) -> tuple[Choices, set[NormalizedName]]:
    """Return one package that the proof rests on and that could be let through, as (tolerated, placeholders).

    Only a package that the best versions of everything else lead to: one that stands in the way of older versions
    alone is part of a conflict, not a blocker.
    """
    unavailable: dict[NormalizedName, int] = {}
    absent: set[NormalizedName] = set()
    for reason in reasons_of(proof):
        if isinstance(reason, PackageNotFound):
            absent.add(reason.name)
        elif isinstance(reason, Unavailable):
            unavailable[reason.name] = unavailable.get(reason.name, 0) | reason.releases
        elif isinstance(reason, Required) and not any(
            p.satisfied(reason.requirement.name, reason.requirement) for p in problem.providers
        ):
            absent.add(reason.requirement.name)
    for provider in problem.providers:
        choices, graph = best_effort(provider)
        for violation in graph.violations:
            name, edge = violation.name, violation.edge
            if edge is None and name in unavailable.keys() - problem.tolerated.keys():
                return {name: choices[name]}, set()
            if (
                edge is not None
                and name in absent - problem.placeholders
                and not provider.satisfied(name, edge.requirement)
            ):
                return {}, {name}
    # Across a bridge every target may have its own usable releases, and none of them be the same.
    for name, releases in unavailable.items() if len(problem.providers) > 1 else ():
        package = problem.cache.package(name)
        if name not in problem.tolerated and package is not None and not package.all & ~releases:
            return {name: package.all}, set()
    return {}, set()


def certain_blockers(provider: TargetProvider) -> tuple[Choices, set[NormalizedName]]:
    """Return (packages, placeholders) that block whatever else is chosen: follows only what leaves no choice.

    Each blocked package comes with its preferred release among those that are required.

    A package blocks when the asks that cannot be avoided admit releases, none of them usable; it is a phantom when
    the index has nothing that one of them admits.
    """
    blocked: set[NormalizedName] = set()
    placeholders: set[NormalizedName] = set()
    masks: dict[NormalizedName, int] = {}
    extras: dict[NormalizedName, set[NormalizedName | None]] = {}
    followed: set[tuple[NormalizedName, NormalizedName | None]] = set()
    requirements: list[Requirement] = list(provider.requirements)
    while requirements:
        requirement = requirements.pop()
        name = requirement.name
        candidates = provider.candidates(name)
        if candidates is None:
            continue
        admitted = provider.satisfied(name, requirement)
        if not admitted:
            placeholders.add(name)
            continue
        masks[name] = masks.get(name, candidates.known) & admitted
        extras.setdefault(name, {None}).update(requirement.extras)
        if masks[name] and not masks[name] & candidates.usable:
            blocked.add(name)
        choice = masks[name] & candidates.usable or masks[name]
        if choice and not choice & (choice - 1):
            for extra in extras[name]:
                dependencies = provider.dependencies_of(name, choice)
                if dependencies is not None and (name, extra) not in followed:
                    followed.add((name, extra))
                    requirements += [added for _, added in provider.applicable(dependencies, extra)]
    return {name: provider.prefer(name, masks[name]) for name in sorted(blocked)}, placeholders


def best_effort(provider: TargetProvider, rounds: int = 12) -> tuple[Choices, DependencyGraph]:
    """A set that may not hold: each package at its best version for as many asks as fit together, first asks first.

    Shows what a set that contradicts itself would pull in.
    """
    choices: Choices = {}
    graph = walk(provider, choices)
    for _ in range(rounds):
        masks: Choices = {}
        for edge in graph.edges:
            name = edge.requirement.name
            candidates = provider.candidates(name)
            known = -1 if candidates is None else candidates.known
            narrowed = masks.get(name, known) & provider.satisfied(name, edge.requirement)
            masks[name] = narrowed or masks.get(name, 0)
        fresh = {}
        for name, mask in masks.items():
            candidates = provider.candidates(name)
            usable = mask if candidates is None else mask & candidates.usable
            choice = provider.prefer(name, usable or mask) if mask else 0
            if choice:
                fresh[name] = choice
        if fresh == choices:
            break
        choices = fresh
        graph = walk(provider, choices)
    return choices, graph
