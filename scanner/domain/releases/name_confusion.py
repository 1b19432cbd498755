"""Dependency confusion: a package name that a private index and another index both have, and which one pip takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct
from packaging.version import Version

from scanner.domain.phrases import join_words


class IndexListing(Struct, frozen=True):
    """A package name on one index.

    `url` holds no credentials. `newest` is the highest final version that is not yanked, or the highest pre-release
    where no version is final; None where the index has no usable version.
    """

    url: str
    is_private: bool
    newest: Version | None

    def to_json(self) -> dict[str, Any]:
        """Return the listing as JSON values."""
        version = str(self.newest) if self.newest is not None else None
        return {"url": self.url, "private": self.is_private, "version": version}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> IndexListing:
        """Read what `to_json` wrote."""
        return cls(data["url"], data["private"], Version(data["version"]) if data["version"] else None)


class NameConfusion(Struct, frozen=True, dict=True):
    """A name that several indexes have, one of them private. `listings` follow the order in which indexes are named."""

    name: str
    listings: tuple[IndexListing, ...]

    @cached_property
    def winner(self) -> IndexListing:
        """The listing from which pip installs when nothing limits the version.

        pip takes the highest version, and of equal ones that of the index named last.
        """
        versions = [listing.newest for listing in self.listings if listing.newest is not None]
        best = max(versions, default=None)
        return [listing for listing in self.listings if listing.newest == best][-1]

    @property
    def message(self) -> str:
        """The listings and what pip would install, in two sentences."""
        winner = self.winner
        found = ", ".join(f"{listing.newest or 'no version'} on {listing.url}" for listing in self.listings)
        start = f"{self.name} is on several indexes: {found}."
        if winner.newest is None:
            return f"{start} pip would install nothing."
        taken = f"{start} pip would install {winner.newest} from {winner.url}"
        if not winner.is_private:
            return f"{taken}; not the private one."
        others = join_words([listing.url for listing in self.listings if listing.url != winner.url], "or")
        return f"{taken}; a higher version on {others} would be installed in its place."

    def to_json(self) -> dict[str, Any]:
        """Return one entry of an assessment's `confusions` (docs/schema.md)."""
        return {
            "name": self.name,
            "places": [listing.to_json() for listing in self.listings],
            "installs": self.winner.to_json(),
            "message": self.message,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> NameConfusion:
        """Read what `to_json` wrote; what follows from the listings is computed again."""
        return cls(data["name"], tuple(IndexListing.from_json(listing) for listing in data["places"]))


def newest_of(versions: Sequence[Version]) -> Version | None:
    """Return the highest final version, or the highest of all where none is final."""
    finals = [version for version in versions if not version.is_prerelease]
    return max(finals or versions, default=None)
