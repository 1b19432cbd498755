"""The query of the portfolio: headline targets, states, tags and a name, as in the URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace

from projects.domain.assessment.verdicts import ProjectVerdict

_NAME_LIMIT = 100
_MOST_TARGETS = 40
# What a state is called in the URL, as the risk table has it too; worst first.
STATE_KEYS = {
    ProjectVerdict.NO_GO: "blocked",
    ProjectVerdict.CONDITIONAL: "upgrade",
    ProjectVerdict.UNKNOWN: "unknown",
    ProjectVerdict.GO: "ready",
}


class PortfolioQuery(Struct, frozen=True):
    """A query of the portfolio. `on` are keys of headlines; empty means the default ones.

    A project passes if it is of one of `teams`, has one of `tags`, and one of `states` on a headline; where there are
    none, all pass.
    `sort` is "name", the key of a headline (worst there first), or "" for the worst over all.
    """

    on: tuple[str, ...] = ()
    name: str = ""
    tags: tuple[str, ...] = ()
    states: tuple[ProjectVerdict, ...] = ()
    teams: tuple[str, ...] = ()
    sort: str = ""

    @classmethod
    def parse(cls, parameters: Mapping[str, Sequence[str]]) -> Self:
        """Read `on`, `team`, `tag`, `state`, `q` and `sort` forgivingly: what is not understood is as if not given."""
        name, sort = ((list(parameters.get(key, ())) or [""])[-1] for key in ("q", "sort"))
        return cls(
            on=tuple(dict.fromkeys(parameters.get("on", ())))[:_MOST_TARGETS],
            teams=tuple(dict.fromkeys(parameters.get("team", ())))[:_MOST_TARGETS],
            tags=tuple(dict.fromkeys(parameters.get("tag", ())))[:_MOST_TARGETS],
            states=tuple(state for state, key in STATE_KEYS.items() if key in parameters.get("state", ())),
            name=name.replace("\0", "").strip()[:_NAME_LIMIT],
            sort=sort.replace("\0", "")[:_NAME_LIMIT],
        )

    @property
    def is_filtered(self) -> bool:
        """Whether it leaves out projects."""
        return bool(self.name or self.tags or self.states or self.teams)

    @property
    def unfiltered(self) -> Self:
        """The same targets and order with all projects."""
        return replace(self, name="", tags=(), states=(), teams=())

    def sorted_by(self, key: str) -> Self:
        """Return the same in this order; in the first one if it is in this order already."""
        return replace(self, sort="" if self.sort == key else key)

    @property
    def state_keys(self) -> tuple[str, ...]:
        """The states as in the URL."""
        return tuple(STATE_KEYS[state] for state in self.states)

    def encode(self) -> str:
        """Return the query string without defaults."""
        pairs = [("on", key) for key in self.on] + [("tag", tag) for tag in self.tags]
        pairs += [("team", team) for team in self.teams]
        pairs += [("state", key) for key in self.state_keys]
        pairs += [("q", self.name)] if self.name else []
        return urlencode([*pairs, ("sort", self.sort)] if self.sort else pairs)
