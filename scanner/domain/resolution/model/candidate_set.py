"""What may be chosen of one package on one target, and how it follows from what the project and a search say of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.explain.reasons import Constrained, Obstacle, PackageNotFound, Reason, Unavailable
from scanner.domain.resolution.model.cache import InstallableVersions
from scanner.domain.resolution.model.policy import admits_prereleases
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.resolution.pubgrub.incompatibility import ABSENT

__all__ = ["NOTHING_LACKING", "PLACEHOLDER_URL", "CandidateSet", "Lacking", "OfferedVersions", "PackageTerms"]

Lacking = Mapping[NormalizedName, tuple[Obstacle, int]]
"""Releases of packages that install on a target and lack what the project demands, with the obstacle that says so."""

NOTHING_LACKING: Lacking = MappingProxyType({})

PLACEHOLDER_URL = ""
"""The key of the placeholder candidate among the URLs of a candidate set."""


class PackageTerms(Struct, frozen=True):
    """What a project and a search say of one package, so that it differs from what the index offers.

    `own` are the requirements and constraints of the project, `constraints` the latter alone; both as overrides make
    them. `locked` fix the package, `pinned` is the version in use. `tolerated` releases are let through although they
    may not be chosen. `placeholder` adds a candidate without a version. `ruled_out` are releases that install and may
    not be chosen, by obstacle. `prereleases` says that pre-releases count.
    """

    own: tuple[Requirement, ...] = ()
    constraints: tuple[Requirement, ...] = ()
    locked: tuple[Requirement, ...] = ()
    pinned: Version | None = None
    tolerated: int = 0
    placeholder: bool = False
    ruled_out: tuple[tuple[Obstacle, int], ...] = ()
    prereleases: bool = False


class OfferedVersions(Struct, frozen=True):
    """What an index offers of a package on a target under a policy, as sets over its versions.

    `known` are those that exist at the policy's time, `recent` those younger than its minimum age, `prereleases` says
    that it admits pre-releases, `target` is the slug that reasons name.
    """

    package: PackageVersions
    installable: InstallableVersions
    known: int
    recent: int
    prereleases: bool
    target: str


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

    @classmethod
    def of(cls, offered: OfferedVersions, terms: PackageTerms) -> CandidateSet:
        """Return what these terms leave of what is offered."""
        package, found = offered.package, offered.installable
        fixed = _admitted_by(package, terms.locked)
        project_pinned = fixed | _admitted_by(package, [one for one in terms.own if one.exact])
        if terms.pinned is not None:
            project_pinned |= package.choice(terms.pinned)
        urls = _url_candidates(package, terms)
        opaque = sum(urls.values())
        young = offered.recent & offered.known & ~project_pinned
        free = offered.known & found.installable & ~young
        for _, mask in terms.ruled_out:
            free &= ~mask
        made = cls(
            package,
            known=offered.known | opaque,
            usable=free | opaque & ~urls.get(PLACEHOLDER_URL, 0),
            forbidden=(_barred(offered, terms, free, young, opaque),),
            yanked=found.yanked,
            project_pinned=project_pinned,
            prereleases_open=offered.prereleases or terms.prereleases or any(one.pre for one in terms.own),
            urls=urls,
            locked=(fixed & offered.known | opaque) if terms.locked else None,
        )
        limits = [*_limits(made, terms)]
        return replace(made, forbidden=(*made.forbidden, *limits)) if limits else made


def _admitted_by(package: PackageVersions, requirements: Iterable[Requirement]) -> int:
    """Return the releases that any of these requirements names."""
    admitted = 0
    for requirement in requirements:
        admitted |= package.admitted(requirement.specifier)
    return admitted


def _url_candidates(package: PackageVersions, terms: PackageTerms) -> dict[str, int]:
    """Return the candidates without a version, above the versions, by URL."""
    urls = dict.fromkeys(one.url for one in terms.own if one.url is not None)
    if terms.placeholder:
        urls[PLACEHOLDER_URL] = None
    return {url: 2 << len(package.versions) + index for index, url in enumerate(urls)}


def _barred(
    offered: OfferedVersions, terms: PackageTerms, free: int, young: int, opaque: int
) -> tuple[int, Reason | None]:
    """Return what may never be chosen, with the reason if there is one to mention.

    `free` are the versions that may be chosen, `young` those that are too recent, `opaque` the candidates without one.
    """
    whole, found = offered.known | opaque, offered.installable
    beyond = ~(whole | ABSENT)
    if not whole:
        return beyond, PackageNotFound(offered.package.name)
    barred = offered.known & ~free & ~terms.tolerated
    if not barred:
        return beyond, None
    listed = [(obstacle, mask & barred) for obstacle, mask in found.obstacles if mask & barred]
    if young & barred:
        listed.append((Obstacle.TOO_YOUNG, young & barred))
    installing = barred & found.installable
    listed += [(obstacle, mask & installing) for obstacle, mask in terms.ruled_out if mask & installing]
    return barred | beyond, Unavailable(offered.package.name, barred, tuple(listed), offered.target)


def _limits(candidates: CandidateSet, terms: PackageTerms) -> Iterator[tuple[int, Reason | None]]:
    """Yield what each constraint excludes."""
    for requirement in terms.constraints:
        outside = candidates.known & ~candidates.admitted(requirement)
        if outside:
            yield outside, Constrained(requirement)
