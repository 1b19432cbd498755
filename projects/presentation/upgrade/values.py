"""The values that an upgrade page is made from, and its view model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, field

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.rewriting.written_plan import WrittenPlan
from projects.presentation.columns import Column
from projects.presentation.conflicts import ConflictTable
from projects.presentation.upgrade.checklist import PlanCheck
from projects.presentation.upgrade.marked_lines import LineMark, MarkedLine
from projects.presentation.upgrade.query import UpgradeQuery
from projects.presentation.upgrade.sentences import PlanAnswer, size_word
from scanner.domain.resolution.loosen import Step


class StoredUpgrade(Struct, frozen=True):
    """The newest assessment's result for the target; `missing` are the names that the index has not answered for.

    `is_assessed`: there is such an assessment.
    """

    result: TargetResult
    missing: Sequence[str] = ()
    is_assessed: bool = True


class PlannedUpgrade(Struct, frozen=True):
    """A plan that answers a query, and the files that it rewrites.

    `plan` is None when none could be made. `missing` counts the packages and releases that must be read from the index
    first, `cut_short` says that the search ran out of time.
    """

    plan: UpgradePlan | None
    missing: int = 0
    cut_short: bool = False
    written: WrittenPlan = field(default_factory=WrittenPlan)


class ChangeRow(Struct, frozen=True):
    """One package that changes.

    `is_back`: to a lower version; `released` is when the new version came out, and `declares` says
    of the target's Python "declared", "undeclared" or "not stated"; empty where it was not read.
    """

    name: str
    before: str
    after: str
    size: str
    is_back: bool
    arrives: str
    why: str
    released: datetime | None
    declares: str = ""

    @property
    def size_word(self) -> str:
        """The word for the size of the step."""
        return size_word(Step(self.size))


class MarkedFile(Struct, frozen=True):
    """A rewritten file with its changes marked."""

    path: str
    lines: tuple[MarkedLine, ...]

    @property
    def is_whole(self) -> bool:
        """Whether no line is left out."""
        return all(line.mark is not LineMark.SKIPPED for line in self.lines)


class TargetChoice(Struct, frozen=True):
    """A target on which the set may have to hold too. `is_today`: the project runs on it now."""

    column: Column
    chosen: bool
    is_today: bool


class UpgradePage(Struct, frozen=True):
    """The view model of the page; empty parts are not shown. `is_installable`: the whole set can be installed.

    `can_fetch`: data is missing and no fetch was requested. `next_look` is the query string by which the page reloads
    while the index is queried; empty when there is nothing to wait for. `stuck` has names, and the text after each.
    """

    column: Column
    query: UpgradeQuery
    answer: PlanAnswer
    can_fetch: bool
    next_look: str
    changes: tuple[ChangeRow, ...]
    added: tuple[tuple[str, str], ...]
    dropped: tuple[str, ...]
    stuck: tuple[tuple[str, str], ...]
    conflict: ConflictTable | None
    files: tuple[MarkedFile, ...]
    written: WrittenPlan
    is_installable: bool
    checks: tuple[PlanCheck, ...]
    near: tuple[TargetChoice, ...]
    far: tuple[TargetChoice, ...]
