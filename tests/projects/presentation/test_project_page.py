"""What the page of one project says: answers, heat map, progress, changes and exports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from projects.domain.assessment.diff import changes_from_json, changes_to_json, compare
from projects.domain.assessment.package_result import NewestMismatch, PackageResult
from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict, count_verdicts
from projects.domain.dependency_files.values import FileProblem
from projects.presentation.cell_summary import summarise_cell
from projects.presentation.columns import columns_of
from projects.presentation.formats.page_export import export_lines, export_names
from projects.presentation.heatmap import heat_map
from projects.presentation.project_page import ProjectPage, describe_problems, project_page
from projects.presentation.risk_table.query import RiskQuery
from projects.presentation.stored import PendingRequirement, ProjectState, StoredAssessment, TargetSummary
from projects.presentation.summary import summarise_targets
from scanner.domain.matching.availability import Availability
from scanner.domain.matching.reason import MismatchKind, WheelMismatch
from scanner.domain.resolution.explain.conflict import ConflictExplanation
from tests.cast import (
    LINUX_313,
    LINUX_314,
    NOON,
    TARGETS,
    WINDOWS_313,
    files_reason,
    make_package,
    project_verdict,
    usual_rows,
)

Rows = Mapping[str, Sequence[PackageResult]]


def assessment(rows: Rows, *, before: Rows | None = None, missing: Sequence[str] = ()) -> StoredAssessment:
    targets = {}
    for slug, packages in rows.items():
        verdicts = [package.verdict for package in packages]
        cells = [summarise_cell(package) for package in packages]
        targets[slug] = TargetSummary(slug, project_verdict(verdicts), count_verdicts(verdicts), None, cells)
    changes = changes_from_json(changes_to_json(compare(before, rows))) if before else ()
    return StoredAssessment(1, NOON, NOON, not missing, tuple(missing), targets, changes, NOON if before else None)


def page(
    rows: Rows | None,
    *,
    before: Rows | None = None,
    missing: Sequence[str] = (),
    targets: Sequence[str] = TARGETS,
    query: RiskQuery | None = None,
    requirements: Sequence[str] = ("aiohttp", "orjson"),
) -> ProjectPage:
    return project_page(state(rows, before, missing, targets, requirements), query or RiskQuery(), NOON)


def state(
    rows: Rows | None,
    before: Rows | None = None,
    missing: Sequence[str] = (),
    targets: Sequence[str] = TARGETS,
    requirements: Sequence[str] = ("aiohttp", "orjson"),
) -> ProjectState:
    return ProjectState(
        targets=tuple(targets),
        checked_at=NOON,
        snapshot=None,
        requirement_count=len(requirements),
        requirements=tuple(PendingRequirement(name, "", "requirements.txt", 1, "==1", None) for name in requirements),
        problems=(),
        assessment=assessment(rows, before=before, missing=missing) if rows is not None else None,
    )


def sentences(found: ProjectPage) -> list[str]:
    return [f"{answer.headline} {answer.cause} [{answer.action}]" for answer in found.summary]


def test_the_first_platform_has_a_sentence_with_verdict_cause_and_action() -> None:
    assert sentences(page(usual_rows())) == [
        (
            "Python 3.13 on Linux x86-64: ready after 1 upgrade. "
            "1 of 4 packages needs an upgrade; it has a version that works. "
            "[See the upgrade path]"
        ),
        "Python 3.14 on Linux x86-64: not yet. pyyaml: no wheel for cp313. [Tell me when it clears]",
    ]


def test_a_lone_blocker_can_be_watched_and_several_are_to_be_looked_at() -> None:
    assert [answer.watch for answer in page(usual_rows()).summary] == ["", "pyyaml"]
    three = [make_package(name, "blocked") for name in ("a", "b", "c")]
    answer = page({LINUX_313: three}, targets=[LINUX_313]).summary[0]
    assert (answer.action, answer.watch) == ("See the 3 blockers", "")
    assert answer.cause.endswith("; and 1 more.")


def test_a_cause_tells_of_the_newest_version_where_it_is_another() -> None:
    mismatch = WheelMismatch(MismatchKind.FLOOR, ("glibc 2.39",), "2.28", floor=(2, 39))
    newest = NewestMismatch("3.13.0", files_reason(Availability.NONE, mismatch))
    package = make_package("orjson", "blocked", newest_mismatch=newest)
    answer = page({LINUX_313: [package]}, targets=[LINUX_313]).summary[0]
    assert answer.cause == "orjson 3.13.0: needs glibc 2.39, target has 2.28."


def test_a_blocker_that_the_index_does_not_have_is_told_by_its_reason() -> None:
    row = make_package("gone", "blocked", newest_mismatch=None, reason=PackageReason(ReasonKind.NO_PACKAGE))
    assert page({LINUX_313: [row]}, targets=[LINUX_313]).summary[0].cause == "gone: the index has no such package."


def test_neighbours_that_are_simply_go_share_a_sentence() -> None:
    rows = {slug: [make_package("a"), make_package("b", "degraded")] for slug in (LINUX_313, LINUX_314)}
    assert sentences(page(rows, targets=[LINUX_313, LINUX_314])) == [
        (
            "Python 3.13 and 3.14 on Linux x86-64: ready. "
            "All 2 packages install as written, 1 with limits: slower, or built from source. [See the packages]"
        )
    ]


@pytest.mark.parametrize(
    ("verdicts", "cause"),
    [
        (("inactive",), "Nothing is required there."),
        (("ready",), "Its one package installs as written."),
        (("degraded",), "Its one package installs as written, with limits: slower, or built from source."),
    ],
)
def test_few_packages_are_counted_in_words(verdicts: Sequence[str], cause: str) -> None:
    rows = {LINUX_313: [make_package(f"p{number}", verdict) for number, verdict in enumerate(verdicts)]}
    assert page(rows, targets=[LINUX_313]).summary[0].cause == cause


def test_a_shared_sentence_has_no_number_that_is_not_true_of_all_its_targets() -> None:
    for more, end in (("ready", "."), ("degraded", ", some with limits: slower, or built from source.")):
        rows = {LINUX_313: [make_package("a"), make_package("b", more)], LINUX_314: [make_package("a")]}
        found = page(rows, targets=[LINUX_313, LINUX_314])
        assert found.summary[0].cause == f"All packages install as written{end}"


def test_other_platforms_are_named_where_they_differ_and_share_a_cause() -> None:
    good, bad = [make_package("a")], [make_package("a"), make_package("b", "blocked")]
    windows = ["cp313-win_amd64", "cp314-win_amd64"]
    same = "cp313-macosx_14_0_arm64"
    targets = [LINUX_313, LINUX_314, *windows, same]
    found = page({LINUX_313: good, LINUX_314: good, same: good, **dict.fromkeys(windows, bad)}, targets=targets)
    (other,) = found.others
    assert (other.where, other.text) == ("Python 3.13 and 3.14 on Windows x64", "not yet")
    assert other.cause == "b has no version that works"


def test_a_conflict_is_told_in_its_own_words() -> None:
    cells = [summarise_cell(make_package("a"))]
    stored = TargetSummary(
        LINUX_313, ProjectVerdict.NO_GO, {"ready": 1}, ConflictExplanation(text="a needs b<2, c needs b>=2"), cells
    )
    told = project_page(
        ProjectState(
            (LINUX_313,), NOON, None, 0, (), (), StoredAssessment(1, NOON, NOON, True, (), {LINUX_313: stored})
        ),
        RiskQuery(),
        NOON,
    )
    assert told.summary[0].cause == "a needs b<2, c needs b>=2"
    assert told.heat.rows[0].cells[0] is not None
    assert told.heat.rows[0].cells[0].text == "conflict"


@pytest.mark.parametrize(
    ("verdict", "cause"),
    [
        ("conditional", "The requirements do not hold together as written; an upgrade path exists."),
        ("unknown", "The search for a set that fits is not complete."),
        ("no-go", "The requirements contradict each other."),
    ],
)
def test_a_verdict_without_a_guilty_package_still_has_a_cause(verdict: str, cause: str) -> None:
    cells = [summarise_cell(make_package("a"))]
    stored = TargetSummary(LINUX_313, ProjectVerdict(verdict), {"ready": 1}, None, cells)
    found = StoredAssessment(1, NOON, NOON, True, (), {LINUX_313: stored})
    told = project_page(ProjectState((LINUX_313,), NOON, None, 0, (), (), found), RiskQuery(), NOON)
    assert told.summary[0].cause == cause


def test_what_nobody_has_assessed_is_unknown_everywhere_and_never_green() -> None:
    found = page(None)
    assert found.progress is not None
    assert [(phase.done, phase.total) for phase in found.progress.phases] == [(0, 2), (0, 3)]
    assert found.progress.text == "The packages are being looked up on the index."
    looks = {cell.look for row in found.heat.rows for cell in row.cells if cell}
    assert looks == {Verdict.UNKNOWN}
    assert {cell.verdict for row in found.table.rows for cell in row.cells} == {Verdict.UNKNOWN}
    assert [row.version for row in found.table.rows] == ["==1", "==1"]
    assert sentences(found) == [
        (
            "Python 3.13 and 3.14 on Linux x86-64: not known yet. "
            "2 of 2 required packages have no final verdict yet. [See which]"
        )
    ]


def test_a_target_that_was_added_since_is_unknown_until_it_is_assessed() -> None:
    found = page({LINUX_313: [make_package("aiohttp")]}, targets=[LINUX_313, LINUX_314])
    text = [cell.text for row in found.heat.rows for cell in row.cells if cell]
    assert text == ["ready", "2 unknown"]


def test_a_page_tells_how_far_it_is_until_nothing_is_missing() -> None:
    assert page(usual_rows(), missing=["orjson"]).progress is not None
    assert page(usual_rows()).progress is None


def test_a_target_that_is_not_decided_tells_how_many_required_packages_are_open() -> None:
    def cause(verdicts: str, *, brings: bool = False) -> str:
        rows = [make_package(f"p{at}", verdict) for at, verdict in enumerate(verdicts.split())]
        cells = [summarise_cell(row)._replace(arrival_kind="direct") for row in rows]
        if brings:
            cells[-1] = cells[-1]._replace(arrival_kind="arrives")
        counts = count_verdicts([row.verdict for row in rows])
        stored = TargetSummary(LINUX_313, ProjectVerdict.UNKNOWN, counts, None, cells, is_decided=False)
        return summarise_targets(columns_of([LINUX_313]), {LINUX_313: stored})[0].cause

    assert cause("blocked unknown unknown") == "2 of 3 required packages have no final verdict yet."
    assert cause("blocked blocked") == "The search for a set that fits is not complete."
    assert cause("ready unknown", brings=True) == "1 of 2 packages is not known yet."


def test_the_heat_map_words_each_cell_with_the_count_that_decides_and_the_rest_beside_it() -> None:
    found = page(usual_rows()).heat
    assert [platform.platform for platform in found.platforms] == ["Linux x86-64", "Windows x64"]
    cells = [[(cell.text, cell.rest) if cell else None for cell in row.cells] for row in found.rows]
    assert cells == [
        [("1 upgrade", "1 slower, 2 ready"), ("2 upgrades", "1 slower, 1 ready")],
        [("1 blocked", "1 upgrade, 1 slower, 1 ready"), None],
    ]


def test_a_heat_map_of_no_columns_is_empty() -> None:
    assert heat_map((), {}).rows == ()
    assert page(usual_rows(), targets=[]).summary == ()
    assert page(usual_rows(), targets=[]).table.columns == ()


def test_the_first_columns_begin_where_the_first_platform_is_not_simply_go() -> None:
    assert [column.slug for column in page(usual_rows()).table.columns] == [LINUX_313, LINUX_314]
    rows = {**usual_rows(), LINUX_313: [make_package("a")]}
    assert [column.slug for column in page(rows).table.columns] == [LINUX_314]
    chosen = page(usual_rows(), query=RiskQuery(targets=(WINDOWS_313,)))
    assert [column.slug for column in chosen.table.columns] == [WINDOWS_313]
    assert chosen.chosen == WINDOWS_313


def test_changes_are_told_once_a_package_and_way() -> None:
    found = page(usual_rows(), before=usual_rows(moved=1))
    assert [(change.kind.value, change.name, change.text, change.where) for change in found.changes] == [
        ("worse", "orjson", "1.0: ready → upgrade", "on 3 targets")
    ]
    back = page(usual_rows(moved=1), before=usual_rows())
    assert [change.kind.value for change in back.changes] == ["better"]


def test_no_change_is_told_while_packages_are_missing() -> None:
    assert page(usual_rows(), before=usual_rows(moved=1), missing=["orjson"]).changes == ()


def test_packages_that_came_went_or_moved_are_told() -> None:
    before = {LINUX_313: [make_package("gone"), make_package("moved")]}
    after = {LINUX_313: [make_package("new", "blocked"), make_package("moved", version="2.0")]}
    changes = page(after, before=before, targets=[LINUX_313]).changes
    assert [(change.name, change.text, change.where) for change in changes] == [
        ("new", "1.0, blocked", "Python 3.13 on Linux x86-64 (glibc 2.28)"),
        ("gone", "1.0, was ready", "Python 3.13 on Linux x86-64 (glibc 2.28)"),
        ("moved", "1.0 → 2.0, still ready", "Python 3.13 on Linux x86-64 (glibc 2.28)"),
    ]


def test_many_changes_are_cut_with_their_number() -> None:
    before = {LINUX_313: [make_package(f"p{number}") for number in range(30)]}
    after = {LINUX_313: [make_package(f"p{number}", version=f"2.{number}") for number in range(30)]}
    found = page(after, before=before, targets=[LINUX_313])
    assert (len(found.changes), found.changes_left_out) == (20, 10)


def test_problems_are_told_with_their_place_and_the_rest_counted() -> None:
    told = describe_problems([FileProblem("a.txt", 7, "x ==", "bad"), FileProblem("b", None, "", "m")])
    assert [(problem.place, problem.text) for problem in told] == [("a.txt:7", "x =="), ("b", "")]
    many = describe_problems([FileProblem("a", line, "", "m") for line in range(1, 60)])
    assert (len(many), many[-1].message) == (51, "and 9 more")


def test_an_export_has_the_rows_and_columns_that_are_seen() -> None:
    stored = state(usual_rows())
    query = RiskQuery(targets=(WINDOWS_313,), sort="name")
    shown = project_page(stored, query, NOON)
    lines = [
        (line.target, line.target_verdict, line.package.name) for line in export_lines(stored, shown, usual_rows())
    ]
    assert lines == [(WINDOWS_313, "conditional", name) for name in ("orjson", "pyyaml", "sqlalchemy")]
    assert export_names(stored, shown) == {WINDOWS_313: ["orjson", "pyyaml", "sqlalchemy"]}


def test_an_export_of_what_nobody_has_assessed_calls_it_unknown() -> None:
    stored = state(None, targets=[LINUX_313])
    lines = list(export_lines(stored, project_page(stored, RiskQuery(), NOON), {}))
    assert [(line.target_verdict, line.package.name, line.package.verdict) for line in lines] == [
        ("unknown", "aiohttp", "unknown"),
        ("unknown", "orjson", "unknown"),
    ]
