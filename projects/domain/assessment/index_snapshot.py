"""What is stored of the index, as an assessment and the resolver see it. It does no I/O; "not known" is an answer."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.waivers import Waiver, waived_offers
from scanner.domain.files.sdist_metadata import MetadataGrade, ReleaseMetadata
from scanner.domain.matching.availability import Availability, Offer, ReleaseFileFacts
from scanner.domain.resolution.model.candidate_list import Candidate, CandidateList
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.resolution.model.policy import BuildPolicy, admits_prereleases
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.targets.target import Target

FilesOf = Callable[[Candidate], Sequence[ReleaseFileFacts]]


class PackageSnapshot(Struct, frozen=True, dict=True):
    """One package, with an offer of each candidate for each assessed target.

    `answered` is False while an index of the project has not answered; `error` may then say why. `exists` is False
    if no index has the package. `candidates` are in ascending order; only `learn` replaces one. `stays_open`: its
    newest release may get files at any time, because an index that has it does not close releases after 14 days.
    """

    name: str
    answered: bool
    exists: bool
    error: str
    status: str
    checked_at: datetime | None
    candidates: CandidateList = field(default_factory=lambda: CandidateList.of(()))
    stays_open: bool = False

    def lacks(self, version: Version | None) -> bool:
        """Return whether an index has other versions, but not this one."""
        return version is not None and self.exists and self.candidate(version) is None

    def candidate(self, version: Version) -> Candidate | None:
        """Return the candidate of this version, if the index has it."""
        place = self.candidates.versions.find(version)
        return None if place is None else self.candidates[place]

    def learn(self, version: Version, metadata: ReleaseMetadata) -> None:
        """Set what is known of the metadata of a candidate."""
        place = self.candidates.versions.find(version)
        assert place is not None  # it is a candidate's
        self.candidates[place] = self.candidates[place]._replace(
            requires_dist=metadata.requires_dist,
            extras=metadata.extras,
            metadata_error=metadata.error,
            metadata_grade=metadata.grade,
            declared=metadata.declared,
        )

    @cached_property
    def versions(self) -> PackageVersions:
        """The candidates as the resolver takes them."""
        return PackageVersions(NormalizedName(self.name), self.candidates)

    @cached_property
    def has_finals(self) -> bool:
        """Whether a final release has files that are not yanked."""
        return any(not one.version.is_prerelease and _has_files(one) for one in self.candidates)

    @cached_property
    def newest(self) -> Candidate | None:
        """The newest candidate; a final release if there is one."""
        pre = admits_prereleases(requested=False, finals=self.has_finals)
        return next((one for one in reversed(self.candidates) if pre or not one.version.is_prerelease), None)

    @cached_property
    def last_upload(self) -> datetime | None:
        """When the latest candidate was uploaded; None if the index gives no times."""
        return self.candidates.last_upload


def _has_files(candidate: Candidate) -> bool:
    return any(offer.availability is not Availability.ABSENT and not offer.yanked for offer in candidate.offers)


def installable_from(
    package: PackageSnapshot, column: int, policy: BuildPolicy, current: Version | None
) -> list[Candidate]:
    """Return all candidates not below `current` that install on the target in this column, in ascending order.

    Every candidate is checked, since a newer one may lack what an older one has. Yanked candidates are left out. A
    version is not below one that adds a local version to it (2.11.0+cu128).
    Pre-releases count if the policy says so, if `current` is one, or if the package has no final release.
    """
    requested = policy.prereleases or (current is not None and current.is_prerelease)
    pre = admits_prereleases(requested=requested, finals=package.has_finals)
    start = 0 if current is None else bisect_left(package.candidates.versions, Version(current.public))
    return [
        candidate
        for candidate in package.candidates[start:]
        if (pre or not candidate.version.is_prerelease)
        and not candidate.offers[column].yanked
        and not candidate.too_young
        and policy.installs_candidate(candidate, column)
    ]


class IndexSnapshot:
    """Packages and the targets that their offers are for. It is the resolver's `CandidateSource`.

    `foreign` are packages that come from a URL, a repository or a folder, so the index is not asked for them. `waivers`
    are decisions of the project that change what is offered.
    """

    def __init__(
        self,
        packages: Mapping[str, PackageSnapshot],
        targets: Sequence[Target],
        foreign: Collection[str] = (),
        waivers: Sequence[Waiver] = (),
    ) -> None:
        self.foreign = frozenset(foreign)
        self.targets = tuple(targets)
        self._waivers = tuple(waivers)
        self.packages = self._waive(packages)
        self._columns = {target: column for column, target in enumerate(self.targets)}
        self._target_groups: dict[NormalizedName, list[Hashable]] = {}

    def update(self, packages: Mapping[str, PackageSnapshot]) -> None:
        """Replace packages. A ResolutionCache made before must not be used any more."""
        self.packages.update(self._waive(packages))
        for name in packages:
            self._target_groups.pop(NormalizedName(name), None)

    def _waive(self, packages: Mapping[str, PackageSnapshot]) -> dict[str, PackageSnapshot]:
        """Return the packages, with what the project waives in the offers of those that it decided about."""
        made = dict(packages)
        for name in {waiver.name for waiver in self._waivers} & packages.keys():
            candidates = [
                one._replace(
                    offers=waived_offers(one.offers, name, self.targets, self._waivers),
                    renewed_offers=one.renewed_offers
                    and waived_offers(one.renewed_offers, name, self.targets, self._waivers),
                )
                for one in packages[name].candidates
            ]
            made[name] = replace(packages[name], candidates=CandidateList.of(candidates))
        return made

    def learn_metadata(self, name: str, found: Mapping[Version, ReleaseMetadata]) -> None:
        """Set what is known of the metadata of candidates."""
        package = self.packages[name]
        for version, metadata in found.items():
            package.learn(version, metadata)

    def unknown(self, missing: Missing) -> Missing:
        """Return those of the required facts that are not known."""
        return Missing(
            tuple(name for name in missing.packages if self.package(name) is None),
            tuple(one for one in missing.releases if self.requires_dist(*one) is None),
        )

    def column(self, target: Target) -> int:
        """Return the position of a target's offer in `Candidate.offers`."""
        return self._columns[target]

    def candidate(self, name: str, version: Version) -> Candidate | None:
        """Return the candidate of this version, if the index has it."""
        package = self.packages.get(name)
        return None if package is None else package.candidate(version)

    def package(self, name: NormalizedName) -> PackageVersions | None:
        """Return all candidates, none if the index has no such package; None while it has not answered."""
        if name in self.foreign:
            return PackageVersions(name, ())
        package = self.packages.get(name)
        return package.versions if package is not None and package.answered else None

    def offer(self, candidate: Candidate, target: Target) -> tuple[Offer, str]:
        """Return what a candidate offers on a target, and what building it needs."""
        return candidate.offers[self._columns[target]], candidate.build

    def target_group(self, name: NormalizedName, target: Target) -> Hashable:
        """Return a key that is equal for targets with equal offers of every candidate of the package."""
        known = self._target_groups.get(name)
        if known is None:
            package = self.package(name)
            profiles = [candidate for candidate, _ in package.profiles] if package is not None else []
            rows = [candidate.offers for candidate in profiles]
            rows += [candidate.renewed_offers for candidate in profiles if candidate.renewed_offers]
            # Offers live as long as the process, so comparing identities is enough, and cheaper.
            known = [tuple(map(id, column)) for column in zip(*rows, strict=True)] or [()] * len(self.targets)
            self._target_groups[name] = known
        return known[self._columns[target]]

    def requires_dist(self, name: NormalizedName, version: Version) -> Iterable[str] | None:
        """Return the Requires-Dist values of a candidate; None while its metadata is not known.

        Of one that cannot be read nothing can be followed; it is not judged.
        """
        candidate = self.candidate(name, version)
        if candidate is None:
            return ()
        is_unreadable = candidate.requires_dist is None and candidate.metadata_grade is MetadataGrade.UNREADABLE
        return () if is_unreadable else candidate.requires_dist

    def was_refused(self, name: NormalizedName, version: Version) -> bool:
        """Return whether the metadata of a release is not known because the index did not give it when asked."""
        candidate = self.candidate(name, version)
        return candidate is not None and candidate.requires_dist is None and bool(candidate.metadata_error)
