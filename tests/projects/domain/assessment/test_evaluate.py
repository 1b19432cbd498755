"""Requirements over targets: closure, verdicts, blockers and plans, on a small index in memory."""

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from projects.domain.assessment.evaluate import explain_targets, missing_in
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.package_result import AvailableVersion, PackageResult
from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.domain.dependency_files import read, select
from projects.presentation.formats.text import headline
from projects.presentation.sentences import describe_reason
from scanner.domain.matching.reason import MismatchKind
from scanner.domain.resolution.model.candidate_list import CandidateList
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from scanner.domain.targets.target import parse_target
from tests.projects.known import (
    LONG_AGO,
    NOW,
    Releases,
    SmallIndex,
    pure,
    requirements,
    resolve_targets,
    targets,
    wheels,
)

LINUX = "cp313-manylinux_2_28_x86_64"
WINDOWS = "cp313-win_amd64"
OLD, NEW = "cp312-cp312-win_amd64", "cp313-cp313-win_amd64"

CORE: dict[str, Releases] = {
    "shell": {
        "1.0": (pure("shell", "1.0"), ["core==1.0"]),
        "2.0": (pure("shell", "2.0"), ["core==2.0"]),
        "3.0": (pure("shell", "3.0"), ["core==3.0"]),
    },
    "core": {
        "1.0": (wheels("core", "1.0", OLD), []),
        "2.0": (wheels("core", "2.0", NEW), []),
        "3.0": (wheels("core", "3.0", NEW), []),
    },
}


def ask(
    packages: Mapping[str, Releases],
    text: str,
    *slugs: str,
    policy: BuildPolicy | None = None,
    extras: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
    present: str = "",
) -> list[TargetResult]:
    on = targets(*slugs)
    now = parse_target(present) if present else None
    request = AssessmentRequest(requirements(text), on, policy or BuildPolicy(), NOW, present=now)
    index = SmallIndex(packages, request.columns, request.foreign, extras)
    resolved = resolve_targets(request, index.snapshot)
    return explain_targets(request, resolved, index.snapshot, WheelExplanations(index.files_of))


def package(result: TargetResult, name: str) -> PackageResult:
    return next(package for package in result.packages if package.name == name)


def test_a_set_that_installs_as_written_is_go() -> None:
    (answer,) = ask({"plain": {"1.0": (pure("plain", "1.0"), [])}}, "plain==1.0", LINUX)
    assert answer.verdict is ProjectVerdict.GO
    assert answer.counts == dict.fromkeys(answer.counts, 0) | {"ready": 1}
    assert answer.plan is None


def test_a_transitive_package_without_a_wheel_is_the_blocker_and_the_plan_moves_its_parent() -> None:
    (answer,) = ask(CORE, "shell==1.0", WINDOWS)
    assert answer.verdict is ProjectVerdict.CONDITIONAL
    assert answer.blockers == ("core",)
    assert package(answer, "core").provenance.paths == (("shell", "core"),)
    assert package(answer, "core").verdict == "upgrade"
    assert package(answer, "core").first_available == AvailableVersion("2.0", f"core-2.0-{NEW}.whl", LONG_AGO)
    assert package(answer, "core").latest_available == AvailableVersion("3.0", f"core-3.0-{NEW}.whl", LONG_AGO)
    assert package(answer, "shell").verdict == "ready"
    assert answer.plan is not None
    assert [(change.name, str(change.after)) for change in answer.plan.changes] == [("shell", "2.0"), ("core", "2.0")]


def test_every_blocker_is_named_at_once_and_what_hangs_behind_one_is_judged_too() -> None:
    packages: dict[str, Releases] = {
        "first": {"1.0": (wheels("first", "1.0", OLD), ["behind"])},
        "second": {"1.0": (wheels("second", "1.0", OLD), [])},
        "behind": {"1.0": (wheels("behind", "1.0", OLD), [])},
    }
    (answer,) = ask(packages, "first\nsecond", WINDOWS)
    assert answer.verdict is ProjectVerdict.NO_GO
    assert set(answer.blockers) == {"first", "second", "behind"}
    assert package(answer, "behind").provenance.paths == (("first", "behind"),)
    assert package(answer, "first").severity == "critical"


