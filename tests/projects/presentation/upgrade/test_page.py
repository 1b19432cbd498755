"""The upgrade page of a plan: the answer, each change with its reason, and the checklist."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace
from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.run_evidence import DemandedEvidence, RunEvidence
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.domain.current_runtime import find_current_runtime
from projects.domain.dependency_files.values import RuntimeHint
from projects.domain.rewriting.written_plan import WrittenPlan
from projects.presentation.upgrade.page import upgrade_page
from projects.presentation.upgrade.policy import policy_text
from projects.presentation.upgrade.query import UpgradeQuery
from projects.presentation.upgrade.values import PlannedUpgrade, StoredUpgrade, UpgradePage
from scanner.domain.evidence.declared import Declaration
from scanner.domain.releases.standing import ReleaseStanding
from scanner.domain.resolution.explain.conflict import (
    ConflictExplanation,
    ConflictLine,
    LineKind,
    Relaxation,
    RequirementEdit,
)
from scanner.domain.resolution.explain.plan_reason import PlanReason, PlanReasonKind
from scanner.domain.resolution.explain.reasons import Obstacle
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.model.plans import VersionChange
from tests.cast import make_package
from tests.plans import change, plan_of

LINUX, WINDOWS, TODAY = "cp313-manylinux_2_28_x86_64", "cp313-win_amd64", "cp311-manylinux_2_28_x86_64"
TARGETS = (LINUX, WINDOWS, TODAY)
ROWS = (
    make_package("shell"),
    make_package("core", "upgrade", direct=False, paths=[["other", "shell", "core"], ["shell", "core"]]),
    make_package("still"),
    make_package("unwanted", "inactive"),
)
STORED = StoredUpgrade(TargetResult(LINUX, ProjectVerdict.CONDITIONAL, ROWS))
UNMET = PlanReason(
    PlanReasonKind.UNMET_REQUIREMENT,
    name="shell",
    version="1.0",
    requirement="core==1.0",
    required="core",
    available_from="2.1",
    targets=(LINUX,),
)
NO_FILE = PlanReason(
    PlanReasonKind.NOT_INSTALLABLE, name="core", version="1.0", obstacles=(Obstacle.NO_FILE,), targets=(LINUX,)
)
CONFLICT = ConflictExplanation(
    (
        ConflictLine(LineKind.ASKED, "left", "left"),
        ConflictLine(LineKind.NEEDS, "left", "shared<2", "1.0", every=True, required="shared"),
        ConflictLine(LineKind.NEEDS, "right", "shared>=2", "1.0 to 3.0", every=True, only=True, required="shared"),
    ),
    "shared",
    relaxations=(
        Relaxation((RequirementEdit("left", "left<2", "left<3", "2.4"),), "major"),
        Relaxation((RequirementEdit("right", "right", ""),), "major"),
    ),
)
CONTRADICTION = PlanReason(PlanReasonKind.CONTRADICTION, sides=CONFLICT.lines[1:])
MOVES = [
    change("shell", "1.0", "3.0", size=Step.MAJOR, why=UNMET),
    change("core", "1.0", "2.1", direct=False, why=NO_FILE),
]


def page_of(
    planned: PlannedUpgrade,
    query: UpgradeQuery | None = None,
    stored: StoredUpgrade = STORED,
    hints: list[RuntimeHint] | None = None,
    files: Mapping[str, str] | None = None,
    demanded: DemandedEvidence = DemandedEvidence.INSTALLS,
) -> UpgradePage:
    standings = {("shell", "3.0"): ReleaseStanding(datetime(2026, 1, 2, tzinfo=UTC), "3.12 3.13")}
    return upgrade_page(
        LINUX,
        TARGETS,
        query or UpgradeQuery(),
        stored,
        planned,
        files=files or {},
        standings=standings,
        runtime=find_current_runtime(hints or []),
        demanded=demanded,
    )


def texts(page: UpgradePage, *, done: bool) -> list[str]:
    return [check.text for check in page.checks if check.done is done]


def test_the_answer_counts_the_changes_and_names_the_largest_step() -> None:
    page = page_of(PlannedUpgrade(plan_of(MOVES)))
    assert page.answer.look is Verdict.UPGRADE
    assert page.answer.headline == "Python 3.13 on Linux x86-64: ready after upgrades."
    assert page.answer.cause == (
        "1 of 3 packages needs an upgrade. The plan makes 2 changes: 1 package that your files name and 1 dependency. "
        "The largest step is a major one (shell 1.0 → 3.0)."
    )


def test_a_plan_that_only_caps_what_is_held_back_says_so() -> None:
    cap = VersionChange(
        NormalizedName("shell"), Version("3.0"), Version("1.0"), True, Step.MAJOR, PlanReason(PlanReasonKind.HELD_BACK)
    )
    page = page_of(PlannedUpgrade(plan_of([cap])))
    assert (page.answer.look, page.answer.headline) == (
        Verdict.HELD_BACK,
        "Python 3.13 on Linux x86-64: only by going back.",
    )
    assert page.answer.cause == "The plan writes down what would be installed anyway, as a cap: shell<=1.0."
    assert "Each change is needed: without any one of them the set does not hold." not in texts(page, done=True)


def test_a_change_has_its_origin_its_date_and_its_reason() -> None:
    shell, core = page_of(PlannedUpgrade(plan_of(MOVES))).changes
    assert (shell.arrives, core.arrives) == ("direct", "by shell")
    assert shell.why == "shell 1.0 needs core==1.0, and core has no wheel before 2.1."
    assert core.why == "core 1.0 has no file for it."
    assert shell.released == datetime(2026, 1, 2, tzinfo=UTC)
    assert shell.declares == "declared"
    assert core.released is None
    assert core.declares == ""


def test_a_step_back_is_called_so() -> None:
    (only,) = page_of(PlannedUpgrade(plan_of([change("shell", "2.0", "1.9")]))).changes
    assert only.is_back


def test_with_several_targets_the_reason_names_its_target() -> None:
    page = page_of(PlannedUpgrade(plan_of(MOVES)), UpgradeQuery(together=(WINDOWS,)))
    assert (
        page.answer.headline
        == "Python 3.13 on Windows x64 and Python 3.13 on Linux x86-64 together: ready after upgrades."
    )
    assert page.changes[1].why == "core 1.0 has no file for it on Python 3.13 on Linux x86-64."


def test_what_is_proven_is_ticked_and_running_the_tests_is_not() -> None:
    written = WrittenPlan(
        files={"requirements.txt": "shell==3.0\n"}, commands=("uv lock --upgrade-package 'shell==3.0'",)
    )
    page = page_of(PlannedUpgrade(plan_of(MOVES), written=written), files={"requirements.txt": "shell==1.0\n"})
    assert texts(page, done=True) == [
        "A whole set of 2 packages holds on Python 3.13 on Linux x86-64: each has a file that the policy accepts.",
        "Each change is needed: without any one of them the set does not hold.",
        "1 of 3 packages in use stays as it is.",
        "requirements.txt is rewritten below; comments, order and markers stay.",
    ]
    assert texts(page, done=False)[-1] == "Install it there and run your tests. Wheelway has not run your code."
    assert "uv lock --upgrade-package 'shell==3.0'" in [check.command for check in page.checks]
    assert [(line.mark.value, line.text) for line in page.files[0].lines] == [
        ("gone", "shell==1.0"),
        ("new", "shell==3.0"),
    ]


def test_the_current_target_is_offered_and_ticked_once_the_set_holds_there() -> None:
    hints = [RuntimeHint("image", "python:3.11-slim", "Dockerfile", 1)]
    asked = page_of(PlannedUpgrade(plan_of(MOVES)), hints=hints)
    assert [choice.column.slug for choice in asked.near if choice.is_today] == [TODAY]
    assert any("where you are today: tick it above" in text for text in texts(asked, done=False))
    held = page_of(PlannedUpgrade(plan_of(MOVES)), UpgradeQuery(together=(TODAY,)), hints=hints)
    assert any("Python 3.11 on Linux x86-64 too" in text for text in texts(held, done=True))


def test_a_blocker_is_the_answer_and_no_install_command_is_offered() -> None:
    blockers = {"core": replace(NO_FILE, kind=PlanReasonKind.NO_INSTALLABLE_VERSION, version="2.0")}
    page = page_of(PlannedUpgrade(plan_of(MOVES[:1], feasible=False, blockers=blockers)))
    assert page.answer.look is Verdict.BLOCKED
    assert page.answer.headline == "Python 3.13 on Linux x86-64: not yet."
    assert page.answer.cause == ("No path: core has no version that works there. The 1 change below clears the rest.")
    assert page.stuck == (("core", ": no release of core is usable: 2.0 has no file for it."),)
    assert not page.is_installable
    assert texts(page, done=False)[0] == "core needs a release that works there."


def test_a_conflict_is_shown_as_a_table_with_both_sides_and_the_ways_out() -> None:
    plan = plan_of(feasible=False, reason=CONTRADICTION)
    stored = StoredUpgrade(TargetResult(LINUX, ProjectVerdict.NO_GO, ROWS, conflict=CONFLICT, plan=plan))
    page = page_of(PlannedUpgrade(plan), stored=stored)
    assert page.answer.cause == "No path: left 1.0 needs shared<2, but all releases of right need shared>=2."
    assert page.conflict is not None
    assert [(row.who, row.what, row.is_side) for row in page.conflict.rows] == [
        ("your files", "left", False),
        ("left 1.0", "shared<2", True),
        ("all releases of right", "shared>=2", True),
    ]
    assert page.conflict.conclusion == "So no version of shared is left."
    assert page.conflict.ways_out == ("Change left<2 to left<3 (then left 2.4).", "Leave out right.")


def test_without_a_plan_the_answer_follows_the_assessment() -> None:
    def answer(verdict: ProjectVerdict, packages: Sequence[str], conflict: ConflictExplanation | None = None) -> str:
        rows = tuple(make_package(f"package-{number}", state) for number, state in enumerate(packages))
        stored = StoredUpgrade(TargetResult(LINUX, verdict, rows, conflict=conflict))
        found = page_of(PlannedUpgrade(None), stored=stored).answer
        return f"{found.look.value} {found.headline} {found.cause}"

    place = "Python 3.13 on Linux x86-64"
    assert (
        answer(ProjectVerdict.GO, ["ready"] * 3)
        == f"ready {place}: ready. No change is needed: all 3 packages install as written."
    )
    assert answer(ProjectVerdict.UNKNOWN, ["unknown", "ready", "ready"]) == (
        f"unknown {place}: not known yet. 1 of 3 packages is not known yet."
    )
    assert answer(ProjectVerdict.NO_GO, ["ready"], CONFLICT) == (
        f"blocked {place}: not yet. left 1.0 needs shared<2, but all releases of right need shared>=2."
    )
    assert answer(ProjectVerdict.NO_GO, ["blocked", "ready"]).endswith("package-0 has no version that works there.")
    assert answer(ProjectVerdict.CONDITIONAL, ["upgrade"] * 2).endswith(
        "ready after upgrades. 2 of 2 packages need an upgrade; no upgrade is planned yet."
    )


def test_missing_data_is_never_a_verdict_and_can_be_fetched_once_asked_for() -> None:
    newest = UpgradeQuery.parse({"strategy": ["latest"]}, TARGETS, LINUX)
    page = page_of(PlannedUpgrade(None, missing=2), newest)
    assert page.answer.look is Verdict.UNKNOWN
    assert page.answer.cause == "2 releases must be read from the index before this set can be planned."
    assert page.can_fetch
    assert page.next_look == ""
    asked = page_of(PlannedUpgrade(None, missing=2), UpgradeQuery(newest.strategy, looks=1))
    assert not asked.can_fetch
    assert asked.next_look == "strategy=latest&looks=2"
    # A partial assessment is being fetched anyway.
    partial = page_of(PlannedUpgrade(None, missing=2))
    assert not partial.can_fetch
    assert partial.next_look == "looks=1"


def test_a_search_that_was_cut_short_is_reported() -> None:
    page = page_of(PlannedUpgrade(None, cut_short=True), UpgradeQuery(together=(WINDOWS,)))
    assert page.answer.look is Verdict.UNKNOWN
    assert "took too long" in page.answer.cause


def test_a_long_file_is_shown_around_its_changes() -> None:
    before = "".join(f"p{number}==1\n" for number in range(200))
    after = before.replace("p100==1", "p100==2")
    page = page_of(
        PlannedUpgrade(plan_of(MOVES), written=WrittenPlan(files={"requirements.txt": after})),
        files={"requirements.txt": before},
    )
    assert [line.text for line in page.files[0].lines if line.mark.value == "skipped"] == [
        "97 unchanged lines",
        "96 unchanged lines",
    ]


def test_a_plan_says_what_of_its_set_lacks_the_declaration_that_the_project_demands() -> None:
    declaring = RunEvidence(Declaration.CLASSIFIER)
    rows = (make_package("shell"), make_package("core", "upgrade"), make_package("still", evidence=declaring))
    stored = StoredUpgrade(TargetResult(LINUX, ProjectVerdict.CONDITIONAL, rows))
    pins = {"shell": "3.0", "core": "2.1", "still": "1.0"}
    planned = PlannedUpgrade(plan_of(MOVES, pins=pins))
    page = page_of(planned, stored=stored, demanded=DemandedEvidence.DECLARED)
    assert texts(page, done=False)[0] == (
        "The project demands releases that declare Python 3.13: of this set core is not known to."
    )
    planned = PlannedUpgrade(plan_of(MOVES[:1], pins={"shell": "3.0", "still": "1.0"}))
    page = page_of(planned, stored=stored, demanded=DemandedEvidence.DECLARED)
    assert texts(page, done=True)[0] == "All 2 releases declare Python 3.13, as the project demands."


def test_a_plan_of_a_project_that_demands_proofs_says_what_is_left_to_do() -> None:
    planned = PlannedUpgrade(plan_of(MOVES))
    assert "prove this set" in texts(page_of(planned, demanded=DemandedEvidence.RAN), done=False)[0]
    assert not any("demands" in check.text for check in page_of(planned).checks)


def test_the_policy_says_what_plans_demand() -> None:
    text = policy_text("never", "major", [], 0, prereleases=False, demanded="declared")
    assert text.endswith("; only releases that declare the Python")
    text = policy_text("never", "major", [], 0, prereleases=False, demanded="ran")
    assert text.endswith("; none that failed in the last proof, and each must have run to be ready")


def test_the_policy_is_one_line() -> None:
    assert policy_text("pure", "major", [], 0, prereleases=False) == (
        "wheels, and source builds of pure Python; steps of any size"
    )
    assert policy_text("never", "minor", ["numpy", "sqlalchemy"], 1, prereleases=True) == (
        "wheels only; steps up to a minor one; pre-releases count; releases at least 1 day old; "
        "numpy and sqlalchemy stay as they are"
    )
