"""The query of the drawing: the package in its middle, how much is shown, and how large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace
from packaging.utils import canonicalize_name

ZOOMS = (50, 75, 100, 150, 200)
_USUAL = 100
_NAME_LIMIT = 200


class GraphQuery(Struct, frozen=True):
    """What to draw. `at` is a package, with all that leads to it and from it; "" for the whole set.

    `everything`: also packages that need no work and lead to none that does. `zoom` is in per cent.
    """

    at: str = ""
    everything: bool = False
    zoom: int = _USUAL

    @classmethod
    def parse(cls, parameters: Mapping[str, Sequence[str]]) -> Self:
        """Read `at`, `all` and `zoom` forgivingly: what is not understood is as if not given."""
        given = {key: values[-1] for key, values in parameters.items() if values}
        at = given.get("at", "").replace("\0", "").strip()[:_NAME_LIMIT]
        zoom = given.get("zoom", "")
        return cls(
            at=canonicalize_name(at) if at else "",
            everything=given.get("all") == "1",
            zoom=int(zoom) if zoom in map(str, ZOOMS) else _USUAL,
        )

    def encode(self) -> str:
        """Return the query string without defaults."""
        pairs = [("at", self.at)] if self.at else []
        pairs += [("all", "1")] if self.everything else []
        pairs += [("zoom", str(self.zoom))] if self.zoom != _USUAL else []
        return urlencode(pairs)

    def around(self, name: str) -> Self:
        """Return the same with another package in the middle."""
        return replace(self, at=name)

    @property
    def larger(self) -> Self | None:
        """The next larger size; None for the largest."""
        return self._sized(1)

    @property
    def smaller(self) -> Self | None:
        """The next smaller size; None for the smallest."""
        return self._sized(-1)

    def _sized(self, step: int) -> Self | None:
        at = ZOOMS.index(self.zoom) + step
        return replace(self, zoom=ZOOMS[at]) if 0 <= at < len(ZOOMS) else None
