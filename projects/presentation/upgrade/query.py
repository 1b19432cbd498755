"""The URL query of an upgrade page: the strategy, the other targets of the same set, what-if holds and caps."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Self
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace
from packaging.requirements import InvalidRequirement
from packaging.utils import InvalidName, canonicalize_name

from scanner.domain.parsing import parse_dependency_specifier
from scanner.domain.resolution.upgrade import Strategy

_MOST_NAMES = 20
_LONGEST_CAP = 100
# A comma within a cap is followed by an operator.
_SEPARATOR = re.compile(r"[;,\s]+(?=[A-Za-z])")
# A search for one set on more targets takes too long for a page.
MAX_TARGETS = 6
# How often a page that waits for the index reloads by itself.
MAX_LOOKS = 30


class UpgradeQuery(Struct, frozen=True):
    """The question to the upgrade page of one target.

    `together` are the other targets on which the same set must hold, in the project's order. `looks` counts how often
    the page has reloaded while the index is queried; 0 when no fetch was requested. What if: `hold` are packages that
    stay as they are, `free` are packages that may move although the policy holds them, `caps` limits of packages
    ("urllib3<2") and `unread` what was typed as a cap and is none. `compares`: the options are shown side by side.
    """

    strategy: Strategy = Strategy.MINIMAL
    together: tuple[str, ...] = ()
    looks: int = 0
    hold: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    caps: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    compares: bool = False

    @classmethod
    def parse(cls, parameters: Mapping[str, Sequence[str]], known_targets: Sequence[str], target: str) -> Self:
        """Read `strategy`, `with`, `looks`, `hold`, `free`, `cap` and `compare`; ignore values that are not valid."""
        chosen = set(parameters.get("with", ()))
        strategy = next((one for one in Strategy if one.value in parameters.get("strategy", ())), Strategy.MINIMAL)
        caps = [_cap(text) for value in parameters.get("cap", ()) for text in _SEPARATOR.split(value.strip())]
        looks = (list(parameters.get("looks", ())) or ["0"])[-1]
        return cls(
            strategy=strategy,
            together=tuple(slug for slug in known_targets if slug in chosen and slug != target)[: MAX_TARGETS - 1],
            hold=_names(parameters.get("hold", ())),
            free=_names(parameters.get("free", ())),
            caps=tuple(dict.fromkeys(cap for cap, is_valid in caps if is_valid))[:_MOST_NAMES],
            unread=tuple(dict.fromkeys(cap for cap, is_valid in caps if cap and not is_valid))[:_MOST_NAMES],
            compares="1" in parameters.get("compare", ()),
            looks=min(int(looks), MAX_LOOKS) if looks.isdecimal() and len(looks) < 4 else 0,
        )

    def targets(self, target: str) -> tuple[str, ...]:
        """Return all targets of the set, the page's own last: the first decides which versions are in use."""
        return (*self.together, target)

    def file_stem(self, target: str) -> str:
        """Return the name of downloads without its extension: all targets."""
        return "-and-".join(self.targets(target))

    @property
    def is_stored(self) -> bool:
        """Whether each assessment stores the answer: the minimal plan for this target alone."""
        return self.strategy is Strategy.MINIMAL and not (self.together or self.hold or self.free or self.caps)

    def encode(self, *, looks: int = 0) -> str:
        """Return the query string, in one canonical order, without defaults."""
        pairs = [("strategy", self.strategy.value)] if self.strategy is not Strategy.MINIMAL else []
        pairs += [("with", slug) for slug in self.together]
        pairs += [("hold", name) for name in self.hold] + [("free", name) for name in self.free]
        pairs += [("cap", cap) for cap in self.caps]
        pairs += [("compare", "1")] if self.compares else []
        pairs += [("looks", str(looks))] if looks else []
        return urlencode(pairs)

    @property
    def next_look(self) -> str:
        """Return the query string of the page's next reload; empty when it has reloaded often enough."""
        return self.encode(looks=self.looks + 1) if self.looks < MAX_LOOKS else ""

    @property
    def compared(self) -> str:
        """The query string for the same question with the usual options side by side."""
        return replace(self, compares=True).encode()

    @property
    def what_if(self) -> str:
        """The query string of the strategy, holds and caps alone, for another target."""
        return replace(self, together=(), looks=0, compares=False).encode()

    @property
    def cap_text(self) -> str:
        """The caps as they are typed, with what could not be read: separated by spaces."""
        return " ".join((*self.caps, *self.unread))

    @property
    def hold_text(self) -> str:
        """The packages to hold as they are typed: separated by commas."""
        return ", ".join(self.hold)


def _cap(text: str) -> tuple[str, bool]:
    """Return a cap in its normal form, and whether it is one: a package with a specifier and nothing else."""
    try:
        found = parse_dependency_specifier(text)
    except InvalidRequirement:
        return text[:_LONGEST_CAP], False
    if not found.specifier or found.extras or found.marker or found.url or len(text) > _LONGEST_CAP:
        return text[:_LONGEST_CAP], False
    return f"{canonicalize_name(found.name)}{found.specifier}", True


def _names(values: Sequence[str]) -> tuple[str, ...]:
    """Return the normalised package names in values that may each list several."""
    found: dict[str, None] = {}
    for name in (part.strip() for value in values for part in value.split(",")):
        try:
            found[canonicalize_name(name, validate=True)] = None
        except InvalidName:
            continue
    return tuple(found)[:_MOST_NAMES]
