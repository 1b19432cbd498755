"""A set that installs and is known not to run: verdicts and plans, on a small index in memory."""

from collections.abc import Mapping

from projects.domain.assessment.explained_targets import explain_targets
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.reasons import BreakEvidence, PackageReason, ReasonKind
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict, Severity, Verdict
from projects.domain.dependency_files import read
from projects.domain.rewriting.written_plan import write_plan
from projects.presentation.advice import advise
from projects.presentation.cell_summary import cell_text
from projects.presentation.reason_clauses import describe_text
from scanner.domain.evidence.known_breaks_file import parse_known_breaks
from scanner.domain.resolution.explain.plan_reason import PlanReasonKind
from scanner.domain.resolution.model.policy import BuildPolicy
from tests.projects.domain.assessment.small_assessment import package
from tests.projects.known import NOW, Releases, SmallIndex, pure, requirements, resolve_targets, targets

OLD, NEW = "cp312-manylinux_2_28_x86_64", "cp313-manylinux_2_28_x86_64"
FACTS = """
[[break]]
package = "orm"
versions = "<2.1"
pythons = ">=3.13"
action = "import orm"
symptom = "AssertionError: TypingOnly"
first_good = "2.1"
source = "its changelog"

[[break]]
package = "fast"
versions = "<3"
partner = "array"
partner_versions = ">=2"
action = "import fast"
symptom = "ImportError: multiarray"
first_good = "3.0"
source = "its tracker"

[[break]]
package = "dead"
versions = ">0"
pythons = ">=3.13"
action = "import dead"
symptom = "ModuleNotFoundError: imp"
source = "its tracker"

[[break]]
package = "wrap"
versions = ">=2"
pythons = ">=3.13"
action = "import wrap"
symptom = "ModuleNotFoundError: imp"
source = "its tracker"

[[break]]
package = "press"
versions = "<2"
pythons = ">=3.13"
partner = "wrap"
partner_versions = ">=2"
action = "import press"
symptom = "ModuleNotFoundError: imp"
first_good = "2.0"
source = "its tracker"

[[break]]
package = "sound"
versions = "<2"
pythons = ">=3.13"
action = "import sound"
symptom = "ModuleNotFoundError: audioop"
unless = ["audio-backport <5"]
source = "its tracker"

[[break]]
package = "tones"
versions = ">0"
pythons = ">=3.13"
action = "import tones"
symptom = "ModuleNotFoundError: audioop"
unless = ["audio-backport <5"]
source = "its tracker"
"""


def releases(name: str, *versions: str, needs: list[str] | None = None) -> Releases:
    return {version: (pure(name, version), needs or []) for version in versions}


INDEX: Mapping[str, Releases] = {
    "orm": releases("orm", "1.0", "2.0", "2.1", "3.0"),
    "fast": releases("fast", "2.0", "3.0", "4.0", needs=["array"]),
    "array": releases("array", "1.0", "2.0"),
    "dead": releases("dead", "1.0", "1.1"),
    "wrap": releases("wrap", "1.0", "2.0", "2.1"),
    "press": {**releases("press", "1.0", needs=["wrap"]), **releases("press", "2.0")},
    "compiled": {"1.0": (["compiled-1.0-cp312-cp312-manylinux_2_17_x86_64.whl"], [])},
    "sound": releases("sound", "1.0", "2.0"),
    "tones": releases("tones", "1.0"),
    "bot": {**releases("bot", "1.0"), **releases("bot", "2.0", needs=["audio-backport <5; python_version >= '3.13'"])},
    "other-bot": {**releases("other-bot", "1.0"), **releases("other-bot", "2.0", needs=["audio-backport >=5"])},
    "audio-backport": releases("audio-backport", "4.0", "5.0"),
}


def ask(text: str, *slugs: str, bridge: bool = False) -> list[TargetResult]:
    on = targets(*slugs)
    request = AssessmentRequest(
        requirements(text), on, BuildPolicy(), NOW, bridge=bridge, known_breaks=parse_known_breaks(FACTS)
    )
    index = SmallIndex(INDEX, on, request.foreign)
    resolved = resolve_targets(request, index.snapshot)
    return explain_targets(request, resolved, index.snapshot, WheelExplanations(index.files_of))


