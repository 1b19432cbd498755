"""Facts of the index that a search needs before it can go on."""

from __future__ import annotations

from collections.abc import Generator
from typing import Generic, Protocol, TypeVar

from msgspec import Struct
from packaging.utils import NormalizedName
from packaging.version import Version

__all__ = ["Missing", "Search", "SharedSearch", "finish"]

T = TypeVar("T")


class Missing(Struct, frozen=True):
    """The facts that must be fetched before an answer is known: packages to poll, releases whose metadata is needed.

    `likely` are releases, and `likely_packages` packages, that the search will probably need next. Fetching them in
    the same batch saves rounds.
    """

    packages: tuple[NormalizedName, ...] = ()
    releases: tuple[tuple[NormalizedName, Version], ...] = ()
    likely: tuple[tuple[NormalizedName, Version], ...] = ()
    likely_packages: tuple[NormalizedName, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.packages or self.releases)

    def __or__(self, other: Missing) -> Missing:
        packages, releases = {*self.packages, *other.packages}, {*self.releases, *other.releases}
        return Missing(
            tuple(sorted(packages)),
            tuple(sorted(releases)),
            tuple(sorted({*self.likely, *other.likely} - releases)),
            tuple(sorted({*self.likely_packages, *other.likely_packages} - packages)),
        )

    @property
    def as_likely(self) -> Missing:
        """Return the same facts as ones that are not needed yet."""
        return Missing((), (), (*self.releases, *self.likely), (*self.packages, *self.likely_packages))


Search = Generator[Missing, None, T]
"""A search that stops where it needs a fact, yields what is missing, and returns its result.

Before it is resumed the required facts have been learned, or given up in the cache: otherwise it asks again.
"""


class SharedSearch(Generic[T]):
    """A search whose result several other searches need: each waits for it, and it runs once."""

    def __init__(self, search: Search[T]) -> None:
        self._search = search
        self._missing: Missing | None = None
        self._results: list[T] = []

    def wait(self) -> Search[T]:
        """Yield what the search lacks until it has its result, and return that."""
        asked: Missing | None = None
        while not self._results:
            if asked is self._missing:
                # Nothing was asked for yet, or this one asked for it and it has come in.
                try:
                    self._missing = next(self._search)
                except StopIteration as end:
                    self._results.append(end.value)
                    break
            asked = self._missing
            assert asked is not None
            yield asked
        return self._results[0]


class GivesUp(Protocol):
    """A cache that can treat facts as unknowable."""

    def give_up(self, missing: Missing) -> None:
        """Treat the required facts as unknowable."""


def finish(search: Search[T], cache: GivesUp) -> T:
    """Run a search to its end with what the cache knows, giving up every missing fact."""
    while True:
        try:
            missing = next(search)
        except StopIteration as end:
            result: T = end.value
            return result
        cache.give_up(missing)
