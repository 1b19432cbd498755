"""A newer release of each package than the one that a closure has, the newest or a given one, and what bars it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import reduce
from itertools import islice
from operator import or_

from msgspec import Struct
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.closure import Closure
from scanner.domain.resolution.explain.reasons import Obstacle, Unavailable
from scanner.domain.resolution.model.candidate_set import CandidateSet
from scanner.domain.resolution.model.missing import Search
from scanner.domain.resolution.model.requirement import Requirement, specifiers_of
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.resolution.problem import ResolutionProblem
from scanner.domain.resolution.pubgrub.incompatibility import bits, highest
from scanner.domain.resolution.target_provider import TargetProvider

__all__ = ["BarredRelease", "NewestChoice", "is_long_before", "newest_choices_search"]

# A dependency counts as one that does not install if none of its newest few releases does.
_TRIED = 3
_DEEPEST = 8


class BarredRelease(Struct, frozen=True):
    """A release that does not install on the target."""

    name: NormalizedName
    version: Version

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class NewestChoice(Struct, frozen=True):
    """A newer release that the requirements admit of a package, whether it installs or not: the newest, or a given one.

    `barred_by` leads from it to the release that keeps it from being installed on the target: itself, or one that it
    requires. It is empty where the target has no part in it: the project's other requirements keep it out.
    """

    version: Version
    barred_by: tuple[BarredRelease, ...]


def newest_choices_search(
    problem: ResolutionProblem, closure: Closure, given: Mapping[NormalizedName, Version] | None = None
) -> Search[Mapping[NormalizedName, NewestChoice]]:
    """Find the newest choice of each package that a closure has in an older release, yielding what is missing.

    With `given` releases the choice of a package is its given one, where the requirements admit that and the closure
    has an older one. What a release needs is judged on its own, as if nothing else were required.
    """
    (provider,) = problem.providers
    return (yield from problem.known(lambda: dict(_newest_choices(provider, closure, given))))


def is_long_before(package: PackageVersions, version: Version, newest: Version, limit: timedelta) -> bool:
    """Return whether a version is of an earlier major version than the newest, or was uploaded so much earlier."""
    if _major(version, newest) < _major(newest, newest):
        return True
    before, after = (package.candidate(one).uploaded_at for one in (version, newest))
    return before is not None and after is not None and after - before > limit


def _major(version: Version, newest: Version) -> tuple[int, ...]:
    """Return epoch and numbers up to the first of `newest` that is not 0: (0, 0, 5) of 0.5.1."""
    length = next((at + 1 for at, number in enumerate(newest.release) if number), 1)
    return (version.epoch, *(*version.release, *([0] * length))[:length])


def _newest_choices(
    provider: TargetProvider, closure: Closure, given: Mapping[NormalizedName, Version] | None
) -> Iterable[tuple[NormalizedName, NewestChoice]]:
    required: dict[NormalizedName, list[Requirement]] = {}
    for edge in closure.graph.edges:
        required.setdefault(edge.requirement.name, []).append(edge.requirement)
    bars = _Bars(provider)
    for member in closure.members:
        candidates = provider.candidates(member.name)
        # What the project pins, or a lock fixes, is not held back by the target.
        if candidates is None or member.version is None or candidates.locked is not None or candidates.project_pinned:
            continue
        admitted = _admitted_by_policy(candidates)
        for requirement in required.get(member.name, ()):
            admitted &= provider.satisfied(member.name, requirement)
            admitted &= _same_part(candidates.package, requirement, member.version)
        if given is not None:
            admitted &= candidates.package.choice(given[member.name]) if member.name in given else 0
        if not admitted:
            continue
        choice = highest(admitted)
        newest = candidates.package.version(choice)
        if newest > member.version:
            extras = (None, *member.extras)
            yield member.name, NewestChoice(newest, bars.of(member.name, choice, extras))


def _same_part(package: PackageVersions, requirement: Requirement, version: Version) -> int:
    """Return what those parts of a union admit that admit the version: the project itself named the older part."""
    parts = specifiers_of(requirement.specifier)
    if len(parts) < 2:
        return package.all
    masks = [package.admitted(part) for part in parts]
    return reduce(or_, (mask for mask in masks if mask & package.choice(version)), 0) or package.all


def _admitted_by_policy(candidates: CandidateSet) -> int:
    """Return the releases that constraints and policy admit, whether they install or not."""
    admitted = candidates.package.all & candidates.known
    for releases, reason in candidates.forbidden:
        if not isinstance(reason, Unavailable):
            admitted &= ~releases
            continue
        for obstacle, young in reason.obstacles:
            if obstacle is Obstacle.TOO_YOUNG:
                admitted &= ~young
    return admitted


class _Bars:
    """What bars releases on one target, each worked out once."""

    def __init__(self, provider: TargetProvider) -> None:
        self._provider = provider
        self._known: dict[tuple[NormalizedName, int, NormalizedName | None], tuple[BarredRelease, ...]] = {}

    def of(
        self, name: NormalizedName, choice: int, extras: Iterable[NormalizedName | None], depth: int = 0
    ) -> tuple[BarredRelease, ...]:
        """Return the releases from this one to the one that does not install; empty where all that it needs does."""
        candidates = self._provider.candidates(name)
        if candidates is None:
            return ()
        here = BarredRelease(name, candidates.package.version(choice))
        if not choice & candidates.usable:
            return (here,)
        for extra in extras if depth < _DEEPEST else ():
            key = (name, choice, extra)
            if key not in self._known:
                # A cycle needs nothing that is not judged already.
                self._known[key] = ()
                self._known[key] = self._of_dependencies(name, choice, extra, depth)
            if self._known[key]:
                return (here, *self._known[key])
        return ()

    def _of_dependencies(
        self, name: NormalizedName, choice: int, extra: NormalizedName | None, depth: int
    ) -> tuple[BarredRelease, ...]:
        dependencies = self._provider.dependencies_of(name, choice)
        if dependencies is None:
            return ()
        for _, requirement in self._provider.applicable(dependencies, extra):
            candidates = self._provider.candidates(requirement.name)
            if candidates is None:
                continue
            admitted = self._provider.satisfied(requirement.name, requirement)
            if admitted & ~candidates.package.all or not admitted:
                continue  # a URL, or nothing that exists: no target has a part in it
            usable = admitted & candidates.usable
            if not usable:
                return (BarredRelease(requirement.name, candidates.package.version(highest(admitted))),)
            newest_first = (1 << position for position in sorted(bits(usable), reverse=True))
            extras = (None, *requirement.extras)
            barred = [self.of(requirement.name, one, extras, depth + 1) for one in islice(newest_first, _TRIED)]
            if all(barred):
                return barred[0]
        return ()
