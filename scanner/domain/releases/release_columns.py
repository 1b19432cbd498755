"""All releases of a package in columns: what polls store of them, as one value that is read at once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self

import msgspec
from msgspec import Struct
from packaging.version import Version

__all__ = ["FORMAT", "PolledRelease", "ReleaseColumns", "from_microseconds", "to_microseconds"]

# Raised when the columns change, so that those of before are made again.
FORMAT = 1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Finding the place of a release parses a dozen versions, sorting parses all of them.
_FEW = 12


class PolledRelease(NamedTuple):
    """What a poll stores of a release: the keys of its row and of its profile, and its first upload."""

    pk: int
    profile: int
    uploaded_at: datetime | None


class _Row(NamedTuple):
    version: str
    pk: int
    profile: int
    upload: int | None
    is_prerelease: bool

    @classmethod
    def of(cls, text: str, release: PolledRelease) -> _Row:
        uploaded = None if release.uploaded_at is None else to_microseconds(release.uploaded_at)
        return cls(text, release.pk, release.profile, uploaded, Version(text).is_prerelease)


class ReleaseColumns(Struct, frozen=True, array_like=True):
    """The releases of a package in ascending order of their versions, which are normalised.

    Each column has an entry for each release: `pks` of its row, `profiles` of its profile, `uploads` in microseconds
    since 1970, None where no time is known. `prereleases` are the places of pre-releases and development releases.
    """

    versions: list[str]
    pks: list[int]
    profiles: list[int]
    uploads: list[int | None]
    prereleases: list[int]

    @classmethod
    def of(cls, releases: Mapping[str, PolledRelease]) -> Self:
        """Return the columns of these releases, by version."""
        return cls._of_rows(sorted((_Row.of(text, one) for text, one in releases.items()), key=_order))

    @classmethod
    def _of_rows(cls, rows: Collection[_Row]) -> Self:
        return cls(
            [row.version for row in rows],
            [row.pk for row in rows],
            [row.profile for row in rows],
            [row.upload for row in rows],
            [place for place, row in enumerate(rows) if row.is_prerelease],
        )

    def changed(self, stored: Mapping[str, PolledRelease], removed: Collection[int]) -> Self:
        """Return the columns after these releases, by version, were stored and the rows `removed` deleted."""
        known = {row.version: row for row in self._rows() if row.pk not in removed}
        fresh = [_Row.of(text, one) for text, one in stored.items() if text not in known]
        known.update((text, _Row.of(text, one)) for text, one in stored.items() if text in known)
        rows = list(known.values())
        if len(fresh) > _FEW:
            rows = sorted([*rows, *fresh], key=_order)
        else:
            for row in fresh:
                rows.insert(bisect_left(rows, _order(row), key=_order), row)
        return self._of_rows(rows)

    def _rows(self) -> Iterable[_Row]:
        before = set(self.prereleases)
        columns = zip(self.versions, self.pks, self.profiles, self.uploads, strict=True)
        return (_Row(*row, place in before) for place, row in enumerate(columns))

    def to_bytes(self) -> bytes:
        """Return the columns as they are stored."""
        return _ENCODER.encode(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> ReleaseColumns:
        """Read what `to_bytes` of the same format returned."""
        return _DECODER.decode(data)


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(ReleaseColumns)


def _order(row: _Row) -> tuple[Version, str]:
    # Versions that are equal and spelt differently ("1.0" and "1.0.0") are in the order of their texts.
    return Version(row.version), row.version


def to_microseconds(moment: datetime) -> int:
    """Return the microseconds since 1970 of an aware time."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(number: int) -> datetime:
    """Return the time, in UTC, of these microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=number)
