"""The query of the portfolio: headline targets and a name, as in the URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

_NAME_LIMIT = 100
_MOST_TARGETS = 40


@dataclass(frozen=True, slots=True)
class PortfolioQuery:
    """A query of the portfolio. `on` are keys of headlines; empty means the default ones.

    A project passes if it has one of `tags`, or if there are none.
    """

    on: tuple[str, ...] = ()
    name: str = ""
    tags: tuple[str, ...] = ()

    @classmethod
    def parse(cls, parameters: Mapping[str, Sequence[str]]) -> Self:
        """Read `on`, `tag` and `q` forgivingly: what is not understood is as if not given."""
        name = (list(parameters.get("q", ())) or [""])[-1]
        return cls(
            on=tuple(dict.fromkeys(parameters.get("on", ())))[:_MOST_TARGETS],
            tags=tuple(dict.fromkeys(parameters.get("tag", ())))[:_MOST_TARGETS],
            name=name.replace("\0", "").strip()[:_NAME_LIMIT],
        )

    def encode(self) -> str:
        """Return the query string without defaults."""
        pairs = [("on", key) for key in self.on] + [("tag", tag) for tag in self.tags]
        return urlencode([*pairs, ("q", self.name)] if self.name else pairs)
