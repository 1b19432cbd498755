"""The releases of a package as they are stored on one index: made when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import overload

from scanner.domain.releases.pooling import NOTHING_READ, ReleaseFindings, StoredRelease
from scanner.domain.releases.release_columns import ReleaseColumns, from_microseconds
from scanner.domain.releases.version_list import VersionList


class StoredReleases(Sequence[StoredRelease]):
    """The releases of a package in ascending order. Of most nothing was read, and few are looked at.

    `findings` are those of the releases of this package that something was read of, by the keys of their rows.
    """

    def __init__(self, columns: ReleaseColumns, findings: Mapping[int, ReleaseFindings]) -> None:
        self.columns, self.findings = columns, findings
        self._made: list[StoredRelease | None] = [None] * len(columns.pks)

    @cached_property
    def found(self) -> tuple[tuple[int, ReleaseFindings], ...]:
        """The places of releases that something was read of, with what it is."""
        places = {pk: place for place, pk in enumerate(self.columns.pks)} if self.findings else {}
        # Where another process has stored a release since the columns were read, its place is not known.
        return tuple((places[pk], findings) for pk, findings in self.findings.items() if pk in places)

    @cached_property
    def versions(self) -> VersionList:
        """The versions of the releases."""
        return VersionList(self.columns.versions)

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, place: int) -> StoredRelease: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[StoredRelease, ...]: ...

    def __getitem__(self, place: int | slice) -> StoredRelease | tuple[StoredRelease, ...]:
        if isinstance(place, slice):
            return tuple(self[one] for one in range(*place.indices(len(self._made))))
        made = self._made[place]
        if made is None:
            columns = self.columns
            pk, upload = columns.pks[place], columns.uploads[place]
            made = self._made[place] = StoredRelease(
                pk,
                self.versions[place],
                columns.profiles[place],
                None if upload is None else from_microseconds(upload),
                *self.findings.get(pk, NOTHING_READ),
            )
        return made
