"""The judgement of each package of a closure, on a small index in memory."""

import pytest

from projects.domain.assessment.package_result import AvailableVersion
from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.domain.assessment.verdicts import ProjectVerdict
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from tests.projects.domain.assessment.small_assessment import LINUX, OLD, WINDOWS, ask, package
from tests.projects.known import LONG_AGO, Releases, pure, wheels


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


def test_metadata_that_pip_refuses_is_no_reason_for_uv_and_the_package_is_not_ready() -> None:
    packages: dict[str, Releases] = {
        "text": {"1.6.5": (pure("text", "1.6.5"), ["message (<=0.29.*)"])},
        "message": {"0.28": (pure("message", "0.28"), []), "0.30": (pure("message", "0.30"), [])},
    }
    (answer,) = ask(packages, "text==1.6.5", LINUX)
    assert package(answer, "text").verdict == "degraded"
    assert package(answer, "text").refused_requirement == "message (<=0.29.*)"
    assert package(answer, "message").version == "0.28"