def test_a_marker_that_does_not_hold_makes_a_requirement_inactive_there_only() -> None:
    packages: dict[str, Releases] = {"loop": {"1.0": (wheels("loop", "1.0", "cp313-cp313-manylinux_2_17_x86_64"), [])}}
    linux, windows = ask(packages, 'loop; sys_platform != "win32"', LINUX, WINDOWS)
    assert linux.verdict is ProjectVerdict.GO
    assert windows.verdict is ProjectVerdict.GO
    assert package(windows, "loop").availability == "inactive"
    assert sum(windows.counts.values()) == 0


def test_a_package_that_was_not_polled_is_unknown_and_so_is_the_project() -> None:
    (answer,) = ask({}, "never-heard-of", LINUX)
    assert answer.verdict is ProjectVerdict.UNKNOWN
    assert package(answer, "never-heard-of").verdict == "unknown"
    assert package(answer, "never-heard-of").reason == PackageReason(ReasonKind.NOT_POLLED)
    assert package(answer, "never-heard-of").is_pending


def test_a_release_whose_needs_are_not_known_leaves_the_project_unknown_and_is_asked_for() -> None:
    on = targets(LINUX)
    index = SmallIndex({"plain": {"1.0": (pure("plain", "1.0"), None)}}, on)
    request = AssessmentRequest(requirements("plain==1.0"), on, BuildPolicy(), NOW)
    resolved = resolve_targets(request, index.snapshot)
    assert [(name, str(version)) for name, version in missing_in(resolved).releases] == [("plain", "1.0")]
    (answer,) = explain_targets(request, resolved, index.snapshot, WheelExplanations(index.files_of))
    assert answer.verdict is ProjectVerdict.UNKNOWN


def test_requirements_that_contradict_each_other_are_a_conflict_with_both_sides() -> None:
    packages: dict[str, Releases] = {
        "left": {"1.0": (pure("left", "1.0"), ["shared<2"])},
        "right": {"1.0": (pure("right", "1.0"), ["shared>=2"])},
        "shared": {"1.0": (pure("shared", "1.0"), []), "2.0": (pure("shared", "2.0"), [])},
    }
    (answer,) = ask(packages, "left==1.0\nright==1.0", LINUX)
    assert answer.verdict is ProjectVerdict.NO_GO
    assert answer.conflict is not None
    assert answer.conflict.exhausted == "shared"
    assert [line.requirement for line in answer.conflict.lines][-2:] == ["shared<2", "shared>=2"]
    edits = [edit for way in answer.conflict.relaxations for edit in way.edits]
    assert [(edit.before, edit.source, edit.line) for edit in edits] == [
        ("left==1.0", "requirements.txt", 1),
        ("right==1.0", "requirements.txt", 2),
    ]
    assert [line.line for line in answer.conflict.lines] == [1, 2, None, None]


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        (SourcePolicy.NEVER, ProjectVerdict.NO_GO),
        (SourcePolicy.PURE, ProjectVerdict.NO_GO),
        (SourcePolicy.ANY, ProjectVerdict.GO),
    ],
)
def test_a_compiled_sdist_counts_only_where_the_policy_takes_builds(
    policy: SourcePolicy, verdict: ProjectVerdict
) -> None:
    packages: dict[str, Releases] = {"fast": {"1.0": ([*wheels("fast", "1.0", OLD), "fast-1.0.tar.gz"], [])}}
    (answer,) = ask(packages, "fast==1.0", WINDOWS, policy=BuildPolicy(policy))
    assert package(answer, "fast").availability == "source"
    assert answer.verdict is verdict


def test_an_sdist_that_nobody_looked_into_is_unknown_never_ready() -> None:
    packages: dict[str, Releases] = {"dark": {"1.0": (["dark-1.0.tar.gz"], [])}}
    (answer,) = ask(packages, "dark==1.0", WINDOWS)
    assert package(answer, "dark").verdict == "unknown"
    assert answer.verdict is ProjectVerdict.UNKNOWN


