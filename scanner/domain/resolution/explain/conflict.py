"""Why requirements contradict each other, and the smallest ways out, as data. `conflict_text` makes the sentences."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from scanner.domain.resolution.explain.reasons import Obstacle

__all__ = ["ConflictExplanation", "ConflictLine", "LineKind", "Relaxation", "RequirementEdit"]


class LineKind(StrEnum):
    """What one line of a conflict states."""

    ASKED = "asked"
    LIMITED = "limited"
    OVERRIDDEN = "overridden"
    NEEDS = "needs"
    UNAVAILABLE = "unavailable"
    NOT_FOUND = "not-found"
    UNREADABLE = "unreadable"
    BREAKS = "breaks"


class ConflictLine(Struct, frozen=True):
    """One fact of a conflict.

    - ASKED, LIMITED, OVERRIDDEN: the project's `requirement`, constraint or override.
    - NEEDS: `versions` of `name`, with its extra `extra`, need `requirement`.
    - UNAVAILABLE: `versions` of `name` do not install on `target`, for the reason `obstacle`.
    - NOT_FOUND: the index has no package `name`, or no release of it that `requirement`, a specifier, admits.
    - UNREADABLE: `versions` of `name` state a requirement that is none.
    - BREAKS: `versions` of `name` are known to break beside what `requirement` admits of the package `required`.

    `versions` are ranges of those that the lines before admit; `every` says that they are all of them, and `only` that
    they are all that the index has. `target` is a slug, empty where there is one target only. `source` and `line` say
    where the project states it.
    """

    kind: LineKind
    name: str
    requirement: str = ""
    versions: str = ""
    every: bool = False
    only: bool = False
    extra: str = ""
    required: str = ""
    obstacle: Obstacle | None = None
    target: str = ""
    source: str = ""
    line: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the line as JSON values, without the fields that have their default."""
        data: dict[str, Any] = {"kind": self.kind.value, "name": self.name}
        for key in ("requirement", "versions", "every", "only", "extra", "required", "target", "source", "line"):
            if getattr(self, key):
                data[key] = getattr(self, key)
        if self.obstacle is not None:
            data["obstacle"] = self.obstacle.value
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ConflictLine:
        """Read what `to_json` wrote."""
        obstacle = Obstacle(data["obstacle"]) if "obstacle" in data else None
        return cls(**{**data, "kind": LineKind(data["kind"]), "obstacle": obstacle})


class RequirementEdit(Struct, frozen=True):
    """One line of the project that changes, from `before` to `after`; `after` is empty where it is left out.

    `version` is what the package has in the set that then holds, empty if the set does not need it. `source` and `line`
    say where the project states it.
    """

    name: str
    before: str
    after: str
    version: str = ""
    source: str = ""
    line: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the edit as JSON values."""
        return {
            "name": self.name,
            "from": self.before,
            "to": self.after,
            "version": self.version,
            "source": self.source or None,
            "line": self.line,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RequirementEdit:
        """Read what `to_json` wrote."""
        return cls(
            *(data["name"], data["from"], data["to"], data["version"]), data.get("source") or "", data.get("line")
        )


class Relaxation(Struct, frozen=True):
    """Edits of the project's own lines after which a set holds. `size` is the largest step of a version in them."""

    edits: tuple[RequirementEdit, ...]
    size: str

    def to_json(self) -> dict[str, Any]:
        """Return the way out as JSON values."""
        return {"edits": [edit.to_json() for edit in self.edits], "size": self.size}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Relaxation:
        """Read what `to_json` wrote."""
        return cls(tuple(RequirementEdit.from_json(one) for one in data["edits"]), data["size"])


class ConflictExplanation(Struct, frozen=True):
    """The facts that contradict each other, nearest to the project first, and the ways out, smallest first.

    `exhausted` is the package that has no version left, empty where only all facts together leave nothing.
    `omitted` counts the facts that are left out in the middle. `text` is a derivation that was stored before conflicts
    were data.
    """

    lines: tuple[ConflictLine, ...] = ()
    exhausted: str = ""
    omitted: int = 0
    relaxations: tuple[Relaxation, ...] = ()
    text: str = field(default="")

    def to_json(self) -> dict[str, Any]:
        """Return the conflict as JSON values."""
        return {
            "lines": [line.to_json() for line in self.lines],
            "exhausted": self.exhausted,
            "omitted": self.omitted,
            "relaxations": [one.to_json() for one in self.relaxations],
            "text": self.text,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ConflictExplanation:
        """Read what `to_json` wrote."""
        return cls(
            tuple(ConflictLine.from_json(one) for one in data["lines"]),
            data["exhausted"],
            data["omitted"],
            tuple(Relaxation.from_json(one) for one in data["relaxations"]),
            data["text"],
        )
