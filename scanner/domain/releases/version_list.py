"""A sorted sequence of versions that parses each one when it is first read, because most are never read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import overload

from packaging.version import Version


class VersionList(Sequence[Version]):
    """Versions in ascending order, from their normalised texts or parsed. Immutable; what is parsed is kept."""

    __slots__ = ("_known", "_places", "_texts")

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._known: list[Version | None] = [None] * len(texts)
        self._places: dict[Version, int | None] = {}

    @classmethod
    def parsed(cls, versions: Iterable[Version]) -> VersionList:
        """Return the list of versions that are in ascending order already."""
        made = cls(())
        made._known = [*versions]
        return made

    def __len__(self) -> int:
        return len(self._known)

    @overload
    def __getitem__(self, place: int) -> Version: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Version, ...]: ...

    def __getitem__(self, place: int | slice) -> Version | tuple[Version, ...]:
        if isinstance(place, slice):
            return tuple(self[one] for one in range(*place.indices(len(self._known))))
        version = self._known[place]
        if version is None:
            version = self._known[place] = Version(self._texts[place])
        return version

    def find(self, version: Version) -> int | None:
        """Return the place of a version; the last one where several are equal, None where none is."""
        try:
            return self._places[version]
        except KeyError:
            place = bisect_right(self, version) - 1
            found = self._places[version] = place if place >= 0 and self[place] == version else None
            return found
