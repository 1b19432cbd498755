"""What a project's own requirements say on one target: those that apply, and the candidates that they leave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from packaging.utils import NormalizedName

from scanner.domain.resolution.explain.reasons import Obstacle
from scanner.domain.resolution.model.cache import Dependencies, ResolutionCache
from scanner.domain.resolution.model.candidate_cache import CandidateCache
from scanner.domain.resolution.model.candidate_set import CandidateSet, PackageTerms
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.model.root_requirements import RootRequirements
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.targets.target import Target

__all__ = ["RootsOnTarget"]

_Applicable = tuple[tuple[Requirement, Requirement], ...]


class RootsOnTarget:
    """The requirements of a project that apply on one target, under one policy; shared by all searches there.

    `direct` are those of the project itself, `included` come from a list or a lock, `requirements` are both. `complete`
    are the dependencies, by identity, and extras whose packages all were seen to be known or given up.
    """

    def __init__(self, cache: ResolutionCache, target: Target, roots: RootRequirements, policy: BuildPolicy) -> None:
        self._roots = roots
        self._candidate_cache = CandidateCache.of(cache, target, policy)
        self._markers = self._candidate_cache.markers
        self.complete: set[tuple[int, NormalizedName | None]] = set()
        self._applicable: dict[tuple[int, NormalizedName | None], _Applicable] = {}
        self._overrides: dict[NormalizedName, list[Requirement]] = {}
        for requirement in roots.overrides:
            self._overrides.setdefault(requirement.name, [])
            if self._markers.holds(requirement, ""):
                self._overrides[requirement.name].append(requirement)
        self.direct = tuple(self._active(roots.requirements))
        self.included = tuple(self._active(roots.included))
        self.requirements = (*self.direct, *self.included)
        constraints = tuple(self._active(roots.constraints))
        self._constraints = _by_name(constraints)
        self._locked = _by_name(one for one in roots.locked if self._markers.holds(one, ""))
        self._own = {name: list(requirements) for name, requirements in self._overrides.items()}
        for name, requirements in _by_name((*self.requirements, *constraints)).items():
            self._own.setdefault(name, []).extend(requirements)
        self._mentioned = self._own.keys() | self._locked.keys() | roots.pinned.keys()

    @classmethod
    def of(cls, cache: ResolutionCache, target: Target, roots: RootRequirements, policy: BuildPolicy) -> RootsOnTarget:
        """Return the one value of a cache for these arguments. It keeps the requirements, so their id is a key."""
        return cache.shared((cls, target, id(roots), policy), lambda: cls(cache, target, roots, policy))

    def candidates(
        self,
        package: PackageVersions,
        *,
        tolerated: int = 0,
        placeholder: bool = False,
        ruled_out: tuple[tuple[Obstacle, int], ...] = (),
        prereleases: bool = False,
    ) -> CandidateSet:
        """Return what may be chosen of a package."""
        name = package.name
        if not (ruled_out or tolerated or placeholder or prereleases or name in self._mentioned):
            return self._candidate_cache.plain(package)
        terms = PackageTerms(
            own=tuple(self._own.get(name, ())),
            constraints=tuple(self._constraints.get(name, ())),
            locked=tuple(self._locked.get(name, ())),
            pinned=self._roots.pinned.get(name),
            tolerated=tolerated,
            placeholder=placeholder,
            ruled_out=ruled_out,
            prereleases=prereleases,
        )
        return self._candidate_cache.candidates(package, terms)

    def applicable(self, dependencies: Dependencies, extra: NormalizedName | None) -> _Applicable:
        """Return the requirements that apply of a release or, with `extra`, those that the extra adds.

        Each is a pair: the requirement as stated, and the one that counts after overrides.
        """
        if not self._overrides:
            return self._candidate_cache.applicable(dependencies, extra)
        # Dependencies live as long as the cache, so their identity is a key.
        key = (id(dependencies), extra)
        known = self._applicable.get(key)
        if known is None:
            known = self._applicable[key] = tuple(
                (stated, requirement)
                for stated, _ in self._candidate_cache.applicable(dependencies, extra)
                for requirement in self._overridden(stated)
            )
        return known

    def _active(self, requirements: Iterable[Requirement]) -> Iterator[Requirement]:
        for requirement in requirements:
            if self._markers.holds(requirement, ""):
                yield from self._overridden(requirement)

    def _overridden(self, requirement: Requirement) -> Sequence[Requirement]:
        return self._overrides.get(requirement.name, (requirement,))


def _by_name(requirements: Iterable[Requirement]) -> dict[NormalizedName, list[Requirement]]:
    found: dict[NormalizedName, list[Requirement]] = {}
    for requirement in requirements:
        found.setdefault(requirement.name, []).append(requirement)
    return found
