"""Why a plan moves a package, and why no version of another one works."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.explain.plan_reason import PlanReason, PlanReasonKind
from scanner.domain.resolution.explain.reasons import Obstacle
from scanner.domain.resolution.graph import DependencyGraph
from scanner.domain.resolution.model.candidate_set import CandidateSet
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.problem import ResolutionProblem
from scanner.domain.resolution.pubgrub.incompatibility import lowest
from scanner.domain.resolution.target_provider import TargetProvider
from scanner.domain.targets.target import Target

__all__ = ["blocker_reason", "move_reason"]

_BREAKS = Obstacle.KNOWN_BREAK


def move_reason(
    problem: ResolutionProblem, graphs: Sequence[DependencyGraph], name: NormalizedName, before: Version
) -> PlanReason:
    """Return what is wrong with the version before, given the dependency graphs of the new set.

    Of several targets, the strongest reason counts: the version cannot be installed there; something in the set does
    not admit it; something breaks beside it, or without what the new one brings; it requires something that the set
    does not have.
    """
    there = [pair for pair in zip(problem.providers, graphs, strict=True) if name in pair[1].members]
    for provider, _ in there:
        if reason := _not_installable(provider, name, before, named=len(problem.providers) > 1):
            return reason
    for provider, graph in there:
        if reason := _not_admitted(provider, graph, name, before):
            return reason
    for provider, graph in there:
        if reason := _breaks_beside(provider, graph, name, before):
            return reason
    for provider, graph in there:
        if reason := _breaks_without(provider, graph, name):
            return reason
    unmet = [reason for provider, graph in there for reason in _unmet(provider, graph, name, before)]
    # A requirement that no installable version meets says more than one that the set only meets otherwise.
    hard = (reason for reason in unmet if reason.available_from is not None)
    # What the set does not have could be added; what it has in another version could not.
    in_set = {one for _, graph in there for one in graph.members}
    contradicted = (reason for reason in unmet if reason.required in in_set)
    return next(hard, None) or next(contradicted, None) or next(iter(unmet), PlanReason(PlanReasonKind.WITH_OTHERS))


def _not_installable(
    provider: TargetProvider, name: NormalizedName, before: Version, *, named: bool
) -> PlanReason | None:
    candidates = provider.candidates(name)
    if candidates is None:
        return None
    choice = candidates.package.choice(before)
    if not choice & candidates.known:
        return PlanReason(PlanReasonKind.VERSION_NOT_FOUND, name, str(before))
    if choice & candidates.usable:
        return None
    if any(mask & choice for obstacle, mask in provider.ruled_out(candidates.package) if obstacle is _BREAKS):
        return _breaks_alone(provider, name, before)
    obstacles = _obstacles(provider, candidates, choice)
    targets = (provider.target.slug,) if named else ()
    return PlanReason(PlanReasonKind.NOT_INSTALLABLE, name, str(before), obstacles, targets)


def _breaks_alone(provider: TargetProvider, name: NormalizedName, before: Version) -> PlanReason | None:
    fact = provider.known_breaks.alone(name, before, provider.target)
    return None if fact is None else PlanReason(PlanReasonKind.KNOWN_BREAK, name, str(before), text=fact.symptom)


def _breaks_beside(
    provider: TargetProvider, graph: DependencyGraph, name: NormalizedName, before: Version
) -> PlanReason | None:
    """Return the fact by which the version before and a member of the new set break together."""
    pins = {one: version for one, version in graph.members.items() if version is not None} | {name: before}
    facts = (*provider.known_breaks.of(name, provider.target), *provider.known_breaks.beside(name, provider.target))
    for fact in facts:
        version = pins.get(fact.package)
        if fact.partner is not None and version is not None and fact.happens(provider.target, version, pins):
            required = f"{fact.partner.name} {pins[fact.partner.name]}"
            return PlanReason(
                *(PlanReasonKind.KNOWN_BREAK, fact.package, str(version)), required=required, text=fact.symptom
            )
    return None


def _breaks_without(provider: TargetProvider, graph: DependencyGraph, name: NormalizedName) -> PlanReason | None:
    """Return the fact that is prevented by what this package alone brings to the new set."""
    for fact in provider.breaks.open:
        version = graph.members.get(fact.package)
        for required in (one.name for one in fact.unless if version is not None):
            bringing = {edge.dependent for edge in graph.edges if edge.requirement.name == required}
            pins = {one: pin for one, pin in graph.members.items() if pin is not None and one != required}
            if bringing == {name} and version is not None and fact.happens(provider.target, version, pins):
                return PlanReason(
                    *(PlanReasonKind.KNOWN_BREAK, fact.package, str(version)), text=fact.symptom, without=required
                )
    return None


def _obstacles(provider: TargetProvider, candidates: CandidateSet, mask: int) -> tuple[Obstacle, ...]:
    """Return what keeps releases from being installed, the most frequent obstacle first."""
    versions = provider.cache.installable(candidates.package, provider.target, provider.policy)
    listed = sorted(versions.obstacles, key=lambda pair: -(pair[1] & mask).bit_count())
    found = tuple(obstacle for obstacle, releases in listed if releases & mask)
    ruled_out = tuple(obstacle for obstacle, releases in provider.ruled_out(candidates.package) if releases & mask)
    return found or ruled_out or (Obstacle.TOO_YOUNG,)


def _not_admitted(
    provider: TargetProvider, graph: DependencyGraph, name: NormalizedName, before: Version
) -> PlanReason | None:
    candidates = provider.candidates(name)
    choice = 0 if candidates is None else candidates.package.choice(before)
    for edge in graph.edges:
        if edge.requirement.name == name and not provider.satisfied(name, edge.requirement) & choice:
            dependent = "" if edge.dependent is None else f"{edge.dependent} {graph.members[edge.dependent] or ''}"
            return PlanReason(
                PlanReasonKind.NOT_ADMITTED,
                name,
                str(before),
                dependent=dependent.strip(),
                requirement=str(edge.requirement),
            )
    return None


def _unmet(
    provider: TargetProvider, graph: DependencyGraph, name: NormalizedName, before: Version
) -> Iterator[PlanReason]:
    """Yield the requirements of the version before that the new set does not meet."""
    candidates = provider.candidates(name)
    dependencies = None if candidates is None else provider.dependencies_of(name, candidates.package.choice(before))
    if dependencies is None:
        return
    still_needed = {edge.requirement.name for edge in graph.edges if edge.dependent == name}
    after = graph.members.get(name)
    for extra in (None, *sorted(graph.extras.get(name, ()))):
        for _, requirement in provider.applicable(dependencies, extra):
            admitted = provider.satisfied(requirement.name, requirement)
            if not graph.choices.get(requirement.name, 0) & admitted:
                yield PlanReason(
                    PlanReasonKind.UNMET_REQUIREMENT,
                    name,
                    str(before),
                    targets=(provider.target.slug,),
                    requirement=str(requirement),
                    required=requirement.name,
                    available_from=_available_from(provider, requirement, admitted),
                    free_from="" if after is None or requirement.name in still_needed else str(after),
                )


def _available_from(provider: TargetProvider, requirement: Requirement, admitted: int) -> str | None:
    """Return the first installable version above those that a requirement admits, "" if there is none.

    None if the requirement admits an installable version, or no version at all.
    """
    candidates = provider.candidates(requirement.name)
    if candidates is None or not admitted or admitted & candidates.usable:
        return None
    later = candidates.usable & candidates.package.all & ~((admitted << 1) - 1) & ~candidates.package.prereleases
    return str(candidates.package.version(lowest(later))) if later else ""


def blocker_reason(provider: TargetProvider, name: NormalizedName, targets: Sequence[Target]) -> PlanReason:
    """Return why no version of a package works on a target, or on all targets of a bridge."""
    candidates = provider.candidates(name)
    if candidates is None:
        return PlanReason(PlanReasonKind.NOT_POLLED, name)
    package = candidates.package
    if not package.versions:
        return PlanReason(PlanReasonKind.PACKAGE_NOT_FOUND, name)
    if not candidates.usable:
        newest = 2 << (len(package.versions) - 1)
        obstacles = _obstacles(provider, candidates, newest & candidates.known or candidates.known)
        version, target = str(package.versions[-1]), provider.target.slug
        return PlanReason(PlanReasonKind.NO_INSTALLABLE_VERSION, name, version, obstacles, (target,))
    return PlanReason(PlanReasonKind.NO_ADMITTED_VERSION, name, targets=tuple(target.slug for target in targets))
