"""The provider for one target: its markers and extras, its usable releases, a policy and a preference.

Nodes are packages ("sqlalchemy") and extras ("sqlalchemy[asyncio]"). An extra has no versions: it is chosen or not,
and follows the choice of its package.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

from packaging.utils import NormalizedName

from scanner.domain.resolution.explain.reasons import InvalidDependency, Required
from scanner.domain.resolution.model.cache import Dependencies
from scanner.domain.resolution.model.candidate_set import PLACEHOLDER_URL
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.resolution.packages_on_target import CHOSEN, PackagesOnTarget
from scanner.domain.resolution.pubgrub.incompatibility import ABSENT, lowest
from scanner.domain.resolution.pubgrub.provider_protocol import Dependency, NodeFacts
from scanner.domain.resolution.read_ahead import NO_BLOCK, beyond

__all__ = ["CHOSEN", "TargetProvider"]


class TargetProvider(PackagesOnTarget):
    """A provider for one target: the nodes of its packages and extras, and what is read of them in which order."""

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
        """Return the candidates that a requirement admits; an extra that is required is chosen."""
        return CHOSEN if node in self._extras else self.admitted(requirement)

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
            self.read(candidates.package, self._read_ahead.decide(candidates, choice).fresh)
        dependencies = self.dependencies_of(name, choice)
        if dependencies is None:
            return
        if dependencies.invalid is not None and extra is None:
            yield Dependency(((name, choice),), None, InvalidDependency(name, dependencies.invalid.text))
        if extra is None:
            for pair, beside in self.breaks_beside(name, choice):
                yield Dependency(pair, None, beside)
        for stated, requirement in self.applicable(dependencies, extra):
            releases = self.dependents(name, stated)
            reason = Required(requirement, name, extra, releases, is_override=stated != requirement)
            yield Dependency(((name, releases), *dependents), requirement, reason)

    def mentioned(self, node: str, choice: int, chosen: Mapping[str, int]) -> Iterator[str]:
        """Yield the packages that a release or one of its extras requires, if that is known."""
        name, extra = self._extras.get(node, (NormalizedName(node), None))
        candidates, release = self.candidates(name), choice if extra is None else chosen[name]
        if candidates is not None and not release & ~candidates.package.all:
            dependencies = self.cache.dependencies(candidates.package, release)
            if dependencies is not None:
                yield from (one.name for _, one in self.applicable(dependencies, extra))

    def basis(self, node: str) -> Hashable:
        """Return what `dependencies` of an extra rests on: the releases that this search has read."""
        return self.basis_of(*self._extras.get(node, (NormalizedName(node), None)))

    def basis_of(self, name: NormalizedName, extra: NormalizedName | None) -> Hashable:
        """Return the same of a package or one of its extras. Beside which packages a release breaks counts too."""
        return self._read.get(name, 0), 0 if extra is not None else len(self._candidate_sets)

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
        if not block.fresh and key in self._roots.complete:
            return None
        unread = cache.unread(package, choice | block.fresh)
        # A neighbour only makes the search shorter: whether it may be chosen itself is asked when it is.
        versions = (package.version(one) for one in unread if one == choice or not cache.was_refused(package, one))
        releases = tuple((name, version) for version in versions if not cache.is_given_up(name, version))
        packages = () if dependencies is None else tuple(self._unknown_packages(dependencies, extra))
        if not releases and not packages:
            if dependencies is not None:
                self._roots.complete.add(key)
            return None
        near: list[int] = []
        if block.reads:
            usable = candidates.usable & package.all
            near = self.preference.next_beyond(package, block.low, block.high, usable, beyond(block.reads))
        return Missing(packages, releases, tuple((name, package.version(1 << position)) for position in near))

    def _unknown_packages(self, dependencies: Dependencies, extra: NormalizedName | None) -> Iterator[NormalizedName]:
        for _, requirement in self.applicable(dependencies, extra):
            if self.cache.package(requirement.name) is None and not self.cache.is_given_up(requirement.name):
                yield requirement.name

    def package(self, node: str) -> PackageVersions | None:
        """Return the versions that a node chooses from; None for an extra and for a package that was not polled."""
        candidates = None if node in self._extras else self._candidate_sets.get(NormalizedName(node))
        return None if candidates is None else candidates.package
