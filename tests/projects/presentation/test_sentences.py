"""What people read of a package's result. Each sentence is asserted here, and nowhere else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.assessment.package_result import NewestMismatch, PackageResult
from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.domain.assessment.verdicts import Verdict
from projects.languages import speak
from projects.presentation.advice import advise
from projects.presentation.sentences import describe_cause, describe_flags, describe_reason, expected_error
from scanner.domain.matching.availability import Availability
from scanner.domain.matching.reason import MismatchKind, WheelMismatch
from tests.cast import LINUX_313, WINDOWS_313, files_reason, make_package

TALL = files_reason(Availability.NONE, WheelMismatch(MismatchKind.FLOOR, ("glibc 2.39",), "2.28", floor=(2, 39)))
details = st.sampled_from([None, "pure", "compiled", "compiled: Rust", "unseen"])


def test_a_blocked_package_says_what_its_newest_version_lacks() -> None:
    package = make_package("orjson", "blocked", newest_mismatch=NewestMismatch("3.13.0", TALL))
    assert describe_reason(package) == (
        "no wheel for cp313; has cp38 to cp312; the newest, 3.13.0: needs glibc 2.39, target has 2.28"
    )
    assert describe_cause(package) == "orjson 3.13.0: needs glibc 2.39, target has 2.28"
    same = make_package("orjson", "blocked")
    assert describe_reason(same) == "no wheel for cp313; has cp38 to cp312"
    assert describe_cause(same) == "orjson: no wheel for cp313"
    gone = make_package("gone", "blocked", newest_mismatch=None, reason=PackageReason(ReasonKind.NO_PACKAGE))
    assert describe_cause(gone) == "gone: the index has no such package"


@pytest.mark.parametrize(
    ("package", "text"),
    [
        (make_package("a"), "Nothing to do."),
        (make_package("a", "inactive"), "Nothing to do."),
        (make_package("a", "upgrade"), "Move a to 9.0 or later: the first version that installs here."),
        (
            make_package("a", "unknown", availability=Availability.SOURCE),
            "Only an sdist is offered, and what its build needs is unknown: build it once, or ask for a wheel.",
        ),
        (make_package("a", "unknown"), "Wait for the index to be read; an unknown package never counts as ready."),
        (
            make_package("a", "degraded"),
            "It installs, without its compiled part: measure whether the speed matters to you.",
        ),
        (
            make_package("a", "degraded", availability=Availability.SOURCE, build_detail="pure"),
            "It installs from source; the build needs no compiler.",
        ),
        (
            make_package("a", "degraded", availability=Availability.SOURCE, build_detail="compiled: C"),
            "It installs from source. Building a 1.0 (C) needs the Microsoft C++ Build Tools.",
        ),
        (
            make_package("a", "blocked", availability=Availability.ABSENT),
            "Check the name and the index: it offers no such version, and none that helps.",
        ),
        (
            make_package("a", "blocked", may_get_files=True),
            "Watch it: the newest release may still get wheels; otherwise wait for a new release.",
        ),
        (
            make_package("a", "blocked"),
            "Watch it: only a new release can have a wheel for it; until then replace the package or stay.",
        ),
    ],
)
def test_each_state_says_what_to_do(package: PackageResult, text: str) -> None:
    assert advise(package, WINDOWS_313) == text


def test_a_package_that_only_lacks_a_newer_libc_says_where_it_installs() -> None:
    package = make_package("tall", "blocked", newest_mismatch=NewestMismatch("1.0", TALL))
    advice = advise(package, LINUX_313)
    assert "glibc 2.39 or newer may move today (Ubuntu 24.04 has it" in advice
    assert "glibc" not in advise(package, WINDOWS_313)
    assert "glibc" not in advise(package, "cp399-nowhere")


@given(st.sampled_from(Availability), details)
def test_an_error_is_expected_only_where_the_installation_of_wheels_fails(
    availability: Availability, detail: str | None
) -> None:
    error = expected_error(make_package("thing", Verdict.BLOCKED, availability=availability, build_detail=detail))
    if availability.installs_wheel or availability in (Availability.INACTIVE, Availability.UNKNOWN):
        assert error is None
    if availability in (Availability.NONE, Availability.EXCLUDED, Availability.ABSENT):
        assert error == "ERROR: No matching distribution found for thing==1.0"
    if availability is Availability.SOURCE and detail == "compiled: Rust":
        assert error == (
            "a source build (compiled: Rust); with --only-binary :all: "
            "ERROR: No matching distribution found for thing==1.0"
        )


def test_an_older_release_that_installs_is_taken_without_an_error() -> None:
    assert expected_error(make_package("thing", Verdict.HELD_BACK, availability=Availability.EXCLUDED)) is None


def test_what_a_build_needs_is_in_the_language_of_the_page() -> None:
    package = make_package("thing", Verdict.BLOCKED, availability=Availability.SOURCE, build_detail="compiled: Rust")
    with speak("de"):
        assert (expected_error(package) or "").startswith("ein Build aus dem Quelltext (kompiliert: Rust); mit ")


def test_a_package_that_the_standard_library_has_absorbed_is_flagged_on_known_targets() -> None:
    assert len(describe_flags(make_package("tomli"), LINUX_313)) == 1
    assert describe_flags(make_package("tomli"), "cp399-nowhere") == ()


_fields: dict[str, Any] = {"direct": None, "paths": [["a"], ["b", "a"]], "build_detail": "pure", "newest_version": "2"}


@pytest.mark.parametrize("verdict", Verdict)
def test_a_result_reads_back_what_it_writes(verdict: Verdict) -> None:
    for package in (make_package("a", verdict), make_package("a", verdict, **_fields, may_get_files=True)):
        assert PackageResult.from_json(package.to_json()) == package


@pytest.mark.parametrize(
    ("fields", "flag"),
    [
        ({"has_stated_needs": True}, "what it requires is from its sdist, and a build may say more"),
        (
            {"refused_requirement": "extract-msg (<=0.29.*)"},
            "pip 24.1 and newer refuse its metadata because of “extract-msg (<=0.29.*)”",
        ),
    ],
)
def test_what_the_metadata_leave_open_is_said_in_the_reason_and_as_a_flag(fields: dict[str, Any], flag: str) -> None:
    package = make_package("textract", "ready", **fields)
    assert describe_reason(package).endswith(f"; {flag}")
    assert flag in describe_flags(package, "cp313-win_amd64")
    assert PackageResult.from_json(package.to_json()) == package
