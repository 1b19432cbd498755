"""One set for several targets in every text format."""

import csv
import io
from datetime import UTC, datetime

from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.presentation.formats.bridge_text import Bridge, bridge_of
from projects.presentation.formats.text import as_csv, as_markdown, as_table
from scanner.domain.resolution.explain.conflict import ConflictExplanation, ConflictLine, LineKind
from scanner.domain.resolution.explain.plan_reason import PlanReason, PlanReasonKind
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.model.plans import Blocker, VersionChange
from tests.cast import LINUX_313, WINDOWS_313, make_package

TARGETS = (LINUX_313, WINDOWS_313)
MOVE = VersionChange(
    NormalizedName("core"),
    Version("1.0"),
    Version("2.0"),
    direct=True,
    size=Step.MAJOR,
    reason=PlanReason(PlanReasonKind.NOT_ADMITTED, "core", "1.0", dependent="app 2.0", requirement="core>=2"),
)
RESULT = TargetResult(LINUX_313, ProjectVerdict.GO, (make_package("core"),))


def bridge(**plan: object) -> Bridge:
    found = bridge_of(UpgradePlan(**plan), TARGETS)  # type: ignore[arg-type]  # the fields of a plan
    assert found is not None
    return found


def test_without_the_option_there_is_no_bridge() -> None:
    assert bridge_of(None, ()) is None
    assert as_table([RESULT], [], None) == as_table([RESULT], [])


def test_the_table_and_markdown_list_what_moves() -> None:
    one = bridge(feasible=True, changes=(MOVE,))
    place = "Python 3.13 on Linux x86-64 (glibc 2.28) and Windows x64"
    table = as_table([RESULT], [], one).splitlines()
    assert table[-3] == f"One set holds on both targets ({place}) after 1 change:"
    assert table[-1].split() == ["core", "1.0", "2.0", "major", "app", "2.0", "needs", "core>=2"]
    markdown = as_markdown([RESULT], [], datetime(2026, 3, 2, tzinfo=UTC), one)
    assert "## One set for all targets" in markdown
    assert "| core | 1.0 | 2.0 | major | app 2.0 needs core>=2 |" in markdown


def test_csv_has_a_line_for_each_move_and_for_each_package_that_blocks() -> None:
    blocker = Blocker(NormalizedName("gone"), PlanReason(PlanReasonKind.PACKAGE_NOT_FOUND, "gone"))
    rows = list(csv.DictReader(io.StringIO(as_csv([RESULT], bridge(changes=(MOVE,), blockers=(blocker,))))))
    assert [(row["target"], row["target_verdict"], row["name"], row["verdict"]) for row in rows] == [
        (LINUX_313, "go", "core", "ready"),
        ("bridge", "no-go", "core", "upgrade"),
        ("bridge", "no-go", "gone", "blocked"),
    ]
    assert (rows[1]["version"], rows[1]["first_available"]) == ("1.0", "2.0")
    (_, none) = csv.DictReader(io.StringIO(as_csv([RESULT], bridge(feasible=True))))
    assert (none["target_verdict"], none["name"]) == ("go", "")


def test_where_no_set_holds_the_conflict_is_named() -> None:
    lines = (ConflictLine(LineKind.ASKED, "a", "a<2"), ConflictLine(LineKind.ASKED, "a", "a>=2"))
    told = bridge(conflict=ConflictExplanation(lines, "a")).headline
    assert told.startswith("No one set for both targets (")
    assert told.endswith("You ask for a<2 and a>=2. So no version of a is left.")
