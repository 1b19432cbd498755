"""What the database keeps about one project, as plain values that the pages are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from projects.domain.assessment.diff import PackageChange
from projects.domain.assessment.stop_reason import StopReason
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.dependency_files.values import FileProblem, RuntimeHint
from projects.domain.indexes.named_indexes import IndexNotice
from projects.presentation.cell_summary import ArrivalKind, CellSummary
from scanner.domain.releases.name_confusion import NameConfusion
from scanner.domain.resolution.explain.conflict import ConflictExplanation


class SnapshotLine(Struct, frozen=True):
    """A snapshot in a few words: its commit or number, how it came, when."""

    short: str
    origin: str
    taken_at: datetime


class TargetSummary(Struct, frozen=True):
    """What pages show of one target of an assessment."""

    target: str
    verdict: ProjectVerdict
    counts: Mapping[str, int]
    conflict: ConflictExplanation | None
    cells: Sequence[CellSummary]
    is_decided: bool = True

    @property
    def required(self) -> frozenset[str]:
        """The packages that the files ask for, which are all that is known of a target while it is searched."""
        return frozenset(cell.name for cell in self.cells if cell.arrival_kind != ArrivalKind.ARRIVES)

    @property
    def is_searched(self) -> bool:
        """Whether the packages are those of a set that was found, though it may not be the last word."""
        return self.is_decided or any(cell.arrival_kind == ArrivalKind.ARRIVES for cell in self.cells)


class StoredAssessment(Struct, frozen=True):
    """An assessment with its targets by slug.

    `changes` are against the last complete assessment before it, made at `changed_since`; None when there was none.
    `stopped` is why the last job left targets undecided, `next_try_at` when an index that did not answer is asked
    again.
    """

    pk: int
    created_at: datetime
    confirmed_at: datetime
    is_complete: bool
    missing: tuple[str, ...]
    targets: Mapping[str, TargetSummary]
    changes: tuple[PackageChange, ...] = ()
    changed_since: datetime | None = None
    confusions: tuple[NameConfusion, ...] = ()
    stopped: StopReason | None = None
    next_try_at: datetime | None = None


class IndexReading(Struct, frozen=True):
    """The packages that an index has answered for, of those that an unfinished assessment rests on.

    `required` are those that the files ask for, `others` the number of the rest.
    """

    required: frozenset[str] = frozenset()
    others: int = 0


class PendingRequirement(NamedTuple):
    """A requirement that no assessment has judged yet. `version` is the pinned one, or empty."""

    name: str
    version: str
    source: str
    line: int | None
    specifier: str
    direct: bool | None


class ProjectState(Struct, frozen=True):
    """All that the pages of one project read.

    `requirements` are empty when every target is judged. `assessment` belongs to the newest snapshot. `checked_at` is
    the oldest of the index's answers for the project's packages. `hints` are signs of where it runs today;
    `notices` are the indexes that the files name and the project does not ask. `names_missing` of the `names_asked`
    exist on none of the project's indexes. `reading` is kept only while the assessment is partial.
    """

    targets: tuple[str, ...]
    checked_at: datetime | None
    snapshot: SnapshotLine | None
    requirement_count: int
    requirements: tuple[PendingRequirement, ...]
    problems: tuple[FileProblem, ...]
    assessment: StoredAssessment | None
    hints: tuple[RuntimeHint, ...] = ()
    notices: tuple[IndexNotice, ...] = ()
    names_asked: int = 0
    names_missing: int = 0
    reading: IndexReading = IndexReading()
