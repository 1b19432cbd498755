"""The upgrade path of one target as values: what its page is made from, and what it then says. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from projects.presentation.columns import Column
from projects.presentation.upgrade.marked_lines import MarkedLine
from projects.presentation.upgrade.query import UpgradeQuery
from projects.presentation.upgrade.sentences import Check, PlanDocument, Sentence, place_words

Release = tuple[str, str]


@dataclass(frozen=True, slots=True)
class StoredUpgrade:
    """What the newest assessment says about the target. `plan` is None when nothing has to move, or nothing is known.

    `missing` is what the index must still tell before the assessment is complete.
    """

    verdict: str
    counts: Mapping[str, int]
    conflict: str
    packages: Sequence[Mapping[str, Any]]
    plan: PlanDocument | None
    missing: Sequence[str]


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan that was made for a question, with the rewritten files in it.

    `plan` is None when none could be made. `missing` counts the packages and releases that the index must tell first,
    `cut_short` says that time was up, `derivation` is the proof that there is no path, a sentence each.
    """

    plan: PlanDocument | None
    missing: int = 0
    cut_short: bool = False
    derivation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One package that moves."""

    name: str
    before: str
    after: str
    size: str
    is_back: bool
    arrives: str
    why: str
    released: datetime | None


@dataclass(frozen=True, slots=True)
class StuckLine:
    """One package that nothing clears."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class FileView:
    """A rewritten file with its changes marked."""

    path: str
    lines: tuple[MarkedLine, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the file is left out."""
        return all(line.mark != "skipped" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Choice:
    """A target that the set may have to hold on too."""

    column: Column
    chosen: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class UpgradePage:
    """All that the page says. Empty parts are not shown.

    `can_fetch`: the index has to be asked before there is an answer, and nobody has asked it. `next_look` is the query
    string by which the page looks again while the index is being asked; empty when there is nothing to wait for.
    """

    column: Column
    together: tuple[Column, ...]
    query: UpgradeQuery
    answer: Sentence
    can_fetch: bool
    next_look: str
    changes: tuple[ChangeLine, ...]
    added: tuple[Release, ...]
    dropped: tuple[str, ...]
    stuck: tuple[StuckLine, ...]
    derivation: tuple[str, ...]
    files: tuple[FileView, ...]
    patch: str
    constraints: str
    pip: str
    uv: str
    checks: tuple[Check, ...]
    near: tuple[Choice, ...]
    far: tuple[Choice, ...]

    @property
    def place(self) -> str:
        """The targets in words."""
        return place_words((*self.together, self.column))

    @property
    def has_set(self) -> bool:
        """Whether there is a set to take away as constraints."""
        return bool(self.constraints)
