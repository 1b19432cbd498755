"""The candidate sets and markers of one target and policy, each made once."""

from __future__ import annotations

from collections.abc import Hashable
from weakref import proxy

from packaging.utils import NormalizedName

from scanner.domain.resolution.explain.reasons import Unavailable
from scanner.domain.resolution.model.cache import Dependencies, InstallableVersions, ResolutionCache
from scanner.domain.resolution.model.candidate_set import CandidateSet, OfferedVersions, PackageTerms
from scanner.domain.resolution.model.markers import MarkerMemo
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.targets.target import Target

__all__ = ["CandidateCache"]

# The terms of a package that the project does not mention.
_NO_TERMS = PackageTerms()


class CandidateCache:
    """The candidate sets and markers of one target and policy, shared by all problems."""

    def __init__(self, cache: ResolutionCache, target: Target, policy: BuildPolicy) -> None:
        # The cache keeps this: a reference back would leave both to the garbage collector, which takes longer.
        self.cache: ResolutionCache = proxy(cache)
        self.target, self.policy = target, policy
        self.markers = MarkerMemo(target)
        self._plain: dict[NormalizedName, CandidateSet] = {}
        self._admitted: dict[Requirement, int] = {}
        self._installable = cache.installable_on(target, policy)
        self._own: dict[Hashable, CandidateSet] = {}
        self._applicable: dict[tuple[int, NormalizedName | None], tuple[tuple[Requirement, Requirement], ...]] = {}
        self._shared: dict[Hashable, CandidateSet] = cache.shared((CandidateSet, policy), dict)

    @classmethod
    def of(cls, cache: ResolutionCache, target: Target, policy: BuildPolicy) -> CandidateCache:
        """Return the one candidate cache of a resolution cache for this target and policy."""
        return cache.shared((cls, target, policy), lambda: cls(cache, target, policy))

    def plain(self, package: PackageVersions) -> CandidateSet:
        """Return the candidates of a package that the project says nothing about."""
        known = self._plain.get(package.name)
        if known is None:
            # Most of what is asked for: a shorter key than that of the terms.
            known = self._plain[package.name] = self._made(package, _NO_TERMS)
        return known

    def installable(self, package: PackageVersions) -> InstallableVersions:
        """Return what the policy installs of a package on the target."""
        known = self._installable.get(package.name)
        return self.cache.installable(package, self.target, self.policy) if known is None else known

    def admitted(self, candidates: CandidateSet, requirement: Requirement) -> int:
        """Return what a requirement admits of a package that the project does not mention."""
        known = self._admitted.get(requirement)
        if known is None:
            known = self._admitted[requirement] = candidates.admitted(requirement)
        return known

    def applicable(
        self, dependencies: Dependencies, extra: NormalizedName | None
    ) -> tuple[tuple[Requirement, Requirement], ...]:
        """Return the requirements that apply of a release or, with `extra`, those that the extra adds, each twice.

        So they are pairs of what is stated and what counts, as overrides make them.
        """
        # Dependencies live as long as the cache, so their identity is a key.
        key = (id(dependencies), extra)
        known = self._applicable.get(key)
        if known is None:
            known = self._applicable[key] = tuple((one, one) for one in self._stated(dependencies, extra))
        return known

    def _stated(self, dependencies: Dependencies, extra: NormalizedName | None) -> list[Requirement]:
        holds = self.markers.holds
        if extra is None:
            return [*dependencies.plain, *(one for one in dependencies.conditional if holds(one, ""))]
        added = [one for one in dependencies.conditional if holds(one, extra) and not holds(one, "")]
        return [*dependencies.by_extra.get(extra, ()), *added]

    def candidates(self, package: PackageVersions, terms: PackageTerms) -> CandidateSet:
        """Return the candidates of a package under these terms. Each set is made once."""
        key = (package.name, terms)
        made = self._own.get(key)
        if made is None:
            made = self._own[key] = self._made(package, terms)
        return made

    def _made(self, package: PackageVersions, terms: PackageTerms) -> CandidateSet:
        """Return the candidates, which targets share."""
        # Interned sets live as long as the cache. Their identity distinguishes targets that differ here.
        among = (package.name, terms, id(self.installable(package)))
        made = self._shared.get(among)
        if made is None:
            made = CandidateSet.of(self._offered(package), terms)
            if not any(isinstance(reason, Unavailable) for _, reason in made.forbidden):
                # No reason names this target.
                self._shared[among] = made
        return made

    def _offered(self, package: PackageVersions) -> OfferedVersions:
        policy, known, recent = self.policy, package.all, 0
        if policy.now is not None:
            known &= ~self.cache.uploaded_after(package, policy.now)
            if policy.minimum_age_days:
                recent = self.cache.uploaded_after(package, policy.now - policy.minimum_age) | package.undated
        return OfferedVersions(package, self.installable(package), known, recent, policy.prereleases, self.target.slug)