def test_a_blocked_package_has_what_its_newest_release_lacks() -> None:
    tall = "cp313-cp313-manylinux_2_39_x86_64"
    packages: dict[str, Releases] = {
        "tall": {"1.0": (wheels("tall", "1.0", OLD), []), "2.0": (wheels("tall", "2.0", tall), [])}
    }
    (answer,) = ask(packages, "tall==1.0", LINUX)
    found = package(answer, "tall")
    assert found.verdict is Verdict.BLOCKED
    assert found.reason.files is not None
    assert found.reason.files.mismatch is not None
    assert found.reason.files.mismatch.kind is MismatchKind.SYSTEM
    assert found.newest_mismatch is not None
    assert found.newest_mismatch.version == "2.0"
    assert found.newest_mismatch.reason.files is not None
    mismatch = found.newest_mismatch.reason.files.mismatch
    assert mismatch is not None
    assert (mismatch.kind, mismatch.floor, mismatch.need) == (MismatchKind.FLOOR, (2, 39), "2.28")


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


MANIFEST = b"app==1.0\n"
BARE = b"# This file is autogenerated by pip-compile with Python 3.12\napp==1.0\nlib==1.0\n"
COMPILED = BARE.replace(b"app==1.0", b"app==1.0  # via -r a.in").replace(b"lib==1.0", b"lib==1.0  # via app")


@pytest.mark.parametrize(
    ("files", "direct"),
    [
        ({"compiled.txt": BARE}, {"app": None, "lib": None}),
        ({"compiled.txt": COMPILED}, {"app": True, "lib": False}),
        ({"requirements.txt": MANIFEST}, {"app": True, "lib": False}),
        ({"requirements.txt": MANIFEST, "compiled.txt": BARE}, {"app": True, "lib": False}),
    ],
)
def test_a_package_is_direct_or_transitive_only_where_a_file_says_so(
    files: dict[str, bytes], direct: dict[str, bool | None]
) -> None:
    packages: dict[str, Releases] = {
        "app": {"1.0": (wheels("app", "1.0", OLD), ["lib"]), "1.1": (pure("app", "1.1"), ["lib"])},
        "lib": {"1.0": (wheels("lib", "1.0", OLD), []), "1.1": (pure("lib", "1.1"), [])},
    }
    on = targets(WINDOWS)
    request = AssessmentRequest(read(files, list(files)).requirements, on, BuildPolicy(), NOW)
    index = SmallIndex(packages, on)
    (answer,) = explain_targets(
        request, resolve_targets(request, index.snapshot), index.snapshot, WheelExplanations(index.files_of)
    )
    assert {one.name: one.provenance.direct for one in answer.packages} == direct


@pytest.mark.parametrize(
    "address", ["https://files.example/thing-1.0.tar.gz", "git+https://files.example/thing.git@main", "./thing"]
)
def test_a_package_from_elsewhere_is_not_judged_and_the_rest_gets_its_verdict(address: str) -> None:
    packages: dict[str, Releases] = {"plain": {"1.0": (pure("plain", "1.0"), [])}}
    (answer,) = ask(packages, f"plain==1.0\nthing @ {address}", LINUX)
    assert package(answer, "plain").verdict == "ready"
    assert package(answer, "thing").verdict == "not-judged"
    assert package(answer, "thing").reason == PackageReason(ReasonKind.NOT_FROM_INDEX, address)
    assert answer.verdict is ProjectVerdict.CONDITIONAL


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


def test_a_set_of_which_nothing_can_be_judged_is_unknown() -> None:
    (answer,) = ask({}, "thing @ git+https://files.example/thing.git", LINUX)
    assert answer.verdict is ProjectVerdict.UNKNOWN


@pytest.mark.parametrize(
    ("tag", "availability", "verdict"),
    [
        ("py3-none-any", "pure", ProjectVerdict.GO),
        ("cp313-cp313-manylinux_2_17_x86_64", "native", ProjectVerdict.GO),
        ("cp313-cp313-win_amd64", "none", ProjectVerdict.NO_GO),
    ],
)
def test_a_wheel_from_elsewhere_is_judged_by_its_file_name(
    tag: str, availability: str, verdict: ProjectVerdict
) -> None:
    (answer,) = ask({}, f"thing @ https://files.example/thing-1.0-{tag}.whl", LINUX)
    assert package(answer, "thing").availability == availability
    assert package(answer, "thing").version == "1.0"
    assert answer.verdict is verdict


