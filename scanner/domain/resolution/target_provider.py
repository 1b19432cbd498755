"""The provider for one target: its markers and extras, its usable releases, a policy and a preference.

Nodes are packages ("sqlalchemy") and extras ("sqlalchemy[asyncio]"). An extra has no versions: it is chosen or not,
and follows the choice of its package.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.evidence.known_breaks import NO_KNOWN_BREAKS, KnownBreak, KnownBreaks
from scanner.domain.resolution.breaks_on_target import BreaksOnTarget
from scanner.domain.resolution.explain.reasons import BreaksBeside, InvalidDependency, Obstacle, Required
from scanner.domain.resolution.model.cache import Dependencies, ResolutionCache
from scanner.domain.resolution.model.candidates import (
    NOTHING_LACKING,
    PLACEHOLDER_URL,
    CandidateCache,
    CandidateSet,
    Lacking,
    RootRequirements,
)
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.resolution.model.policy import BuildPolicy, Preference
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.resolution.pubgrub.incompatibility import ABSENT, lowest
from scanner.domain.resolution.pubgrub.provider_protocol import Dependency, NodeFacts
from scanner.domain.resolution.read_ahead import NO_BLOCK, ReadAhead, beyond
from scanner.domain.resolution.roots_on_target import RootsOnTarget
from scanner.domain.targets.target import Target

__all__ = ["CHOSEN", "TargetProvider"]

CHOSEN = 2
"""The one candidate of an extra, and of a package that is not known yet."""


class TargetProvider:
    """A provider for one target. `missing_packages` and `missing_releases` collect what was asked for and not known.

    `tolerated` packages may be chosen although none of their candidates is usable; usable candidates still come first.
    `placeholders` are packages or versions that the index does not have: each gets a placeholder candidate that
    satisfies every requirement. Releases that `known_breaks` says break on the target are not usable, and those that
    break beside a partner are not chosen with it, but for facts that are `assumed_prevented`. Nor are `lacking` ones
    usable. Pre-releases of `open_prereleases` count.
    """

    def __init__(
        self,
        cache: ResolutionCache,
        target: Target,
        roots: RootRequirements,
        policy: BuildPolicy,
        preference: Preference | None = None,
        *,
        tolerated: Mapping[NormalizedName, int] | None = None,
        placeholders: frozenset[NormalizedName] = frozenset(),
        open_prereleases: frozenset[NormalizedName] = frozenset(),
        known_breaks: KnownBreaks = NO_KNOWN_BREAKS,
        assumed_prevented: frozenset[KnownBreak] = frozenset(),
        lacking: Lacking = NOTHING_LACKING,
    ) -> None:
        self.cache, self.target, self.roots, self.policy = cache, target, roots, policy
        self.preference = preference or Preference()
        self.tolerated, self.placeholders = tolerated or {}, placeholders
        self.open_prereleases = open_prereleases
        self.known_breaks = known_breaks
        self._lacking = lacking
        self.missing_packages: set[NormalizedName] = set()
        self.missing_releases: set[tuple[NormalizedName, Version]] = set()
        self._candidate_cache = CandidateCache.of(cache, target, policy)
        self._roots = RootsOnTarget.of(cache, target, roots, policy)
        required = {one.name for one in self._roots.direct}
        self.breaks = BreaksOnTarget.of(cache, known_breaks, target, required, assumed_prevented)
        self.direct, self.included = self._roots.direct, self._roots.included
        self.requirements, self.applicable = self._roots.requirements, self._roots.applicable
        self._candidate_sets: dict[NormalizedName, CandidateSet] = {}
        self._satisfied: dict[Requirement, int] = {}
        self._requirements_of: dict[
            tuple[NormalizedName, int, NormalizedName | None], tuple[tuple[Requirement, int], ...]
        ] = {}
        self._read_ahead = ReadAhead()
        self._read: dict[NormalizedName, int] = {}
        self._complete: set[tuple[int, NormalizedName | None]] = set()
        self._extras: dict[str, tuple[NormalizedName, NormalizedName]] = {}

    def root_dependencies(self) -> Iterator[Dependency[Requirement]]:
        """Yield the project's requirements that apply on this target."""
        for requirement in self.requirements:
            yield Dependency((), requirement, Required(requirement))

    def identify(self, requirement: Requirement) -> Sequence[str]:
        """Return the package, then "package[extra]" for each extra."""
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
        """Return what limits a node: an extra is chosen or not, a package has the candidates of its `CandidateSet`."""
        if node in self._extras:
            return NodeFacts(((~(CHOSEN | ABSENT), None),), follows=self._extras[node][0])
        candidates = self.candidates(NormalizedName(node))
        if candidates is None:
            return NodeFacts(((~(CHOSEN | ABSENT), None),))
        return NodeFacts(candidates.forbidden)

    def satisfied(self, node: str, requirement: Requirement) -> int:
        """Return the candidates that a requirement admits, as `CandidateSet.admitted` does."""
        if node in self._extras:
            return CHOSEN
        known = self._satisfied.get(requirement)
        if known is None:
            candidates = self.candidates(requirement.name)
            if candidates is None:
                return CHOSEN
            if self._candidate_cache.plain(candidates.package) is candidates:
                known = self._candidate_cache.admitted(candidates, requirement)
            else:
                known = candidates.admitted(requirement)
            self._satisfied[requirement] = known
        return known

    def prefer(self, node: str, allowed: int) -> int:
        """Return the preferred candidate; of a tolerated package a usable one before any other."""
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
        """Yield what a release or one of its extras requires, for all releases known to state the same at once."""
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
        if extra is None:
            for position in self._read_ahead.decide(candidates, choice).fresh:
                if not self._is_skipped(candidates.package, 1 << position, choice):
                    self.dependencies_of(name, 1 << position)
        dependencies = self.dependencies_of(name, choice)
        if dependencies is None:
            return
        if dependencies.invalid is not None and extra is None:
            yield Dependency(((name, choice),), None, InvalidDependency(name, dependencies.invalid.text))
        if extra is None:
            for pair, reason in self.breaks_beside(name, choice):
                yield Dependency(pair, None, reason)
        for stated, requirement in self.applicable(dependencies, extra):
            releases = self.dependents(name, stated)
            yield Dependency(((name, releases), *dependents), requirement, Required(requirement, name, extra, releases))

    def ruled_out(self, package: PackageVersions) -> tuple[tuple[Obstacle, int], ...]:
        """Return the releases that may not be chosen although they install: known to break, or lacking evidence."""
        broken, lacking = self.breaks.alone(package), self._lacking.get(package.name)
        if not (broken or lacking):
            return ()
        return (*((Obstacle.KNOWN_BREAK, broken),) * bool(broken), *((lacking,) if lacking else ()))

    def breaks_beside(
        self, name: NormalizedName, choice: int
    ) -> Iterator[tuple[tuple[tuple[str, int], ...], BreaksBeside]]:
        """Yield pairs of releases that are known to break together, as `BreaksOnTarget.beside` does."""
        return self.breaks.beside(name, choice, self._candidate_sets)

    def dependencies_of(self, name: NormalizedName, choice: int) -> Dependencies | None:
        """Return the dependencies of one release; None if it is a URL, or if they are not known (then missing)."""
        candidates = self.candidates(name)
        if candidates is None or choice & ~candidates.package.all:
            return None
        dependencies = self.cache.dependencies(candidates.package, choice)
        if dependencies is None:
            self.missing_releases.add((name, candidates.package.version(choice)))
        else:
            self._read[name] = self._read.get(name, 0) | choice
        return dependencies

    def requirements_of(
        self, name: NormalizedName, choice: int, extra: NormalizedName | None
    ) -> Sequence[tuple[Requirement, int]] | None:
        """Return what a release or one of its extras requires here, each with what it admits; None as dependencies_of.

        It is kept once all of it is known: sets of the same problem are walked again and again.
        """
        key = (name, choice, extra)
        known = self._requirements_of.get(key)
        if known is None:
            dependencies = self.dependencies_of(name, choice)
            if dependencies is None:
                return None
            applicable = self.applicable(dependencies, extra)
            known = tuple((one, self.satisfied(one.name, one)) for _, one in applicable)
            if all(one.name in self._candidate_sets for one, _ in known):
                self._requirements_of[key] = known
        return known

    def dependents(self, name: NormalizedName, stated: Requirement) -> int:
        """Return the releases that this search has read and that state exactly this requirement.

        Only those: which others happen to be known must not change the search.
        """
        return self.cache.dependents(name, stated) & self._read.get(name, 0)

    def missing(self, node: str, choice: int, chosen: Mapping[str, int]) -> Missing | None:
        """Return what must be known before `dependencies` can answer; None when it is known or given up."""
        name, extra = self._extras.get(node, (NormalizedName(node), None))
        return self.missing_for(name, choice if extra is None else chosen[name], extra)

    def missing_for(self, name: NormalizedName, choice: int, extra: NormalizedName | None) -> Missing | None:
        """Return the same of one release, or of one of its extras."""
        candidates = self.candidates(name)
        if candidates is None or choice & ~candidates.package.all:
            return None
        cache, package = self.cache, candidates.package
        dependencies = cache.dependencies(package, choice)
        key = (id(dependencies), extra)
        block = self._read_ahead.block(candidates, choice) if extra is None else NO_BLOCK
        if not block.fresh and key in self._complete:
            return None
        positions = [choice.bit_length() - 1, *block.fresh]
        unread = [
            package.version(1 << position)
            for position in positions
            if cache.dependencies(package, 1 << position) is None
            and not self._is_skipped(package, 1 << position, choice)
        ]
        releases = tuple((name, version) for version in unread if not cache.is_given_up(name, version))
        packages = () if dependencies is None else tuple(self._unknown_packages(dependencies, extra))
        if not releases and not packages:
            if dependencies is not None:
                self._complete.add(key)
            return None
        near: list[int] = []
        if block.reads:
            usable = candidates.usable & package.all
            near = self.preference.next_beyond(package, block.low, block.high, usable, beyond(block.reads))
        return Missing(packages, releases, tuple((name, package.version(1 << position)) for position in near))

    def _is_skipped(self, package: PackageVersions, neighbour: int, choice: int) -> bool:
        """Return whether a neighbour of a choice need not be known: the index does not give its metadata.

        It only makes the search shorter. Whether it may be chosen itself is asked when it is.
        """
        return (
            neighbour != choice
            and self.cache.dependencies(package, neighbour) is None
            and self.cache.was_refused(package, neighbour)
        )

    def _unknown_packages(self, dependencies: Dependencies, extra: NormalizedName | None) -> Iterator[NormalizedName]:
        for _, requirement in self.applicable(dependencies, extra):
            if self.cache.package(requirement.name) is None and not self.cache.is_given_up(requirement.name):
                yield requirement.name

    def unsettled(self) -> Missing:
        """Return what was asked for and not known, without what was given up."""
        return Missing(
            tuple(name for name in self.missing_packages if not self.cache.is_given_up(name)),
            tuple(one for one in self.missing_releases if not self.cache.is_given_up(*one)),
        )

    def forget_unsettled(self) -> None:
        """Forget what was asked for and not known, unless it was given up."""
        self.missing_packages = {name for name in self.missing_packages if self.cache.is_given_up(name)}
        self.missing_releases = {one for one in self.missing_releases if self.cache.is_given_up(*one)}

    def candidates(self, name: NormalizedName) -> CandidateSet | None:
        """Return what may be chosen of a package; None if it was not polled (and then recorded as missing)."""
        candidates = self._candidate_sets.get(name)
        if candidates is None:
            package = self.cache.package(name)
            if package is None:
                self.missing_packages.add(name)
                return None
            candidates = self._candidate_sets[name] = self._make_candidate_set(package)
        return candidates

    def _make_candidate_set(self, package: PackageVersions) -> CandidateSet:
        name, broken = package.name, self.breaks.alone(package)
        return self._roots.candidates(
            package,
            tolerated=self.tolerated.get(name, 0),
            placeholder=name in self.placeholders,
            ruled_out=self.ruled_out(package) if broken or self._lacking else (),
            prereleases=name in self.open_prereleases,
        )

    def package(self, node: str) -> PackageVersions | None:
        """Return the versions that a node chooses from; None for an extra and for a package that was not polled."""
        candidates = None if node in self._extras else self._candidate_sets.get(NormalizedName(node))
        return None if candidates is None else candidates.package
