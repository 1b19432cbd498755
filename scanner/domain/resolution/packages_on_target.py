"""What one search may choose of each package on one target, and what releases require there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.evidence.known_breaks import NO_KNOWN_BREAKS, KnownBreak, KnownBreaks
from scanner.domain.resolution.breaks_on_target import BreaksOnTarget
from scanner.domain.resolution.explain.reasons import BreaksBeside, Obstacle
from scanner.domain.resolution.model.cache import Dependencies, ResolutionCache
from scanner.domain.resolution.model.candidate_cache import CandidateCache
from scanner.domain.resolution.model.candidate_set import NOTHING_LACKING, CandidateSet, Lacking
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.resolution.model.policy import BuildPolicy, Preference
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.model.root_requirements import RootRequirements
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.resolution.read_ahead import ReadAhead
from scanner.domain.resolution.roots_on_target import RootsOnTarget
from scanner.domain.targets.target import Target

__all__ = ["CHOSEN", "PackagesOnTarget", "SearchProgress"]

CHOSEN = 2
"""The one candidate of an extra, and of a package that is not known yet."""


class SearchProgress(Struct, frozen=True):
    """What a search has met: candidates, the releases that were read, the nodes of extras, and what was given up."""

    candidate_sets: Mapping[NormalizedName, CandidateSet]
    read: Mapping[NormalizedName, int]
    read_ahead: ReadAhead
    extras: Mapping[str, tuple[NormalizedName, NormalizedName]]
    missing_packages: frozenset[NormalizedName]
    missing_releases: frozenset[tuple[NormalizedName, Version]]


class PackagesOnTarget:
    """The packages of one problem on one target.

    `missing_packages` and `missing_releases` collect what was asked for and not known. `made` are the candidates of
    each package that was looked up, here or before in a problem that differs in what it lets through.

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
        self.made: dict[NormalizedName, CandidateSet] = {}
        self._admitted: dict[Requirement, int] = {}
        self._requirements_of: dict[
            tuple[NormalizedName, int, NormalizedName | None], tuple[tuple[Requirement, int], ...]
        ] = {}
        self._read: dict[NormalizedName, int] = {}
        # What the solver's provider remembers: which releases are read together, and the nodes of extras.
        self._read_ahead = ReadAhead()
        self._extras: dict[str, tuple[NormalizedName, NormalizedName]] = {}

    def take_over(self, other: PackagesOnTarget) -> None:
        """Use the candidates of a provider that differs in nothing but what is tolerated and has a placeholder.

        What was looked up there does not count as looked up here: that is part of a search.
        """
        changed = {
            *(name for name in self.tolerated if other.tolerated.get(name) != self.tolerated[name]),
            *(self.placeholders - other.placeholders),
        }
        self.made.update((name, one) for name, one in other.made.items() if name not in changed)

    def progress(self) -> SearchProgress:
        """Return a copy of what the search has met so far."""
        return SearchProgress(
            {**self._candidate_sets},
            {**self._read},
            self._read_ahead.copy(),
            {**self._extras},
            frozenset(self.missing_packages),
            frozenset(self.missing_releases),
        )

    def go_on_from(self, progress: SearchProgress) -> None:
        """Take over what a search had met that differs from this one in nothing that it had met."""
        self._candidate_sets, self._read = {**progress.candidate_sets}, {**progress.read}
        self._read_ahead, self._extras = progress.read_ahead.copy(), {**progress.extras}
        self.missing_packages, self.missing_releases = {*progress.missing_packages}, {*progress.missing_releases}

    def admitted(self, requirement: Requirement) -> int:
        """Return the candidates of its package that a requirement admits, as `CandidateSet.admitted` does."""
        known = self._admitted.get(requirement)
        if known is None:
            candidates = self.candidates(requirement.name)
            if candidates is None:
                return CHOSEN
            if self._candidate_cache.plain(candidates.package) is candidates:
                known = self._candidate_cache.admitted(candidates, requirement)
            else:
                known = candidates.admitted(requirement)
            self._admitted[requirement] = known
        return known

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

    def read(self, package: PackageVersions, releases: int) -> None:
        """Read the dependencies of these releases, but for those whose metadata the index does not give."""
        name, read = package.name, releases
        for release in self.cache.unread(package, releases):
            read ^= release
            if not self.cache.was_refused(package, release):
                self.missing_releases.add((name, package.version(release)))
        self._read[name] = self._read.get(name, 0) | read

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
            known = tuple((one, self.admitted(one)) for _, one in applicable)
            if all(one.name in self._candidate_sets for one, _ in known):
                self._requirements_of[key] = known
        return known

    def dependents(self, name: NormalizedName, stated: Requirement) -> int:
        """Return the releases that this search has read and that state exactly this requirement.

        Only those: which others happen to be known must not change the search.
        """
        return self.cache.dependents(name, stated) & self._read.get(name, 0)

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
            candidates = self.made.get(name)
            if candidates is None:
                candidates = self.made[name] = self._make_candidate_set(package)
            self._candidate_sets[name] = candidates
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
