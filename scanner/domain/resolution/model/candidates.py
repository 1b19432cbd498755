"""What may be chosen of each package on one target under a policy, and the project's own requirements."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from types import MappingProxyType
from weakref import proxy

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.explain.reasons import Constrained, Obstacle, PackageNotFound, Reason, Unavailable
from scanner.domain.resolution.model.cache import Dependencies, InstallableVersions, ResolutionCache
from scanner.domain.resolution.model.markers import MarkerMemo
from scanner.domain.resolution.model.policy import BuildPolicy, admits_prereleases
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.resolution.pubgrub.incompatibility import ABSENT
from scanner.domain.targets.target import Target

__all__ = ["NOTHING_LACKING", "PLACEHOLDER_URL", "CandidateCache", "CandidateSet", "Lacking", "RootRequirements"]

Lacking = Mapping[NormalizedName, tuple[Obstacle, int]]
"""Releases of packages that install on a target and lack what the project demands, with the obstacle that says so."""

NOTHING_LACKING: Lacking = MappingProxyType({})

PLACEHOLDER_URL = ""
"""The key of the placeholder candidate among the URLs of a candidate set."""


class RootRequirements(Struct, frozen=True):
    """The requirements of a project.

    Constraints limit without requiring. An override replaces every requirement of its package. `included` is required
    too, but by a list or a lock that has it, not by the project itself. `locked` are versions that a lock fixes: where
    one applies, it is the only candidate and satisfies every requirement of its package. `pinned` are versions
    that the project pins although the requirements here are looser. They may stay even if they are yanked or too young
    for the policy.
    """

    requirements: tuple[Requirement, ...]
    constraints: tuple[Requirement, ...] = ()
    overrides: tuple[Requirement, ...] = ()
    included: tuple[Requirement, ...] = ()
    locked: tuple[Requirement, ...] = ()
    pinned: Mapping[NormalizedName, Version] = field(default_factory=dict)

    def __hash__(self) -> int:
        # What is pinned differs only with the rest, and a mapping has no hash.
        return hash((self.requirements, self.constraints, self.overrides, self.included, self.locked))

    @property
    def direct(self) -> frozenset[NormalizedName]:
        """The packages that the project itself requires."""
        return frozenset(requirement.name for requirement in self.requirements)


class CandidateSet(Struct, frozen=True):
    """What may be chosen of one package on one target, as sets over its versions.

    `known` is all that exists, `usable` what may be chosen, `forbidden` what may not, with reasons. `project_pinned`
    are releases that the project pins, which may be yanked or young. `urls` are candidates without a version, above
    the versions. `locked` are the only candidates of a package that a lock fixes; None where none does.
    """

    package: PackageVersions
    known: int
    usable: int
    forbidden: tuple[tuple[int, Reason | None], ...]
    yanked: int
    project_pinned: int
    prereleases_open: bool
    urls: Mapping[str, int]
    locked: int | None = None

    def admitted(self, requirement: Requirement) -> int:
        """Return the candidates that satisfy a requirement, usable or not.

        Pre-releases count only if the requirement or the project mentions one, or if nothing else satisfies it (PEP
        440). Yanked releases count only if the requirement or the project pins them (PEP 592). A direct URL satisfies
        every requirement of the package but that of another URL, and what a lock fixes satisfies every requirement.
        """
        if self.locked is not None:
            return self.locked
        if requirement.url is not None:
            return self.urls.get(requirement.url, 0)
        admitted = self.package.admitted(requirement.specifier) & self.known
        if self.yanked and not requirement.exact:
            admitted &= ~self.yanked | self.project_pinned
        finals = admitted & ~self.package.prereleases
        if not admits_prereleases(requested=requirement.pre or self.prereleases_open, finals=bool(finals)):
            admitted = finals
        return admitted | sum(self.urls.values()) if self.urls else admitted


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
            # As `candidates` without anything of the project, which is most of what is asked for.
            among = (package.name, id(self.installable(package)))
            known = self._shared.get(among)
            if known is None:
                known = self._make(package, (), (), (), None, 0, False, (), prereleases=False)
                self._share(among, known)
            self._plain[package.name] = known
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

    def candidates(
        self,
        package: PackageVersions,
        own: tuple[Requirement, ...],
        *,
        constraints: tuple[Requirement, ...] = (),
        locked: tuple[Requirement, ...] = (),
        pinned: Version | None = None,
        tolerated: int = 0,
        placeholder: bool = False,
        ruled_out: tuple[tuple[Obstacle, int], ...] = (),
        prereleases: bool = False,
    ) -> CandidateSet:
        """Return the candidates under the project's own requirements and constraints. Each set is made once.

        `ruled_out` are releases that install and may not be chosen, by obstacle; `prereleases` says that pre-releases
        count.
        """
        key = (package.name, own, constraints, locked, pinned, tolerated, placeholder, ruled_out, prereleases)
        made = self._own.get(key)
        if made is None:
            # Interned sets live as long as the cache. Their identity distinguishes targets that differ here.
            among = (*key, id(self.installable(package)))
            made = self._shared.get(among)
            if made is None:
                made = self._make(
                    package,
                    own,
                    constraints,
                    locked,
                    pinned,
                    tolerated,
                    placeholder,
                    ruled_out,
                    prereleases=prereleases,
                )
                self._share(among, made)
            self._own[key] = made
        return made

    def _share(self, among: Hashable, made: CandidateSet) -> None:
        """Keep candidates for other targets, if nothing in them names this one."""
        if not any(isinstance(reason, Unavailable) for _, reason in made.forbidden):
            self._shared[among] = made

    def _make(
        self,
        package: PackageVersions,
        own: tuple[Requirement, ...],
        constraints: tuple[Requirement, ...],
        locked: tuple[Requirement, ...],
        pinned: Version | None,
        tolerated: int,
        placeholder: bool,
        ruled_out: tuple[tuple[Obstacle, int], ...],
        *,
        prereleases: bool,
    ) -> CandidateSet:
        known, young = package.all, 0
        project_pinned = 0 if pinned is None else package.choice(pinned)
        fixed = 0
        for requirement in locked:
            fixed |= package.admitted(requirement.specifier)
        project_pinned |= fixed
        prereleases_open = self.policy.prereleases or prereleases
        urls: dict[str, int] = {}
        for requirement in own:
            prereleases_open = prereleases_open or requirement.pre
            if requirement.exact:
                project_pinned |= package.admitted(requirement.specifier)
            if requirement.url is not None:
                urls[requirement.url] = 0
        if placeholder:
            urls[PLACEHOLDER_URL] = 0
        for index, url in enumerate(urls):
            urls[url] = 2 << len(package.versions) + index
        now, age = self.policy.now, self.policy.minimum_age_days
        if now is not None:
            known &= ~self.cache.uploaded_after(package, now)
            recent = self.cache.uploaded_after(package, now - self.policy.minimum_age) | package.undated if age else 0
            young = recent & known & ~project_pinned
        opaque = sum(urls.values())
        found = self.installable(package)
        free = known & found.installable & ~young
        for _, mask in ruled_out:
            free &= ~mask
        whole = known | opaque
        forbidden = [self._barred(package, known & ~free, whole, young, ruled_out, tolerated=tolerated)]
        choosable = free | opaque & ~urls.get(PLACEHOLDER_URL, 0)
        made = CandidateSet(
            *(package, whole, choosable, tuple(forbidden), found.yanked, project_pinned, prereleases_open, urls),
            locked=(fixed & known | opaque) if locked else None,
        )
        limits = [*self._limits(made, constraints)]
        return replace(made, forbidden=(*forbidden, *limits)) if limits else made

    def _barred(
        self,
        package: PackageVersions,
        barred: int,
        whole: int,
        young: int,
        ruled_out: tuple[tuple[Obstacle, int], ...],
        *,
        tolerated: int,
    ) -> tuple[int, Reason | None]:
        """Return what may never be chosen, with the reason if there is one to mention."""
        beyond = ~(whole | ABSENT)
        if not whole:
            return beyond, PackageNotFound(package.name)
        barred &= ~tolerated
        if not barred:
            return beyond, None
        found = self.installable(package)
        listed = [(obstacle, mask & barred) for obstacle, mask in found.obstacles if mask & barred]
        if young & barred:
            listed.append((Obstacle.TOO_YOUNG, young & barred))
        installing = barred & found.installable
        listed += [(obstacle, mask & installing) for obstacle, mask in ruled_out if mask & installing]
        return barred | beyond, Unavailable(package.name, barred, tuple(listed), self.target.slug)

    @staticmethod
    def _limits(candidates: CandidateSet, constraints: Iterable[Requirement]) -> Iterator[tuple[int, Reason | None]]:
        for requirement in constraints:
            outside = candidates.known & ~candidates.admitted(requirement)
            if outside:
                yield outside, Constrained(requirement)
