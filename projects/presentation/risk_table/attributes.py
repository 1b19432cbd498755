"""The filter of the risk table by attributes: how a package arrives, its content, what its verdict rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Self

from msgspec import Struct

from projects.domain.assessment.verdicts import SEVERITIES, Severity
from projects.presentation.cell_summary import CellSummary
from projects.presentation.traits import Trait

RECENT_DAYS = 30
_GROUP_LIMIT = 100
_RANK = {severity.value: rank for rank, severity in enumerate(SEVERITIES)}


class Arrives(StrEnum):
    """Whether the project itself requires the package."""

    DIRECT = "direct"
    TRANSITIVE = "transitive"


class Content(StrEnum):
    """Whether the release has parts that are compiled."""

    COMPILED = "compiled"
    PURE = "pure"


class Evidence(StrEnum):
    """What the verdict rests on."""

    WHEEL = "wheel"
    BUILD = "build"
    DECLARED = "declared"
    STATED = "stated"
    BREAK = "break"


_TRAITS = {
    Arrives.DIRECT: Trait.DIRECT,
    Arrives.TRANSITIVE: Trait.TRANSITIVE,
    Content.COMPILED: Trait.COMPILED,
    Content.PURE: Trait.PURE,
    Evidence.WHEEL: Trait.BY_WHEEL,
    Evidence.BUILD: Trait.BY_BUILD,
    Evidence.DECLARED: Trait.DECLARED,
    Evidence.STATED: Trait.STATED_NEEDS,
    Evidence.BREAK: Trait.KNOWN_BREAK,
}


class AttributeFilter(Struct, frozen=True):
    """What a cell must be, each None or False where it does not matter. `severity` is the least that counts."""

    severity: Severity | None = None
    arrives: Arrives | None = None
    content: Content | None = None
    evidence: Evidence | None = None
    group: str | None = None
    yanked: bool = False
    gained: bool = False

    @classmethod
    def parse(cls, parameters: Mapping[str, Sequence[str]]) -> Self:
        """Read `severity`, `arrives`, `content`, `evidence`, `group`, `yanked` and `gained` forgivingly."""
        given = {key: values[-1] for key, values in parameters.items() if values}
        group = given.get("group", "").replace("\0", "")[:_GROUP_LIMIT]
        return cls(
            severity=next((one for one in SEVERITIES[1:] if one.value == given.get("severity")), None),
            arrives=next((one for one in Arrives if one.value == given.get("arrives")), None),
            content=next((one for one in Content if one.value == given.get("content")), None),
            evidence=next((one for one in Evidence if one.value == given.get("evidence")), None),
            group=group or None,
            yanked=given.get("yanked") == "1",
            gained=given.get("gained") == "1",
        )

    @property
    def is_active(self) -> bool:
        """Whether it leaves out anything."""
        return self != AttributeFilter()

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield the parameters that `parse` reads, without those that do not matter."""
        for key in ("severity", "arrives", "content", "evidence", "group"):
            if value := getattr(self, key):
                yield key, str(value)
        for key in ("yanked", "gained"):
            if getattr(self, key):
                yield key, "1"

    def admits(self, cell: CellSummary, recent: str) -> bool:
        """Return whether a cell is all that the filter asks for; `recent` is the day that `recent_since` returns."""
        wanted = Trait(0)
        for one in (self.arrives, self.content, self.evidence):
            if one is not None:
                wanted |= _TRAITS[one]
        return (
            cell.traits & wanted == wanted
            and (self.severity is None or _RANK.get(cell.severity, 0) >= _RANK[self.severity])
            and (self.group is None or self.group in cell.groups.split(","))
            and (not self.yanked or cell.yanked)
            and (not self.gained or cell.gained > recent)
        )


def recent_since(today: date) -> str:
    """Return the day after which an upload is recent."""
    return (today - timedelta(days=RECENT_DAYS)).isoformat()
