"""A project on one target: the verdict, and the packages that need work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.presentation.cell_summary import CellSummary
from projects.presentation.columns import Column
from projects.presentation.shares import with_help
from scanner.domain.resolution.explain.conflict import ConflictExplanation
from scanner.domain.translation import gettext


class TargetStanding(Struct, frozen=True):
    """One target of a project in its newest complete assessment; without one it is unknown, since `assessed_at` None.

    `work` are the cells that need work, worst first. `conflict` says why requirements
    contradict each other; None where they do not.
    """

    column: Column
    verdict: ProjectVerdict
    counts: Mapping[str, int]
    conflict: ConflictExplanation | None
    work: tuple[CellSummary, ...]
    assessed_at: datetime | None

    @property
    def is_judged(self) -> bool:
        """Whether the verdict is known."""
        return self.verdict is not ProjectVerdict.UNKNOWN

    @property
    def is_clear(self) -> bool:
        """Whether the project can move to the target: as it is, or after upgrades."""
        return self.verdict in (ProjectVerdict.GO, ProjectVerdict.CONDITIONAL)

    @property
    def blocked(self) -> tuple[CellSummary, ...]:
        """The cells of packages without a version that installs."""
        return tuple(cell for cell in self.work if cell.verdict == Verdict.BLOCKED)

    @property
    def blockers(self) -> tuple[str, ...]:
        """The names of the packages without a version that installs."""
        return tuple(cell.name for cell in self.blocked)

    @property
    def upgrades(self) -> tuple[CellSummary, ...]:
        """The cells of packages that need an upgrade."""
        return tuple(cell for cell in self.work if cell.verdict == Verdict.UPGRADE)

    @property
    def held_back(self) -> tuple[CellSummary, ...]:
        """The cells of packages that install only in an old version."""
        return tuple(cell for cell in self.work if cell.verdict == Verdict.HELD_BACK)

    def _names(self, verdict: Verdict) -> list[str]:
        return [cell.name for cell in self.work if cell.verdict == verdict]

    @property
    def share_text(self) -> str:
        """What a conditional verdict rests on: "7 of 64 packages need an upgrade; all have a version that works"."""
        share = with_help(self.counts, self._names(Verdict.NOT_JUDGED), self._names(Verdict.IGNORED))
        return share or gettext("The requirements do not hold together as written; an upgrade path exists")