def changes(result: TargetResult) -> list[tuple[str, str, str]]:
    assert result.plan is not None
    return [(change.name, str(change.before), str(change.after)) for change in result.plan.changes]


def test_a_release_that_is_known_to_break_on_a_python_must_move_there_only() -> None:
    old, new = ask("orm==2.0", OLD, NEW)
    assert old.verdict is ProjectVerdict.GO
    assert new.verdict is ProjectVerdict.CONDITIONAL
    assert new.blockers == ("orm",)
    found = package(new, "orm")
    assert found.verdict is Verdict.UPGRADE
    assert found.availability == "pure"
    assert found.reason == PackageReason(
        ReasonKind.KNOWN_BREAK,
        known_break=BreakEvidence("import orm", "AssertionError: TypingOnly", "its changelog"),
    )
    assert found.first_available is not None
    assert found.first_available.version == "2.1"
    assert changes(new) == [("orm", "2.0", "2.1")]
    assert new.plan is not None
    assert new.plan.changes[0].reason.kind is PlanReasonKind.KNOWN_BREAK


def test_a_result_with_a_known_break_is_stored_and_read_again() -> None:
    (answer,) = ask("orm==2.0", NEW)
    found = package(answer, "orm")
    assert PackageResult.from_json(found.to_json()) == found


def test_a_range_that_admits_a_release_that_runs_is_go_with_it() -> None:
    (answer,) = ask("orm", NEW)
    assert answer.verdict is ProjectVerdict.GO
    assert package(answer, "orm").version == "3.0"


def test_of_two_that_break_beside_each_other_the_older_moves() -> None:
    (answer,) = ask("fast==2.0\narray==2.0", OLD)
    assert answer.verdict is ProjectVerdict.CONDITIONAL
    assert package(answer, "array").verdict is Verdict.READY
    reason = package(answer, "fast").reason.known_break
    assert reason is not None
    assert reason.partner == "array 2.0"
    assert changes(answer) == [("fast", "2.0", "3.0")]


def test_a_transitive_partner_that_is_not_pinned_is_held_back_from_what_installers_would_choose() -> None:
    (answer,) = ask("fast==2.0", OLD)
    assert answer.verdict is ProjectVerdict.CONDITIONAL
    assert package(answer, "fast").verdict is Verdict.READY
    held = package(answer, "array")
    assert (held.verdict, held.version, held.held_at) == (Verdict.HELD_BACK, "2.0", "1.0")
    assert held.reason.known_break == BreakEvidence(
        "import fast", "ImportError: multiarray", "its tracker", "fast 2.0", held_at="1.0"
    )
    assert advise(held, OLD) == "Write array<=1.0, or move fast to a release that runs beside the newer one."
    assert changes(answer) == [("array", "2.0", "1.0")]


def test_the_plan_caps_what_admits_the_newer_release_in_the_file() -> None:
    (answer,) = ask("fast==2.0\narray", OLD)
    assert answer.plan is not None
    files = {"r.txt": b"fast==2.0\narray\n"}
    written = write_plan(
        answer.plan, files=files, parsed=read(files, ["r.txt"]), roots=["r.txt"], targets=targets(OLD), digests={}
    )
    assert written.requirements == "fast==2.0\narray<=1.0\n"


def test_what_runs_as_written_only_in_an_old_release_is_held_back_and_not_blocked() -> None:
    (answer,) = ask("press==1.0", NEW)
    assert (answer.verdict, answer.blockers) == (ProjectVerdict.CONDITIONAL, ())
    assert package(answer, "press").verdict is Verdict.READY
    held = package(answer, "wrap")
    assert (held.verdict, held.version, held.held_at) == (Verdict.HELD_BACK, "2.1", "1.0")
    assert describe_text(held.reason) == (
        "installs, but is known to break: `import wrap` fails with ModuleNotFoundError: imp (its tracker); "
        "the newest that runs here is 1.0"
    )
    assert changes(answer) == [("wrap", "2.1", "1.0")]
    assert PackageResult.from_json(held.to_json()) == held


