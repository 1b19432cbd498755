"""All releases of a package in columns: what polls store of them, as one value that is read at once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

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
        upload = _microseconds(release.uploaded_at)
        return cls(text, release.pk, release.profile, upload, Version(text).is_prerelease)


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
        columns = cls.without_keys({text: release.uploaded_at for text, release in releases.items()}, {})
        ordered = columns.versions
        return columns.with_keys([releases[text].pk for text in ordered], [releases[text].profile for text in ordered])

    @classmethod
    def without_keys(cls, uploads: Mapping[str, datetime | None], parsed: Mapping[str, Version]) -> Self:
        """Return the columns of releases that are not stored yet, by version, with no keys.

        parsed: the versions that are parsed already.
        """
        versions = {text: parsed.get(text) or Version(text) for text in uploads}
        # As `_order`, with each version parsed once: sorting keeps the order of those that are equal.
        ordered = sorted(sorted(versions), key=versions.__getitem__)
        early = [place for place, text in enumerate(ordered) if versions[text].is_prerelease]
        return cls(ordered, [], [], [_microseconds(uploads[text]) for text in ordered], early)

    def with_keys(self, pks: list[int], profiles: list[int]) -> Self:
        """Return the columns with the keys of the releases and of their profiles, in the order of `versions`."""
        return type(self)(self.versions, pks, profiles, self.uploads, self.prereleases)

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
        early = {self.versions[place] for place in self.prereleases}
        columns: list[list[Any]] = [[*self.versions], [*self.pks], [*self.profiles], [*self.uploads]]
        if removed:
            left = [place for place, pk in enumerate(self.pks) if pk not in removed]
            columns = [[column[place] for place in left] for column in columns]
        versions = columns[0]
        known = stored.keys() & set(versions)
        if len(stored) - len(known) > _FEW:
            rows = (
                _Row(text, pk, profile, upload, text in early)
                for text, pk, profile, upload in zip(*columns, strict=True)
                if text not in known
            )
            fresh = (_Row.of(text, one) for text, one in stored.items())
            return self._of_rows(sorted([*rows, *fresh], key=_order))
        for text, one in stored.items():
            row = _Row.of(text, one)
            if text in known:
                place = versions.index(text)
                for column, value in zip(columns, row, strict=False):
                    column[place] = value
            else:
                place = bisect_left(versions, (Version(text), text), key=lambda other: (Version(other), other))
                for column, value in zip(columns, row, strict=False):
                    column.insert(place, value)
                early |= {text} if row.is_prerelease else set()
        prereleases = [place for place, text in enumerate(versions) if text in early]
        return type(self)(versions, columns[1], columns[2], columns[3], prereleases)

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


def _microseconds(moment: datetime | None) -> int | None:
    return None if moment is None else to_microseconds(moment)


def to_microseconds(moment: datetime) -> int:
    """Return the microseconds since 1970 of an aware time."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(number: int) -> datetime:
    """Return the time, in UTC, of these microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=number)
