"""What a reader asked the upgrade page for: how to move, and on which targets at once, as one URL query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from scanner.domain.resolution.upgrade import Strategy

# A set for more targets at once is a long search, and nobody switches between more.
MOST_TOGETHER = 6
# How often a page that waits for the index looks again by itself.
MOST_LOOKS = 30


@dataclass(frozen=True, slots=True)
class UpgradeQuery:
    """A question to the upgrade page of one target.

    `together` are the targets on which the same set must hold too, in the project's order. `looks` counts how often
    the page has looked for data that was asked of the index; 0 when nothing was.
    """

    strategy: Strategy = Strategy.MINIMAL
    together: tuple[str, ...] = ()
    looks: int = 0

    @classmethod
    def parse(cls, parameters: Mapping[str, Sequence[str]], known_targets: Sequence[str], target: str) -> Self:
        """Read `strategy`, `with` and `looks` forgivingly: what is not understood is as if not given."""
        asked = set(parameters.get("with", ()))
        strategy = next((one for one in Strategy if one.value in parameters.get("strategy", ())), Strategy.MINIMAL)
        looks = (list(parameters.get("looks", ())) or ["0"])[-1]
        return cls(
            strategy=strategy,
            together=tuple(slug for slug in known_targets if slug in asked and slug != target)[: MOST_TOGETHER - 1],
            looks=min(int(looks), MOST_LOOKS) if looks.isdecimal() and len(looks) < 4 else 0,
        )

    def targets(self, target: str) -> tuple[str, ...]:
        """All targets that the set must hold on, the page's own last: what is in use counts by the first."""
        return (*self.together, target)

    def file_stem(self, target: str) -> str:
        """How downloads are named: by all targets."""
        return "-and-".join(self.targets(target))

    @property
    def is_stored(self) -> bool:
        """Whether every assessment answers it already: the smallest move for this target alone."""
        return self.strategy is Strategy.MINIMAL and not self.together

    def encode(self, *, looks: int = 0) -> str:
        """The query string, in one canonical order, without what is the default anyway."""
        pairs = [("strategy", self.strategy.value)] if self.strategy is not Strategy.MINIMAL else []
        pairs += [("with", slug) for slug in self.together]
        pairs += [("looks", str(looks))] if looks else []
        return urlencode(pairs)

    @property
    def next_look(self) -> str:
        """The query string of the page's next look for news; empty when it has looked often enough."""
        return self.encode(looks=self.looks + 1) if self.looks < MOST_LOOKS else ""
