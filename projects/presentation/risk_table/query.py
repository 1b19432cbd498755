"""What a reader asked the risk table for: targets, states, a name and an order, as one URL query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from projects.domain.assessment.verdicts import Verdict

# Worst first; a package that is not known yet comes before one that works, so that it is never taken for ready.
STATES = (
    Verdict.BLOCKED,
    Verdict.UPGRADE,
    Verdict.UNKNOWN,
    Verdict.DEGRADED,
    Verdict.READY,
    Verdict.INACTIVE,
)
# What needs nobody is hidden until it is asked for.
SHOWN_AT_FIRST = frozenset(STATES[:4])
SORT_AT_FIRST = "-severity"
SORTS = ("name", "version", "severity", "reason", "first", "latest")
_NAME_LIMIT = 100


@dataclass(frozen=True, slots=True)
class RiskQuery:
    """A question to the risk table.

    `targets` empty means the project's default columns. `sort` is one of SORTS or a target's slug, with a
    leading "-" for descending.
    """

    targets: tuple[str, ...] = ()
    states: frozenset[Verdict] = SHOWN_AT_FIRST
    name: str = ""
    sort: str = SORT_AT_FIRST

    @classmethod
    def parse(cls, parameters: Mapping[str, Sequence[str]], known_targets: Sequence[str]) -> Self:
        """Read `target`, `state`, `q` and `sort` forgivingly: what is not understood is as if not given."""
        asked = set(parameters.get("target", ()))
        states = frozenset(state for state in STATES if state.value in parameters.get("state", ()))
        sort = (list(parameters.get("sort", ())) or [SORT_AT_FIRST])[-1]
        if sort.removeprefix("-") not in SORTS and sort.removeprefix("-") not in known_targets:
            sort = SORT_AT_FIRST
        name = (list(parameters.get("q", ())) or [""])[-1]
        return cls(
            targets=tuple(slug for slug in known_targets if slug in asked),
            states=states or SHOWN_AT_FIRST,
            name=name.replace("\0", "").strip()[:_NAME_LIMIT],
            sort=sort,
        )

    @property
    def sort_key(self) -> str:
        """The column that sorts."""
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        """Whether the column sorts from its highest."""
        return self.sort.startswith("-")

    def encode(self) -> str:
        """The query string, in one canonical order, without what is the default anyway."""
        return self.encode_sorted(self.sort)[0]

    def encode_sorted(self, *sorts: str) -> list[str]:
        """The query strings that ask the same in each of these orders."""
        pairs = [("target", slug) for slug in self.targets]
        if self.states != SHOWN_AT_FIRST:
            pairs += [("state", state.value) for state in STATES if state in self.states]
        if self.name:
            pairs.append(("q", self.name))
        same = urlencode(pairs)
        ends = ["" if sort == SORT_AT_FIRST else urlencode({"sort": sort}) for sort in sorts]
        return ["&".join(filter(None, (same, end))) for end in ends]

    def sort_by(self, key: str) -> str:
        """What the heading of a column sorts by: that column, or the other way round when it sorts already."""
        if self.sort_key == key:
            return key if self.descending else f"-{key}"
        return "-severity" if key == "severity" else key
