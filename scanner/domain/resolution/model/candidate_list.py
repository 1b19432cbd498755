"""The candidates of one package in order, each made when it is first asked for.

A package has hundreds of releases, and a search looks at a few of them; of the others their versions' order, profiles
and upload times say enough.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple, overload

from packaging.version import Version

from scanner.domain.files.builds import UNSEEN
from scanner.domain.files.sdist_metadata import MetadataGrade
from scanner.domain.matching.availability import Offer
from scanner.domain.releases.release_columns import from_microseconds, to_microseconds
from scanner.domain.releases.version_list import VersionList

__all__ = ["Candidate", "CandidateList"]


class Candidate(NamedTuple):
    """A release that an installer could choose.

    `profile` is any value that is equal for releases with the same offers and the same build. `uploaded_at` is aware;
    None if the index does not say. `offers` has one offer per target of the source, and `build` says what building
    the sdist needs (scanner.domain.files.builds). `too_young` is set if the policy's minimum age excludes it.
    `requires_dist` and `extras`, those that it provides, are None while they are not known, and `metadata_error` then
    says why; `metadata_grade` is how far they are known, and `declared`
    which Pythons it names (scanner.domain.evidence.declared). `pk` is the stored release that the metadata comes from,
    `other_pks` are those of the same version on other indexes, whose files count too. `admitted_files` are the names
    of those that count where the project excludes others by `excluded_by`: "no-binary", "only-binary" or "hashes".
    `renewed_offers` are the offers once the project lists the hashes of its files again, where that changes them.
    """

    version: Version
    profile: Hashable
    uploaded_at: datetime | None = None
    offers: tuple[Offer, ...] = ()
    build: str = UNSEEN
    pk: int = 0
    too_young: bool = False
    requires_dist: tuple[str, ...] | None = None
    extras: tuple[str, ...] | None = None
    metadata_error: str = ""
    metadata_grade: MetadataGrade = MetadataGrade.CERTAIN
    other_pks: tuple[int, ...] = ()
    admitted_files: frozenset[str] | None = None
    excluded_by: str = ""
    renewed_offers: tuple[Offer, ...] = ()
    declared: str = ""

    @property
    def pks(self) -> tuple[int, ...]:
        """The keys of the stored releases whose files it has."""
        return (self.pk, *self.other_pks)


class CandidateList(Sequence[Candidate]):
    """The candidates of a package in ascending order; only assignment replaces one, by one of the same release.

    `versions`, `profiles` and `uploads`, in microseconds since 1970, have an entry for each, and `prereleases` are the
    places of pre-releases and development releases.
    """

    def __init__(
        self,
        versions: VersionList,
        profiles: Sequence[Hashable],
        uploads: Sequence[int | None],
        prereleases: Sequence[int],
        make: Callable[[int], Candidate],
    ) -> None:
        """Create the list. `make` makes the candidate of a place, not negative."""
        self.versions, self.profiles, self.uploads, self.prereleases = versions, profiles, uploads, prereleases
        self._make = make
        self._made: list[Candidate | None] = [None] * len(versions)

    @classmethod
    def of(cls, candidates: Iterable[Candidate]) -> CandidateList:
        """Return the list of candidates that are made already, in ascending order."""
        made = [*candidates]
        return cls(
            VersionList.parsed(one.version for one in made),
            [one.profile for one in made],
            [None if one.uploaded_at is None else to_microseconds(one.uploaded_at) for one in made],
            [place for place, one in enumerate(made) if one.version.is_prerelease],
            made.__getitem__,
        )

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, place: int) -> Candidate: ...

    @overload
    def __getitem__(self, place: slice) -> list[Candidate]: ...

    def __getitem__(self, place: int | slice) -> Candidate | list[Candidate]:
        if isinstance(place, slice):
            return [made or self[one] for one, made in zip(range(len(self))[place], self._made[place], strict=True)]
        made = self._made[place]
        if made is None:
            made = self._made[place] = self._make(place % len(self._made))
        return made

    def __setitem__(self, place: int, candidate: Candidate) -> None:
        self._made[place] = candidate

    @cached_property
    def last_upload(self) -> datetime | None:
        """When the latest candidate was uploaded; None if the index gives no times."""
        latest = max((upload for upload in self.uploads if upload is not None), default=None)
        return None if latest is None else from_microseconds(latest)
