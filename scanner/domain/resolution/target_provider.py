"""The five verbs for one target: markers and extras of that target, its usable releases, a policy, a preference.

Nodes are packages ("sqlalchemy") and extras ("sqlalchemy[asyncio]"). An extra has no versions of its own: it is
chosen or not, follows the choice of its package, and so is always of the same version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.explain.reasons import InvalidDependency, Required
from scanner.domain.resolution.model.cache import Dependencies, ResolutionCache
from scanner.domain.resolution.model.candidates import PLACEHOLDER_URL, CandidateCache, CandidateSet, RootRequirements
from scanner.domain.resolution.model.policy import BuildPolicy, Preference
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.resolution.pubgrub.incompatibility import ABSENT, lowest
from scanner.domain.resolution.pubgrub.provider_protocol import Dependency, NodeFacts
from scanner.domain.targets.target import Target

__all__ = ["CHOSEN", "TargetProvider"]

CHOSEN = 2
"""The one candidate of an extra, and of a package that is not known yet."""


class TargetProvider:
    """Answers about one target. It remembers which packages and releases it had to ask for in vain (`missing_*`).

    `waived` packages may be chosen although nothing of them is usable; what is usable still comes first. `phantoms`
    are packages or versions that the index does not have: they get one opaque candidate that satisfies every ask.
    Of packages in `aside` everything counts as usable.
    """

    def __init__(
        self,
        cache: ResolutionCache,
        target: Target,
        roots: RootRequirements,
        policy: BuildPolicy,
        preference: Preference | None = None,
        *,
        tolerated: frozenset[NormalizedName] = frozenset(),
        placeholders: frozenset[NormalizedName] = frozenset(),
        unchecked: frozenset[NormalizedName] = frozenset(),
    ) -> None:
        self.cache, self.target, self.roots, self.policy = cache, target, roots, policy
        self.preference = preference or Preference()
        self.tolerated, self.placeholders, self.unchecked = tolerated, placeholders, unchecked
        self.missing_packages: set[NormalizedName] = set()
        self.missing_releases: set[tuple[NormalizedName, Version]] = set()
        self.likely_releases: set[tuple[NormalizedName, Version]] = set()
        self._candidate_cache = CandidateCache.of(cache, target, policy)
        self._markers = self._candidate_cache.markers
        self._candidate_sets: dict[NormalizedName, CandidateSet | None] = {}
        self._satisfied: dict[Requirement, int] = {}
        self._applicable: dict[tuple[int, NormalizedName | None], tuple[tuple[Requirement, Requirement], ...]] = {}
        self._visits: dict[NormalizedName, int] = {}
        self._extras: dict[str, tuple[NormalizedName, NormalizedName]] = {}
        self._overrides: dict[NormalizedName, list[Requirement]] = {}
        for requirement in roots.overrides:
            self._overrides.setdefault(requirement.name, [])
            if self._markers.holds(requirement, ""):
                self._overrides[requirement.name].append(requirement)
        self.requirements = tuple(self._active(roots.requirements))
        self._constraints: dict[NormalizedName, list[Requirement]] = {}
        for requirement in self._active(roots.constraints):
            self._constraints.setdefault(requirement.name, []).append(requirement)
        self._own: dict[NormalizedName, list[Requirement]] = {
            name: list(requirements) for name, requirements in self._overrides.items()
        }
        for requirement in (*self.requirements, *self._active(roots.constraints)):
            self._own.setdefault(requirement.name, []).append(requirement)

    def root_dependencies(self) -> Iterator[Dependency[Requirement]]:
        """What the project itself asks for on this target (`asked`), as dependencies of nobody."""
        for requirement in self.requirements:
            yield Dependency((), requirement, Required(requirement))

    def identify(self, requirement: Requirement) -> Sequence[str]:
        """The package, then "package[extra]" for each extra."""
        name = requirement.name
        if not requirement.extras:
            return (name,)
        nodes: list[str] = [name]
        for extra in requirement.extras:
            node = f"{name}[{extra}]"
            self._extras[node] = (name, extra)
            nodes.append(node)
        return nodes

    def facts(self, node: str) -> NodeFacts:
        """For an extra: chosen or not. For a package: what its ration rules out."""
        if node in self._extras:
            return NodeFacts(((~(CHOSEN | ABSENT), None),), follows=self._extras[node][0])
        candidates = self.candidates(NormalizedName(node))
        if candidates is None:
            return NodeFacts(((~(CHOSEN | ABSENT), None),))
        return NodeFacts(candidates.forbidden)

    def satisfied(self, node: str, requirement: Requirement) -> int:
        """The candidates that an ask admits: see `Ration.admitted`."""
        if node in self._extras:
            return CHOSEN
        known = self._satisfied.get(requirement)
        if known is None:
            candidates = self.candidates(requirement.name)
            if candidates is None:
                known = CHOSEN
            elif self._candidate_cache.plain(requirement.name) is candidates:
                known = self._candidate_cache.admitted(candidates, requirement)
            else:
                known = candidates.admitted(requirement)
            self._satisfied[requirement] = known
        return known

    def prefer(self, node: str, allowed: int) -> int:
        """The preferred candidate; of a waived package a usable one before any other."""
        candidates = None if node in self._extras else self.candidates(NormalizedName(node))
        if candidates is None:
            return CHOSEN & allowed
        allowed &= candidates.known
        if not allowed:
            return 0
        placeholder = candidates.urls.get(PLACEHOLDER_URL, 0)
        opaque = allowed & ~(candidates.package.all | placeholder)
        versions = allowed & candidates.package.all
        if opaque or not versions:
            return lowest(opaque or allowed)
        return self.preference.pick(candidates.package, versions & candidates.usable or versions)

    def dependencies(self, node: str, choice: int, chosen: Mapping[str, int]) -> Iterable[Dependency[Requirement]]:
        """What a release or one of its extras brings; all releases known to bring the same share the clause."""
        extra = None
        dependents: tuple[tuple[str, int], ...] = ()
        name = NormalizedName(node)
        if node in self._extras:
            name, extra = self._extras[node]
            choice = chosen[name]
            dependents = ((node, CHOSEN),)
        candidates = self.candidates(name)
        if candidates is None or choice & ~candidates.package.all:
            return
        dependencies = self._visit(candidates, choice)
        if dependencies is None:
            return
        if dependencies.invalid is not None and extra is None:
            yield Dependency(((name, choice),), None, InvalidDependency(name, dependencies.invalid.text))
        for stated, requirement in self.applicable(dependencies, extra):
            releases = self.cache.dependents(name, stated)
            yield Dependency(((name, releases), *dependents), requirement, Required(requirement, name, extra, releases))

    def dependencies_of(self, name: NormalizedName, choice: int) -> Dependencies | None:
        """What one release needs; None when that is not known (and then remembered as missing) or opaque."""
        candidates = self.candidates(name)
        if candidates is None or choice & ~candidates.package.all:
            return None
        dependencies = self.cache.dependencies(candidates.package, choice)
        if dependencies is None:
            self.missing_releases.add((name, candidates.package.version(choice)))
            near = self.preference.next_after(candidates.package, choice, candidates.usable & candidates.package.all)
            self.likely_releases.update((name, candidates.package.version(1 << position)) for position in near)
        return dependencies

    def applicable(
        self, dependencies: Dependencies, extra: NormalizedName | None
    ) -> tuple[tuple[Requirement, Requirement], ...]:
        """(the ask as stated, the ask that counts) of a release (`extra` None) or of what one extra adds to it."""
        # Needs live as long as the stock, so their identity names them.
        key = (id(dependencies), extra)
        known = self._applicable.get(key)
        if known is None:
            known = self._applicable[key] = tuple(
                (stated, requirement)
                for stated in self._stated(dependencies, extra)
                for requirement in self._overridden(stated)
            )
        return known

    def _stated(self, dependencies: Dependencies, extra: NormalizedName | None) -> list[Requirement]:
        holds = self._markers.holds
        if extra is None:
            return [
                *dependencies.plain,
                *(requirement for requirement in dependencies.conditional if holds(requirement, "")),
            ]
        added = [
            requirement
            for requirement in dependencies.conditional
            if holds(requirement, extra) and not holds(requirement, "")
        ]
        return [*dependencies.by_extra.get(extra, ()), *added]

    def candidates(self, name: NormalizedName) -> CandidateSet | None:
        """What may be chosen of a package; None when it was not polled (then remembered as missing)."""
        if name not in self._candidate_sets:
            package = self.cache.package(name)
            if package is None:
                self.missing_packages.add(name)
            self._candidate_sets[name] = None if package is None else self._make_candidate_set(package)
        return self._candidate_sets[name]

    def _make_candidate_set(self, package: PackageVersions) -> CandidateSet | None:
        name = package.name
        tolerated, placeholder = name in self.tolerated, name in self.placeholders
        plain = name not in self._own and name not in self.roots.pinned and name not in self.unchecked
        if plain and not tolerated and not placeholder:
            return self._candidate_cache.plain(name)
        return self._candidate_cache.candidates(
            package,
            tuple(self._own.get(name, ())),
            constraints=tuple(self._constraints.get(name, ())),
            pinned=self.roots.pinned.get(name),
            tolerated=tolerated,
            placeholder=placeholder,
            unchecked=name in self.unchecked,
        )

    def package(self, node: str) -> PackageVersions | None:
        """The shelf that a node chooses from; None for an extra and for a package that was not polled."""
        candidates = None if node in self._extras else self._candidate_sets.get(NormalizedName(node))
        return None if candidates is None else candidates.package

    def _visit(self, candidates: CandidateSet, choice: int) -> Dependencies | None:
        # A package that is decided again and again is in a hard spot: read more of it each time, so that one clause
        # speaks for many releases.
        name = candidates.package.name
        visits = self._visits.get(name, 0)
        if visits:
            self.cache.read_around(candidates.package, choice, candidates.usable & candidates.package.all, 4**visits)
        self._visits[name] = min(visits + 1, 6)
        return self.dependencies_of(name, choice)

    def _active(self, requirements: Iterable[Requirement]) -> Iterator[Requirement]:
        for requirement in requirements:
            if self._markers.holds(requirement, ""):
                yield from self._overridden(requirement)

    def _overridden(self, requirement: Requirement) -> Sequence[Requirement]:
        return self._overrides.get(requirement.name, (requirement,))
