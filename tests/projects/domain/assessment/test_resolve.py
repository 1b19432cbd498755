"""The releases that a set and a plan have on a target, on a small index in memory."""

from msgspec.structs import replace

from projects.domain.assessment.explained_targets import explain_targets
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.dependency_files import read
from projects.presentation.sentences import describe_reason
from scanner.domain.resolution.model.candidate_list import CandidateList
from scanner.domain.resolution.model.policy import BuildPolicy
from tests.projects.domain.assessment.small_assessment import CORE, LINUX, NEW, OLD, WINDOWS, ask, package
from tests.projects.known import NOW, Releases, SmallIndex, pure, requirements, resolve_targets, targets, wheels


def test_a_constraint_limits_a_package_that_only_others_ask_for() -> None:
    packages: dict[str, Releases] = {
        "app": {"1.0": (pure("app", "1.0"), ["lib"])},
        "lib": {"1.0": (pure("lib", "1.0"), []), "2.0": (pure("lib", "2.0"), [])},
    }
    on = targets(LINUX)
    files = {"requirements.txt": b"-c limits.txt\napp==1.0\n", "limits.txt": b"lib<2\nnever-asked-for==1\n"}
    request = AssessmentRequest(read(files, ["requirements.txt"]).requirements, on, BuildPolicy(), NOW)
    index = SmallIndex(packages, on)
    (answer,) = explain_targets(
        request, resolve_targets(request, index.snapshot), index.snapshot, WheelExplanations(index.files_of)
    )
    assert [(one.name, one.version, one.provenance.direct) for one in answer.packages] == [
        ("app", "1.0", True),
        ("lib", "1.0", False),
    ]


def test_where_only_a_pre_release_installs_it_is_taken_as_installers_do() -> None:
    packages: dict[str, Releases] = {
        "image": {
            "1.0": (wheels("image", "1.0", OLD), []),
            "1.1": (wheels("image", "1.1", OLD), []),
            "1.2rc1": (wheels("image", "1.2rc1", NEW), []),
        },
        "above": {"1.0": (pure("above", "1.0"), ["image>=1.0"])},
    }
    for text in ("image>=0.5", "above"):
        (answer,) = ask(packages, text, WINDOWS)
        assert answer.verdict is ProjectVerdict.GO
        assert package(answer, "image").version == "1.2rc1"
        assert "a pre-release, taken because" in describe_reason(package(answer, "image"))
    (pinned,) = ask(packages, "image==1.0", WINDOWS)
    assert (package(pinned, "image").version, package(pinned, "image").verdict) == ("1.0", "blocked")


def test_releases_without_an_upload_time_are_too_young_for_any_minimum_age() -> None:
    on = targets(LINUX)
    request = AssessmentRequest(requirements("plain"), on, BuildPolicy(minimum_age_days=7), NOW)
    index = SmallIndex({"plain": {"1.0": (pure("plain", "1.0"), []), "2.0": (pure("plain", "2.0"), [])}}, on)
    view = index.snapshot.packages["plain"]
    young = view.candidates[1]._replace(uploaded_at=None, too_young=True)
    index.snapshot.packages["plain"] = replace(view, candidates=CandidateList.of([view.candidates[0], young]))
    (answer,) = explain_targets(
        request, resolve_targets(request, index.snapshot), index.snapshot, WheelExplanations(index.files_of)
    )
    assert package(answer, "plain").version == "1.0"


def test_a_plan_moves_past_a_version_that_a_constraint_excludes() -> None:
    (limit,) = requirements("core!=2.0\n")
    on = targets(WINDOWS)
    asked = [*requirements("core==1.0\n"), replace(limit, constraint=True)]
    index = SmallIndex(CORE, on)
    resolved = resolve_targets(AssessmentRequest(asked, on, BuildPolicy(), NOW), index.snapshot)
    assert resolved[0].plan is not None
    assert [str(change.after) for change in resolved[0].plan.changes] == ["3.0"]
