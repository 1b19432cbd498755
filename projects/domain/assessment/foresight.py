"""What the searches of a request will probably need next, so that it is fetched before they ask.

It follows the newest releases that the requirements admit, from page to metadata to page, and solves nothing. A wrong
guess costs a fetch: no answer depends on what is known beside what a search asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.index_snapshot import IndexSnapshot, PackageSnapshot
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.root_requirements import root_requirements_of
from scanner.domain.resolution.model.candidate_list import Candidate
from scanner.domain.resolution.model.markers import MarkerMemo
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.resolution.model.requirement import Requirement, read_requirement
from scanner.domain.resolution.pubgrub.incompatibility import bits

# One package may lead to very many others.
_MOST_PACKAGES = 600


class Foresight:
    """The packages and releases that the newest release of everything leads to, as far as they are known."""

    def __init__(self, request: AssessmentRequest, snapshot: IndexSnapshot) -> None:
        self._snapshot, self._policy = snapshot, request.policy
        self._markers = [MarkerMemo(target) for target in request.targets]
        self._required: dict[NormalizedName, Requirement] = {}
        self._extras: dict[NormalizedName, set[str]] = {}
        self._unread: dict[NormalizedName, set[str]] = {}
        self._guesses: dict[NormalizedName, Version | None] = {}
        self._named: set[object] = set()
        roots = root_requirements_of(request.requirements, request.limits)
        self._pinned = {one.name for one in (*roots.requirements, *roots.included) if one.exact}
        self._new = [name for one in (*roots.requirements, *roots.included) for name in self._require(one, "")]

    def look(self, changed: Iterable[NormalizedName] = ()) -> Missing:
        """Return what is likely and was not named before, now that more is known of the changed packages.

        A release that the project pins is needed in any case.
        """
        packages: list[NormalizedName] = []
        releases: list[tuple[NormalizedName, Version]] = []
        pinned: list[tuple[NormalizedName, Version]] = []
        todo, self._new = [*self._new, *changed], []
        while todo:
            name = todo.pop()
            if name not in self._unread:
                continue
            package = self._snapshot.packages.get(name)
            if package is None or not package.answered:
                if name not in self._named and name not in self._snapshot.foreign:
                    self._named.add(name)
                    packages.append(name)
                continue
            version = self._guess(name, package)
            needs = self._snapshot.requires_dist(name, version) if version is not None else ()
            if version is not None and needs is None:
                if (name, version) not in self._named:
                    self._named.add((name, version))
                    (pinned if name in self._pinned else releases).append((name, version))
                continue
            extras = self._unread.pop(name)
            read = [one for one in map(read_requirement, needs or ()) if isinstance(one, Requirement)]
            todo += [found for one in read for extra in extras for found in self._require(one, extra)]
        return Missing(releases=tuple(pinned), likely=tuple(releases), likely_packages=tuple(packages))

    def _require(self, requirement: Requirement, extra: str) -> Iterator[NormalizedName]:
        """Yield the package of a requirement that applies on a target, where the package or an extra of it is new."""
        name = requirement.name
        extras = self._extras.setdefault(name, set())
        fresh = {"", *requirement.extras} - extras
        if not fresh or requirement.url is not None or len(self._required) >= _MOST_PACKAGES:
            return
        if self._applies(requirement, extra):
            self._required.setdefault(name, requirement)
            extras |= fresh
            self._unread.setdefault(name, set()).update(fresh)
            yield name

    def _applies(self, requirement: Requirement, extra: str) -> bool:
        """Return whether a requirement applies with an extra on any target. Most do on all targets or on none."""
        if requirement.marker is None or requirement.only_extra is not None:
            return requirement.only_extra in {None, extra}
        return any(memo.holds(requirement, extra) for memo in self._markers)

    def _guess(self, name: NormalizedName, package: PackageSnapshot) -> Version | None:
        """Return the newest final release that the first requirement admits and that installs on some target."""
        if name not in self._guesses:
            versions = package.versions
            admitted = versions.admitted(self._required[name].specifier)
            finals = admitted & ~versions.prereleases or admitted
            newest_first = [position - 1 for position in bits(finals)][::-1]
            columns = range(len(self._snapshot.targets))
            best = (
                place
                for place in newest_first
                for column in columns
                if self._installs(package.candidates[place], column)
            )
            found = next(best, newest_first[0] if newest_first else None)
            self._guesses[name] = versions.versions[found] if found is not None else None
        return self._guesses[name]

    def _installs(self, candidate: Candidate, column: int) -> bool:
        return bool(self._policy.installs_candidate(candidate, column)) and not candidate.offers[column].yanked
