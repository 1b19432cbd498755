"""What the database keeps about all projects of a user, as plain values that the portfolio is made from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct

from projects.domain.assessment.diff import PackageChange
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.presentation.cell_summary import CellSummary
from projects.presentation.portfolio.headlines import Headline
from projects.presentation.stored import SnapshotLine
from projects.presentation.upstream_notes import UpstreamNote


class StoredOutcome(Struct, frozen=True):
    """One target of a project's newest assessment. `cells` are the packages that need work there."""

    verdict: ProjectVerdict
    counts: Mapping[str, int]
    cells: tuple[CellSummary, ...]


class StoredProject(Struct, frozen=True):
    """One project: its targets in their order, and their outcomes by slug where there is an assessment.

    `asks` is whether the files of its snapshot ask for any package, with the extras and groups that count.
    """

    pk: int
    name: str
    slug: str
    team: tuple[str, str]
    tags: tuple[str, ...]
    targets: tuple[str, ...]
    outcomes: Mapping[str, StoredOutcome]
    snapshot: SnapshotLine | None
    asks: bool
    checked_at: datetime | None


class PastOutcomes(Struct, frozen=True):
    """The verdicts of one project by target, as its newest complete assessment had them at the end of a day."""

    project: int
    day: date
    verdicts: Mapping[str, ProjectVerdict]


class RecentNote(Struct, frozen=True):
    """An upstream note of a project that was written lately."""

    project: int
    note: UpstreamNote


class DeletedProject(Struct, frozen=True):
    """A project that the user may restore."""

    name: str
    slug: str
    deleted_at: datetime


class PortfolioState(Struct, frozen=True):
    """All that the portfolio reads. `headlines` are the chosen ones, the only ones with outcomes.

    `changes` and `notes` are those of the last week; changes are oldest first. `days` are the days of `past`,
    oldest first; `first_assessed_at` is when the oldest stored assessment was made.
    """

    projects: tuple[StoredProject, ...]
    all_headlines: tuple[Headline, ...]
    headlines: tuple[Headline, ...]
    changes: Mapping[int, tuple[PackageChange, ...]]
    notes: tuple[RecentNote, ...]
    days: tuple[date, ...]
    past: tuple[PastOutcomes, ...]
    first_assessed_at: datetime | None
    deleted: tuple[DeletedProject, ...] = ()
