"""Why a package has to move, and why another cannot, in words."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.explain.reasons import Obstacle
from scanner.domain.resolution.explain.sentences import OBSTACLES
from scanner.domain.resolution.graph import DependencyGraph
from scanner.domain.resolution.model.candidates import CandidateSet
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.problem import ResolutionProblem
from scanner.domain.resolution.pubgrub.incompatibility import lowest
from scanner.domain.resolution.target_provider import TargetProvider
from scanner.domain.targets.target import Target

__all__ = ["why_it_moves", "why_stuck"]


def why_it_moves(
    problem: ResolutionProblem, graphs: Sequence[DependencyGraph], name: NormalizedName, before: Version
) -> str:
    """What is wrong with the version before, given what the new set reaches.

    Of several targets the one that gives the plainest reason speaks: that the version cannot be used there, then that
    something in the set refuses it, then that it asks for something that cannot be had. A target is named where there
    are several.
    """
    there = [pair for pair in zip(problem.providers, graphs, strict=True) if name in pair[1].members]
    for provider, _ in there:
        where = f" on {provider.target.slug}" if len(problem.providers) > 1 else ""
        if why := _obstacle(provider, name, before, where):
            return why
    for provider, graph in there:
        if why := _refused(provider, graph, name, before):
            return why
    # Where a demand cannot be met at all, more is said than where the set only went another way.
    unmet = [_unmet(provider, graph, name, before) or "" for provider, graph in there]
    return max(unmet, key=len, default="") or "it moves with the others"


def _obstacle(provider: TargetProvider, name: NormalizedName, before: Version, where: str) -> str | None:
    candidates = provider.candidates(name)
    if candidates is None:
        return None
    choice = candidates.package.choice(before)
    if not choice & candidates.known:
        return f"the index has no {name} {before}"
    if choice & candidates.usable:
        return None
    return f"{name} {before} {_words(provider, candidates, choice)}{where}"


def _words(provider: TargetProvider, candidates: CandidateSet, mask: int) -> str:
    """What keeps releases from being used, the most frequent obstacle of them first."""
    usable = provider.cache.installable(candidates.package, provider.target, provider.policy)
    listed = sorted(usable.obstacles, key=lambda pair: -(pair[1] & mask).bit_count())
    words = [OBSTACLES[obstacle] for obstacle, releases in listed if releases & mask]
    return " or ".join(words) if words else OBSTACLES[Obstacle.TOO_YOUNG]


def _refused(provider: TargetProvider, graph: DependencyGraph, name: NormalizedName, before: Version) -> str | None:
    candidates = provider.candidates(name)
    choice = 0 if candidates is None else candidates.package.choice(before)
    for edge in graph.edges:
        if edge.requirement.name == name and not provider.satisfied(name, edge.requirement) & choice:
            asker = (
                "the project"
                if edge.dependent is None
                else f"{edge.dependent} {graph.members[edge.dependent] or ''}".strip()
            )
            return f"{asker} needs {edge.requirement}"
    return None


def _unmet(
    provider: TargetProvider,
    graph: DependencyGraph,
    name: NormalizedName,
    before: Version,
) -> str | None:
    """A demand of the version before that the new set does not meet."""
    candidates = provider.candidates(name)
    dependencies = None if candidates is None else provider.dependencies_of(name, candidates.package.choice(before))
    if dependencies is None:
        return None
    for extra in (None, *sorted(graph.extras.get(name, ()))):
        for _, requirement in provider.applicable(dependencies, extra):
            admitted = provider.satisfied(requirement.name, requirement)
            if not graph.choices.get(requirement.name, 0) & admitted:
                return f"{name} {before} needs {requirement}{_first_usable(provider, requirement, admitted)}"
    return None


def _first_usable(provider: TargetProvider, requirement: Requirement, admitted: int) -> str:
    """ ", and … has no usable release before …" when that is what is wrong with an ask."""
    candidates = provider.candidates(requirement.name)
    if candidates is None or not admitted or admitted & candidates.usable:
        return ""
    later = candidates.usable & candidates.package.all & ~((admitted << 1) - 1) & ~candidates.package.prereleases
    where = provider.target.slug
    if not later:
        return f", and no release of {requirement.name} from there on is usable on {where}"
    return f", and {requirement.name} has no wheel for {where} before {candidates.package.version(lowest(later))}"


def why_stuck(provider: TargetProvider, name: NormalizedName, targets: Sequence[Target]) -> str:
    """Why nothing clears a package on a target, or on all targets of a bridge."""
    candidates = provider.candidates(name)
    where = provider.target.slug
    if candidates is None:
        return f"{name} was not polled yet"
    if not candidates.package.versions:
        return f"the index has no package {name}"
    if not candidates.usable:
        newest = 2 << (len(candidates.package.versions) - 1)
        words = _words(provider, candidates, newest & candidates.known or candidates.known)
        return f"no release of {name} is usable on {where}: {candidates.package.versions[-1]} {words}"
    if len(targets) > 1:
        where = "all of " + ", ".join(target.slug for target in targets)
    return f"no release of {name} that the requirements admit is usable on {where}"