def test_a_pin_that_the_index_does_not_have_is_absent_and_says_so() -> None:
    (answer,) = ask({"plain": {"2.0": (pure("plain", "2.0"), [])}}, "plain==1.0", LINUX)
    assert package(answer, "plain").availability == "absent"
    assert package(answer, "plain").verdict == "upgrade"
    assert package(answer, "plain").first_available == AvailableVersion("2.0", "plain-2.0-py3-none-any.whl", LONG_AGO)


@pytest.mark.parametrize("text", ["six==1.17.0\nsix==1.16.0", "six==1.16.0\nsix==1.17.0"])
def test_two_pins_of_a_package_are_a_conflict_and_one_change_in_either_order(text: str) -> None:
    packages: dict[str, Releases] = {"six": {version: (pure("six", version), []) for version in ("1.16.0", "1.17.0")}}
    (answer,) = ask(packages, text, LINUX)
    assert answer.verdict is ProjectVerdict.CONDITIONAL
    assert answer.conflict is not None
    assert answer.plan is not None
    changes = [(change.name, str(change.before), str(change.after)) for change in answer.plan.changes]
    assert changes == [("six", "1.16.0", "1.17.0")]


def test_metadata_that_pip_refuses_is_no_reason_for_uv_and_the_package_is_not_ready() -> None:
    packages: dict[str, Releases] = {
        "text": {"1.6.5": (pure("text", "1.6.5"), ["message (<=0.29.*)"])},
        "message": {"0.28": (pure("message", "0.28"), []), "0.30": (pure("message", "0.30"), [])},
    }
    (answer,) = ask(packages, "text==1.6.5", LINUX)
    assert package(answer, "text").verdict == "degraded"
    assert package(answer, "text").refused_requirement == "message (<=0.29.*)"
    assert package(answer, "message").version == "0.28"


def test_a_package_names_the_groups_that_bring_it() -> None:
    text = '[project]\nname = "own"\nversion = "1"\ndependencies = ["shell==1.0"]\n[dependency-groups]\ndev = ["top"]\n'
    parsed = read({"pyproject.toml": text.encode()}, ["pyproject.toml"])
    packages = {**CORE, "top": {"1.0": (pure("top", "1.0"), ["core"])}}
    on = targets(LINUX)
    request = AssessmentRequest(select(parsed, ["dev"], []), on, BuildPolicy(), NOW)
    index = SmallIndex(packages, on, request.foreign)
    (answer,) = explain_targets(
        request, resolve_targets(request, index.snapshot), index.snapshot, WheelExplanations(index.files_of)
    )
    assert {one.name: one.provenance.groups for one in answer.packages} == {
        "shell": ("",),
        "top": ("dev",),
        "core": ("", "dev"),
    }


def test_a_plan_moves_past_a_version_that_a_constraint_excludes() -> None:
    (limit,) = requirements("core!=2.0\n")
    on = targets(WINDOWS)
    asked = [*requirements("core==1.0\n"), replace(limit, constraint=True)]
    index = SmallIndex(CORE, on)
    resolved = resolve_targets(AssessmentRequest(asked, on, BuildPolicy(), NOW), index.snapshot)
    assert resolved[0].plan is not None
    assert [str(change.after) for change in resolved[0].plan.changes] == ["3.0"]


UNREAD: dict[str, Releases] = {
    "core": {"1.0": (wheels("core", "1.0", OLD), []), "2.0": (pure("core", "2.0"), None)},
    "closed": {"1.0": (wheels("closed", "1.0", OLD), [])},
}


def test_a_target_whose_plan_hangs_on_a_release_that_was_not_read_names_it() -> None:
    (answer,) = ask(UNREAD, "core==1.0", WINDOWS)
    assert answer.verdict is ProjectVerdict.UNKNOWN
    assert headline(answer).endswith("is not complete: what core 2.0 requires was not read yet.")


def test_where_no_set_holds_whatever_was_not_read_requires_the_target_is_no_go() -> None:
    (answer,) = ask(UNREAD, "core==1.0\nclosed", WINDOWS)
    assert (answer.verdict, package(answer, "closed").verdict) == (ProjectVerdict.NO_GO, Verdict.BLOCKED)
