"""Where packages go, and the small changes of a text that take a requirement there. Values only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from packaging.markers import InvalidMarker, Marker
from packaging.version import Version


@dataclass(frozen=True, slots=True)
class Moves:
    """A plan as the rewriting needs it.

    `pins` is the whole set, `before` the version of each package that changes, `added` what comes with the changes,
    `environments` the marker environments of the plan's targets. `digests` are SHA-256 digests, in hex, of all files
    of each pinned release; a package without any there loses its hash lines.
    """

    pins: Mapping[str, Version]
    before: Mapping[str, Version]
    environments: Sequence[Mapping[str, str]]
    added: tuple[str, ...] = ()
    digests: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def wanted(self, marker: str | None) -> bool:
        """Whether a requirement with this marker counts on any of the targets; what cannot be read does."""
        if not marker or not self.environments:
            return True
        try:
            parsed = Marker(marker)
            return any(parsed.evaluate({"extra": "", **environment}) for environment in self.environments)
        except (InvalidMarker, ValueError):
            return True

    def rises(self, name: str) -> bool:
        """Whether the package moves to a higher version."""
        return name in self.before and self.before[name] < self.pins[name]


@dataclass(frozen=True, slots=True)
class Edit:
    """`text` replaces what stands from `start` to `end` (characters, end not included)."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that the rewriting could not do, with its line (1-based) where it has one."""

    path: str
    line: int | None
    message: str


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; they must not overlap. Equal edits count once."""
    parts: list[str] = []
    position = 0
    for edit in sorted(set(edits), key=lambda edit: (edit.start, edit.end)):
        parts += (text[position : edit.start], edit.text)
        position = edit.end
    return "".join((*parts, text[position:]))
