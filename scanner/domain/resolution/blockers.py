"""Search past packages without a usable version, so that all blockers are found at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec import Struct
from packaging.utils import NormalizedName

from scanner.domain.resolution.best_effort import BestEfforts
from scanner.domain.resolution.explain.account import ConflictAccount
from scanner.domain.resolution.explain.facts import facts_of
from scanner.domain.resolution.explain.reasons import PackageNotFound, Required, Unavailable
from scanner.domain.resolution.model.missing import Search
from scanner.domain.resolution.model.outcomes import LimitReached
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.prereleases import has_usable_prerelease
from scanner.domain.resolution.problem import Choices, ResolutionProblem
from scanner.domain.resolution.pubgrub.incompatibility import Incompatibility
from scanner.domain.resolution.pubgrub.solver import Exhausted, Solved
from scanner.domain.resolution.results import explain
from scanner.domain.resolution.target_provider import TargetProvider

__all__ = ["SearchResult", "certain_blockers", "explain_in", "find_blockers"]


class SearchResult(Struct, frozen=True):
    """The last problem that was searched, with the packages that had to be tolerated, and its result.

    `choices` is None if no set holds even so; then `proof` says why, or `limit` that the search was cut short.
    `efforts` are the best efforts that were worked out on the way.
    """

    problem: ResolutionProblem
    choices: Choices | None
    efforts: BestEfforts
    proof: Incompatibility | None = None
    limit: LimitReached | None = None


def explain_in(problem: ResolutionProblem, proof: Incompatibility) -> ConflictAccount:
    """Return the account of a proof for the problem that it was found in."""
    return explain(proof, problem.solver.nodes, *problem.providers)


def find_blockers(problem: ResolutionProblem) -> Search[SearchResult]:
    """Solve a problem; while the proof of failure rests on a package without a usable version, tolerate one and repeat.

    What certainly blocks, whatever else is chosen, is tolerated at once. After that it is one package at a time, the
    one nearest to the requirements first. A tolerated package stays at its preferred release: it is known that no
    older one installs either, so looking for one that fits the rest would only hide the conflict. Where only a
    pre-release of a package is usable, installers take it, and so does this if the set then holds.
    """
    efforts, certain = BestEfforts(), []
    for provider in problem.providers:
        certain.append((yield from problem.known(partial(certain_blockers, provider))))  # noqa: PERF401  a comprehension cannot yield
    opened = yield from _with_prereleases(problem, certain)
    if opened is not problem:
        found = yield from opened.solve()
        if isinstance(found, Solved):
            return SearchResult(opened, opened.choices(found), efforts)
    tolerated: Choices = {}
    placeholders: set[NormalizedName] = set()
    violated: frozenset[NormalizedName] = frozenset()
    for blocked, unknown in certain:
        tolerated.update((name, choice) for name, choice in blocked.items() if name not in problem.tolerated)
        placeholders |= unknown - problem.placeholders
    while True:
        if tolerated or placeholders:
            problem = problem.allowing(tolerated, placeholders, violated)
        found = yield from problem.solve()
        if isinstance(found, Exhausted):
            return SearchResult(problem, None, efforts, limit=LimitReached(found.steps, found.reason))
        if isinstance(found, Solved):
            return SearchResult(problem, problem.choices(found), efforts)
        proof = found.proof
        assert proof is not None  # there were no assumptions
        tolerated, placeholders = yield from problem.known(partial(_next_to_allow, problem, proof, efforts))
        violated = _violated(problem, efforts)
        usable = {name for name in tolerated if any(has_usable_prerelease(p, name) for p in problem.providers)}
        if usable - problem.open_prereleases and not (problem.tolerated or problem.placeholders):
            opened = problem.opening(usable)
            found = yield from opened.solve()
            if isinstance(found, Solved):
                return SearchResult(opened, opened.choices(found), efforts)
        if not tolerated and not placeholders:
            return SearchResult(problem, None, efforts, proof)


def _with_prereleases(
    problem: ResolutionProblem, certain: Sequence[tuple[Choices, set[NormalizedName]]]
) -> Search[ResolutionProblem]:
    """Return the problem with pre-releases of what certainly blocks without them; the same if something still does.

    `certain` is what `certain_blockers` says of each provider.
    """
    found: set[NormalizedName] = set()
    for provider, (blocked, _) in zip(problem.providers, certain, strict=True):
        found |= {name for name in blocked if has_usable_prerelease(provider, name)}
    opened = problem.opening(found)
    if opened is problem:
        return problem
    for provider in opened.providers:
        blocked, placeholders = yield from opened.known(partial(certain_blockers, provider))
        if blocked or placeholders:
            return problem
    return opened


def _next_to_allow(
    problem: ResolutionProblem, proof: Incompatibility, efforts: BestEfforts
) -> tuple[Choices, set[NormalizedName]]:
    """Return a package of the proof that could be let through, as (tolerated, placeholders); one of them is empty.

    Only a package that the best versions of everything else lead to qualifies. One that only older versions need is
    part of a conflict and no blocker.
    """
    unavailable: dict[NormalizedName, int] = {}
    absent: set[NormalizedName] = set()
    for reason in (fact.reason for fact in facts_of(proof)):
        if isinstance(reason, PackageNotFound):
            absent.add(reason.name)
        elif isinstance(reason, Unavailable):
            unavailable[reason.name] = unavailable.get(reason.name, 0) | reason.releases
        elif isinstance(reason, Required) and not any(
            p.satisfied(reason.requirement.name, reason.requirement) for p in problem.providers
        ):
            absent.add(reason.requirement.name)
    for number, provider in enumerate(problem.providers):
        found = efforts.of(problem, number)
        for violation in found.graph.violations:
            name, edge = violation.name, violation.edge
            if edge is None and name in unavailable.keys() - problem.tolerated.keys():
                return {name: found.choices[name]}, set()
            if (
                edge is not None
                and name in absent - problem.placeholders
                and not provider.satisfied(name, edge.requirement)
            ):
                return {}, {name}
    # On several targets, each may have usable releases and none may be usable on all.
    for name, releases in unavailable.items() if len(problem.providers) > 1 else ():
        package = problem.cache.package(name)
        if name not in problem.tolerated and package is not None and not package.all & ~releases:
            return {name: package.all}, set()
    return {}, set()


def _violated(problem: ResolutionProblem, efforts: BestEfforts) -> frozenset[NormalizedName]:
    """Return the packages that may be let through next; none on several targets, whose searches begin at the start."""
    if len(problem.providers) > 1:
        return frozenset()
    return frozenset(one.name for one in efforts.of(problem, 0).graph.violations)


def certain_blockers(provider: TargetProvider) -> tuple[Choices, set[NormalizedName]]:
    """Return (blocked packages, packages or versions that do not exist) that block whatever else is chosen.

    Each blocked package has its preferred release among those that are required. Follows only dependencies that cannot
    be avoided. A package blocks if the requirements for it admit candidates and none of them is usable; it needs a
    placeholder if the index has nothing that one of them admits.
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
