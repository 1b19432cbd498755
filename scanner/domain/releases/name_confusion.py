"""A private name that stands on another index as well: which one's files an installer would take. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from packaging.version import Version


@dataclass(frozen=True, slots=True)
class IndexListing:
    """One index that has the name. newest: its best version that is not yanked, a final one where there is one, None
    without any. url: without credentials.
    """

    url: str
    is_private: bool
    newest: Version | None


@dataclass(frozen=True)
class NameConfusion:
    """A name that several indexes have, one of them private: an installer may take either one's files.

    places: in the order in which the indexes are named.
    """

    name: str
    places: tuple[IndexListing, ...]

    @property
    def urls(self) -> tuple[str, ...]:
        """The addresses of the indexes that have it."""
        return tuple(place.url for place in self.places)

    @cached_property
    def winner(self) -> IndexListing:
        """Where pip takes it from when nothing limits the version: the highest, of equal ones the index named last."""
        versions = [place.newest for place in self.places if place.newest is not None]
        best = max(versions, default=None)
        return [place for place in self.places if place.newest == best][-1]

    @property
    def sentence(self) -> str:
        """What stands where, and what pip would do."""
        standing = ", ".join(
            f"{place.newest if place.newest is not None else 'no version'} on {place.url}" for place in self.places
        )
        winner = self.winner
        if winner.newest is None:
            return f"{self.name} stands on several indexes: {standing}. pip would install nothing."
        taken = f"pip would install {winner.newest} from {winner.url}"
        others = " or ".join(place.url for place in self.places if place.url != winner.url)
        if winner.is_private:
            risk = f"a higher version on {others} would be installed in its place"
        else:
            risk = "not the private one"
        return f"{self.name} stands on several indexes: {standing}. {taken}; {risk}."


def newest_of(versions: Sequence[Version]) -> Version | None:
    """The highest final version, or the highest of all where none is final."""
    finals = [version for version in versions if not version.is_prerelease]
    return max(finals or versions, default=None)
