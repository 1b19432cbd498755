"""The versions that a plan pins, and the text edits that write them into a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field
from packaging.markers import InvalidMarker
from packaging.version import Version

from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.rewriting.limit_changes import LimitChange
from scanner.domain.parsing import parse_marker


class PlannedVersions(Struct, frozen=True):
    """An upgrade plan as the rewriting needs it.

    `pins` is the whole set, `before` the current version of each package that changes, `added` the packages that the
    changes add, `environments` the marker environments of the plan's targets. `digests` are the SHA-256 digests, in
    hex, of all files of each pinned release; a package without any loses its hash options. `limits` are the
    conditions on the target that the plan lifts. `capped` are packages that may not go above their version in the set,
    although what is written admits it. `constraints_file` is the name of the file with the whole set.
    """

    pins: Mapping[str, Version]
    before: Mapping[str, Version]
    environments: Sequence[Mapping[str, str]]
    added: tuple[str, ...] = ()
    digests: Mapping[str, Sequence[str]] = field(default_factory=dict)
    limits: tuple[LimitChange, ...] = ()
    capped: frozenset[str] = frozenset()
    constraints_file: str = "constraints.txt"

    @property
    def python(self) -> str | None:
        """The one Python of all targets, "3.14"; None where they differ."""
        pythons = {environment.get("python_version") for environment in self.environments}
        return pythons.pop() if len(pythons) == 1 else None

    @property
    def renewed(self) -> frozenset[str]:
        """The packages that keep their version and get the hashes of its present files."""
        kept = {one.package for one in self.limits if one.kind is LimitKind.LISTED_FILES}
        return frozenset(name for name in kept if name in self.pins)

    @property
    def moved(self) -> dict[str, Version]:
        """Return the new version of each package that changes or is added."""
        return {name: self.pins[name] for name in (*self.before, *self.added) if name in self.pins}

    def applies(self, marker: str | None) -> bool:
        """Return whether a marker (PEP 508) holds on any of the targets; one that cannot be parsed counts as true."""
        if not marker or not self.environments:
            return True
        try:
            parsed = parse_marker(marker)
            return any(parsed.evaluate({"extra": "", **environment}) for environment in self.environments)
        except (InvalidMarker, ValueError):
            return True

    def rises(self, name: str) -> bool:
        """Return whether the package gets a higher version."""
        return name in self.before and self.before[name] < self.pins[name]


class TextEdit(Struct, frozen=True):
    """A replacement of the characters from `start` up to, not including, `end`."""

    start: int
    end: int
    text: str

    def shifted(self, offset: int) -> TextEdit:
        """Return the same edit of a text that begins `offset` characters earlier."""
        return TextEdit(self.start + offset, self.end + offset, self.text)


class RewriteProblem(Struct, frozen=True):
    """A change that could not be written. `line` counts from 1 and is None for a problem of the whole file."""

    path: str
    line: int | None
    message: str


def apply_edits(text: str, edits: Iterable[TextEdit]) -> str:
    """Return the text with all edits made. Edits must not overlap; equal edits count once."""
    parts: list[str] = []
    position = 0
    for edit in sorted(set(edits), key=lambda edit: (edit.start, edit.end)):
        parts += (text[position : edit.start], edit.text)
        position = edit.end
    return "".join((*parts, text[position:]))
