"""What is known of the index, as the resolver's source: no I/O, and "not known yet" is an answer. Pure."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence

from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.offers import PackageView, ReleaseView
from scanner.domain.matching.availability import Offer
from scanner.domain.resolution.model.versions import Candidate, PackageVersions
from scanner.domain.targets.target import Target


class Knowledge:
    """Package views over a row of targets. Fits scanner.domain.resolution.model.source.Source.

    `foreign` are packages that come from an address, not from the index: nobody asks the index for them. `blind`
    collects the releases whose needs nobody could tell and that were asked for: they count as needing nothing.
    """

    def __init__(
        self, views: Mapping[str, PackageView], targets: Sequence[Target], foreign: Collection[str] = ()
    ) -> None:
        self.views = dict(views)
        self.foreign = frozenset(foreign)
        self.targets = tuple(targets)
        self.blind: set[tuple[str, Version]] = set()
        self._columns = {target: column for column, target in enumerate(self.targets)}
        self._packages: dict[NormalizedName, PackageVersions] = {}
        self._kinds: dict[Hashable, ReleaseView] = {}
        self._alike: dict[NormalizedName, list[Hashable]] = {}

    def learn(self, views: Mapping[str, PackageView]) -> None:
        """Take in packages anew. A Stock over this knowledge must be made anew too."""
        self.views.update(views)
        for name in views:
            self._packages.pop(NormalizedName(name), None)
            self._alike.pop(NormalizedName(name), None)

    def column(self, target: Target) -> int:
        """The place of a target's offers in every release."""
        return self._columns[target]

    def release(self, name: str, version: Version) -> ReleaseView | None:
        """The release of this version, when the index has it."""
        view = self.views.get(name)
        return None if view is None else view.release(version)

    def package(self, name: NormalizedName) -> PackageVersions | None:
        """All releases; an empty shelf when the index has no such package; None when it has not answered."""
        known = self._packages.get(name)
        if known is not None:
            return known
        if name in self.foreign:
            return PackageVersions(name, ())
        view = self.views.get(name)
        if view is None or not view.answered:
            return None
        for release in view.releases:
            self._kinds.setdefault(release.kind, release)
        made = PackageVersions(name, [Candidate(one.version, one.kind, one.uploaded_at) for one in view.releases])
        self._packages[name] = made
        return made

    def offer(self, shape: Hashable, target: Target) -> tuple[Offer, str]:
        """What releases of this kind offer on a target."""
        release = self._kinds[shape]
        return release.offers[self._columns[target]], release.build

    def target_group(self, name: NormalizedName, target: Target) -> Hashable:
        """The same for targets with the same offer of every kind of release on the package's shelf."""
        known = self._alike.get(name)
        if known is None:
            package = self.package(name)
            rows = [self._kinds[kind].offers for kind, _ in package.shapes] if package is not None else []
            # Offers live as long as the process; comparing which they are is cheaper than what they are.
            known = [tuple(map(id, column)) for column in zip(*rows, strict=True)] or [()] * len(self.targets)
            self._alike[name] = known
        return known[self._columns[target]]

    def requires_dist(self, name: NormalizedName, version: Version) -> Iterable[str] | None:
        """The Requires-Dist values of a release; None when its metadata has not been fetched."""
        release = self.release(name, version)
        if release is None:
            return ()
        if release.needs is None and release.needs_error:
            self.blind.add((name, version))
            return ()
        return release.needs