def test_beside_a_blocker_it_is_held_back_too_and_no_blocker() -> None:
    (answer,) = ask("press==1.0\ncompiled", NEW)
    assert (answer.verdict, answer.blockers) == (ProjectVerdict.NO_GO, ("compiled",))
    assert package(answer, "wrap").verdict is Verdict.HELD_BACK


def test_beside_the_older_partner_nothing_breaks() -> None:
    (answer,) = ask("fast==2.0\narray<2", OLD)
    assert answer.verdict is ProjectVerdict.GO


def test_a_package_of_which_no_release_runs_is_blocked() -> None:
    (answer,) = ask("dead==1.0", NEW)
    assert answer.verdict is ProjectVerdict.NO_GO
    assert package(answer, "dead").verdict is Verdict.BLOCKED
    assert advise(package(answer, "dead"), NEW) == (
        "Watch it: only a new release can run here; until then replace the package or stay."
    )
    assert answer.blockers == ("dead",)


def test_no_plan_rests_on_a_release_that_is_known_to_break() -> None:
    (answer,) = ask("orm==1.0", NEW)
    assert changes(answer) == [("orm", "1.0", "2.1")]


def test_a_package_that_the_project_requires_can_prevent_a_break() -> None:
    (alone,) = ask("sound<2", NEW)
    assert alone.verdict is ProjectVerdict.CONDITIONAL
    assert changes(alone) == [("sound", "1.0", "2.0")]
    (beside,) = ask("sound<2\naudio-backport<5", NEW)
    assert beside.verdict is ProjectVerdict.GO


def test_a_release_of_that_package_without_the_module_prevents_nothing() -> None:
    (chosen,) = ask("sound<2\naudio-backport", NEW)
    assert (chosen.verdict, package(chosen, "audio-backport").version) == (ProjectVerdict.CONDITIONAL, "5.0")
    (pinned,) = ask("sound==1.0\naudio-backport==5.0", NEW)
    assert changes(pinned) == [("sound", "1.0", "2.0")]


def test_a_package_that_another_one_brings_by_the_plan_prevents_a_break() -> None:
    old, new = ask("tones==1.0\nbot==1.0", OLD, NEW)
    assert old.verdict is ProjectVerdict.GO
    assert new.verdict is ProjectVerdict.CONDITIONAL
    assert changes(new) == [("bot", "1.0", "2.0")]
    found = package(new, "tones")
    assert (found.verdict, found.severity) == (Verdict.UPGRADE, Severity.MODERATE)
    assert describe_text(found.reason) == (
        "installs, but is known to break: `import tones` fails with ModuleNotFoundError: audioop (its tracker); "
        "runs with audio-backport 4.0, which bot 2.0 brings"
    )
    assert advise(found, NEW) == ("tones 1.0 runs with audio-backport 4.0, which bot 2.0 brings: see the upgrade path.")
    assert cell_text(found) == "with audio-backport"
    assert PackageResult.from_json(found.to_json()) == found


def test_beside_a_package_that_brings_it_as_written_nothing_breaks() -> None:
    (answer,) = ask("tones==1.0\nbot", NEW)
    assert answer.verdict is ProjectVerdict.GO
    assert package(answer, "tones").verdict is Verdict.READY


def test_what_nothing_brings_in_the_right_version_prevents_no_break() -> None:
    for beside in ("array", "other-bot==1.0"):
        (answer,) = ask(f"tones==1.0\n{beside}", NEW)
        assert answer.verdict is ProjectVerdict.NO_GO
        found = package(answer, "tones")
        assert found.verdict is Verdict.BLOCKED
        assert advise(found, NEW) == "Require audio-backport<5 as well: tones runs beside it."
        assert PackageResult.from_json(found.to_json()) == found
