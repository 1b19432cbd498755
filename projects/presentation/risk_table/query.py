"""The query of the risk table: targets, states, attributes, a name and an order, as in the URL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Self
from urllib.parse import urlencode

from msgspec import Struct, field
from msgspec.structs import replace

from projects.domain.assessment.verdicts import Verdict
from projects.presentation.risk_table.attributes import AttributeFilter

# Worst first; a package that is not known yet comes before one that works, so that it is never taken for ready.
STATES = (
    Verdict.BLOCKED,
    Verdict.UPGRADE,
    Verdict.HELD_BACK,
    Verdict.UNKNOWN,
    Verdict.NOT_JUDGED,
    Verdict.IGNORED,
    Verdict.DEGRADED,
    Verdict.READY,
    Verdict.INACTIVE,
)
# What needs no action is hidden until it is asked for.
DEFAULT_STATES = frozenset(STATES[:7])
DEFAULT_SORT = "-severity"
SORTS = ("name", "version", "evidence", "severity", "reason", "first", "latest")
_NAME_LIMIT = 100


class RiskQuery(Struct, frozen=True):
    """A query of the risk table.

    `targets` empty means the project's default columns. `sort` is one of SORTS or a target's slug, with a
    leading "-" for descending.
    """

    targets: tuple[str, ...] = ()
    states: frozenset[Verdict] = DEFAULT_STATES
    name: str = ""
    sort: str = DEFAULT_SORT
    attributes: AttributeFilter = field(default_factory=AttributeFilter)

    @classmethod
    def parse(cls, parameters: Mapping[str, Sequence[str]], known_targets: Sequence[str]) -> Self:
        """Read `target`, `state`, `q`, `sort` and the attributes: what is not understood is as if not given."""
        asked = set(parameters.get("target", ()))
        states = frozenset(state for state in STATES if state.value in parameters.get("state", ()))
        sort = (list(parameters.get("sort", ())) or [DEFAULT_SORT])[-1]
        if sort.removeprefix("-") not in SORTS and sort.removeprefix("-") not in known_targets:
            sort = DEFAULT_SORT
        name = (list(parameters.get("q", ())) or [""])[-1]
        return cls(
            targets=tuple(slug for slug in known_targets if slug in asked),
            states=states or DEFAULT_STATES,
            name=name.replace("\0", "").strip()[:_NAME_LIMIT],
            sort=sort,
            attributes=AttributeFilter.parse(parameters),
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
        """Return the query string, in one canonical order, without defaults."""
        return self.encode_sorted(self.sort)[0]

    @property
    def filter_pairs(self) -> list[tuple[str, str]]:
        """The parameters of states, name, attributes and order, without defaults: all but the targets."""
        order = [] if self.sort == DEFAULT_SORT else [("sort", self.sort)]
        return [*self._row_pairs(), *order]

    def _row_pairs(self) -> Iterator[tuple[str, str]]:
        if self.states != DEFAULT_STATES:
            yield from (("state", state.value) for state in STATES if state in self.states)
        if self.name:
            yield "q", self.name
        yield from self.attributes.pairs()

    def encode_sorted(self, *sorts: str) -> list[str]:
        """Return the query strings for the same filter in each of these orders."""
        same = urlencode([*(("target", slug) for slug in self.targets), *self._row_pairs()])
        ends = ["" if sort == DEFAULT_SORT else urlencode({"sort": sort}) for sort in sorts]
        return ["&".join(filter(None, (same, end))) for end in ends]

    def with_targets(self, targets: Sequence[str]) -> str:
        """Return the query string for the same filter on these targets; none are the default columns."""
        return replace(self, targets=tuple(targets)).encode()

    def with_all_states(self) -> str:
        """Return the query string for the same filter with every state."""
        return replace(self, states=frozenset(STATES)).encode()

    def without_attributes(self) -> str:
        """Return the query string for the same view without the filter by attributes."""
        return replace(self, attributes=AttributeFilter()).encode()

    def sort_by(self, key: str) -> str:
        """Return the `sort` of a column's heading: that column, or reversed when the table is sorted by it already."""
        if self.sort_key == key:
            return key if self.descending else f"-{key}"
        return "-severity" if key == "severity" else key
