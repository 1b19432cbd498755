"""What requirements lead to as written on one target, with all blockers at once."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.evidence.known_breaks import NO_KNOWN_BREAKS, BreaksInSet, KnownBreaks
from scanner.domain.resolution.blockers import certain_blockers, explain_in, find_blockers
from scanner.domain.resolution.explain.account import ConflictAccount
from scanner.domain.resolution.graph import DependencyGraph
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.missing import Missing, Search, finish
from scanner.domain.resolution.model.outcomes import LimitReached, SearchLimits
from scanner.domain.resolution.model.policy import BuildPolicy, Preference
from scanner.domain.resolution.model.root_requirements import RootRequirements
from scanner.domain.resolution.paths import Paths
from scanner.domain.resolution.problem import ResolutionProblem
from scanner.domain.targets.target import Target

__all__ = ["Closure", "ClosureMember", "closure", "closure_search", "running_closure_search"]


class ClosureMember(Struct, frozen=True):
    """A package of a closure.

    `version` is None if the package comes from `url` or no candidate could be chosen: the index has none that the
    requirements admit, or the package was not polled. `blocked` means that no candidate that they admit is usable.
    """

    name: NormalizedName
    version: Version | None
    direct: bool
    extras: tuple[NormalizedName, ...]
    blocked: bool
    url: str | None = None


class Closure(Struct, frozen=True, dict=True):
    """The closure of one target.

    `members` and `blockers` are in the order of the graph, nearest to the project first. `conflict` is set if the
    requirements contradict each other; `members` then are a best effort. Of `open_prereleases` pre-releases count, as
    only one of them is usable or a requirement mentions one. `limit` is set if the search was cut short; then only
    `missing` counts.
    """

    target: Target
    members: tuple[ClosureMember, ...]
    blockers: tuple[NormalizedName, ...]
    conflict: ConflictAccount | None
    missing: Missing
    limit: LimitReached | None
    graph: DependencyGraph
    open_prereleases: frozenset[NormalizedName] = frozenset()

    @property
    def holds(self) -> bool:
        """Whether one set satisfies everything as written, and nothing is missing to say so."""
        return not (self.blockers or self.conflict or self.missing or self.limit)

    @cached_property
    def pins(self) -> dict[NormalizedName, Version]:
        """The version of every package that has one, blocked or not."""
        return {member.name: member.version for member in self.members if member.version is not None}

    @cached_property
    def _paths(self) -> Paths:
        return Paths(self.graph.edges)

    def paths(self, name: NormalizedName, limit: int = 20) -> tuple[tuple[str, ...], ...]:
        """Return the paths by which a package is reached, as `Paths.to` does."""
        return self._paths.to(name, limit)


def closure(
    cache: ResolutionCache,
    target: Target,
    roots: RootRequirements,
    policy: BuildPolicy,
    *,
    preference: Preference | None = None,
    limits: SearchLimits | None = None,
) -> Closure:
    """Resolve the requirements as written, continuing past packages without a usable version.

    If a set holds, the members are that set: what an installer with the same preference would choose. Facts that the
    cache does not know are given up.
    """
    return finish(closure_search(cache, target, roots, policy, preference=preference, limits=limits), cache)


def closure_search(
    cache: ResolutionCache,
    target: Target,
    roots: RootRequirements,
    policy: BuildPolicy,
    *,
    preference: Preference | None = None,
    limits: SearchLimits | None = None,
    known_breaks: KnownBreaks = NO_KNOWN_BREAKS,
) -> Search[Closure]:
    """Search as `closure` does, yielding what is missing. No set has releases that `known_breaks` rules out."""
    preference, limits = preference or Preference(), limits or SearchLimits()
    found = yield from find_blockers(
        ResolutionProblem(cache, [target], roots, policy, preference, limits, known_breaks=known_breaks)
    )
    problem = found.problem
    provider = problem.providers[0]
    if found.choices is None:
        effort = yield from problem.known(lambda: found.efforts.of(problem, 0))
        choices, graph = effort.choices, effort.graph
    else:
        choices, (graph,) = found.choices, (yield from problem.graphs(found.choices))
    direct = {requirement.name for requirement in provider.direct}
    members: dict[NormalizedName, ClosureMember] = {}
    for edge in graph.edges:
        name = edge.requirement.name
        if name in members:
            continue
        candidates, choice = provider.candidates(name), choices.get(name, 0)
        url = (
            None
            if candidates is None
            else next((url for url, bit in candidates.urls.items() if bit == choice and url), None)
        )
        members[name] = ClosureMember(
            name,
            graph.members.get(name),
            name in direct,
            tuple(sorted(graph.extras.get(name, ()))),
            candidates is not None and not choice & candidates.usable,
            url,
        )
    return Closure(
        target,
        tuple(members.values()),
        tuple(member.name for member in members.values() if member.blocked),
        None if found.proof is None else explain_in(problem, found.proof),
        problem.missing() if found.limit is not None else problem.missing_in([graph]),
        found.limit,
        graph,
        problem.open_prereleases,
    )


def running_closure_search(
    cache: ResolutionCache,
    roots: RootRequirements,
    policy: BuildPolicy,
    found: Closure,
    breaks: BreaksInSet,
    limits: SearchLimits,
) -> Search[Closure | None]:
    """Find the closure of the same requirements in which nothing breaks; None if there is none, or if it is the same.

    `breaks` are those of the closure that was found, which is what an installer chooses. Whatever blocks in the other
    one blocks in that one too.
    """
    target, known = found.target, breaks.known
    if not breaks.found or found.missing or found.limit or found.conflict:
        return None
    problem = ResolutionProblem(cache, [target], roots, policy, Preference(), limits, known_breaks=known)
    certain, _ = yield from problem.known(lambda: certain_blockers(problem.providers[0]))
    if not certain.keys() <= set(found.blockers):
        # A pin that breaks, as a rule: not worth a search.
        return None
    other = yield from closure_search(cache, target, roots, policy, limits=limits, known_breaks=known)
    is_known = not (other.missing or other.limit or other.conflict)
    if not is_known or not set(other.blockers) <= set(found.blockers) or known.in_set(target, other.pins):
        return None
    return other
