"""The nearest mismatch of a release on a target, and the sentence for it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.files.filenames import FileKind
from scanner.domain.matching.availability import ReleaseFileFacts
from scanner.domain.matching.explain import explain_cell
from scanner.domain.matching.floors import GlibcRequirement, GlibcSystem, glibc_requirement
from scanner.domain.matching.reason import AvailabilityReason, MismatchKind, WheelMismatch
from scanner.domain.matching.reason_text import MOST_NAMED, cause_text, glibc_text, reason_text
from scanner.domain.targets.catalogue import SAMPLE_TARGETS
from scanner.domain.targets.target import Target, parse_target


def file(what: str, requires_python: str | None = None) -> ReleaseFileFacts:
    if what in set(FileKind):
        return ReleaseFileFacts(f"foo-1.0.{what}", FileKind(what), None, (), requires_python)
    return ReleaseFileFacts(f"foo-1.0-{what}.whl", FileKind.WHEEL, what, (), requires_python)


def on(platform: str, *minors: int) -> str:
    return " ".join(f"cp3{minor}-cp3{minor}-{platform}" for minor in minors)


@pytest.mark.parametrize(
    ("slug", "files", "kind", "text"),
    [
        (
            "cp313-win_amd64",
            on("win_amd64", 7, 8, 9, 10, 11, 12),
            MismatchKind.PYTHON,
            "no wheel for cp313; has cp37 to cp312",
        ),
        ("cp313-win_amd64", on("win_amd64", 12), MismatchKind.PYTHON, "no wheel for cp313; has cp312"),
        (
            "cp313-win_amd64",
            "cp36-cp36m-win_amd64 cp37-cp37m-win_amd64 pp310-pypy310_pp73-win_amd64 " + on("win_amd64", 8),
            MismatchKind.PYTHON,
            "no wheel for cp313; has cp36 to cp38",
        ),
        ("cp313-win_amd64", "pp310-pypy310_pp73-win_amd64", MismatchKind.PYTHON, "no wheel for cp313; has pp310"),
        ("cp313-win_amd64", on("win_amd64", 9, 12), MismatchKind.PYTHON, "no wheel for cp313; has cp39 and cp312"),
        ("cp313-win_amd64", on("win_amd64", 12) + " sdist", MismatchKind.PYTHON, "no wheel for cp313; has cp312"),
        ("cp313-win_amd64", "cp314-abi3-win_amd64", MismatchKind.PYTHON, "no wheel for cp313; has cp314-abi3"),
        ("cp313-win_amd64", "py2-none-any", MismatchKind.PYTHON, "no wheel for cp313; has py2"),
        (
            "cp314t-win_amd64",
            "cp39-abi3-win_amd64",
            MismatchKind.PYTHON,
            "no wheel for cp314t; has cp39-abi3 (free-threaded builds load no abi3)",
        ),
        ("cp314t-win_amd64", "cp314-cp314-win_amd64", MismatchKind.PYTHON, "no wheel for cp314t; has cp314"),
        (
            "pp311-win_amd64",
            "pp311-pypy311_pp73-win_amd64 pp310-pypy310_pp73-win_amd64 cp39-abi3-win_amd64",
            MismatchKind.PYTHON,
            "no wheel for pypy311_pp80; has pypy311_pp73 (PyPy loads no stable-ABI wheel)",
        ),
        ("pp311-win_amd64", on("win_amd64", 11), MismatchKind.PYTHON, "no wheel for pp311; has cp311"),
        (
            "cp313-manylinux_2_28_x86_64",
            "cp313-cp313-manylinux_2_39_x86_64 cp313-cp313-manylinux_2_34_x86_64 " + on("manylinux_2_17_x86_64", 12),
            MismatchKind.FLOOR,
            "needs glibc 2.34, target has 2.28",
        ),
        ("cp313-macosx_14_0_arm64", on("macosx_15_0_arm64", 13), MismatchKind.FLOOR, "needs macOS 15, target has 14"),
        (
            "cp313-macosx_10_9_x86_64",
            on("macosx_10_13_x86_64", 13),
            MismatchKind.FLOOR,
            "needs macOS 10.13, target has 10.9",
        ),
        (
            "cp313-musllinux_1_1_x86_64",
            on("musllinux_1_2_x86_64", 13),
            MismatchKind.FLOOR,
            "needs musl 1.2, target has 1.1",
        ),
        (
            "cp314-android_24_arm64_v8a",
            on("android_26_arm64_v8a", 14),
            MismatchKind.FLOOR,
            "needs Android API 26, target has 24",
        ),
        (
            "cp313-manylinux_2_28_aarch64",
            on("manylinux_2_17_x86_64", 13) + " " + on("win_amd64", 13),
            MismatchKind.ARCHITECTURE,
            "no wheel for Linux arm64; has Linux x86-64",
        ),
        (
            "cp313-win_arm64",
            on("win_amd64", 13),
            MismatchKind.ARCHITECTURE,
            "no wheel for Windows arm64; has Windows x64",
        ),
        (
            "cp313-manylinux_2_28_x86_64",
            on("win_amd64", 13) + " " + on("macosx_11_0_arm64", 13),
            MismatchKind.SYSTEM,
            "only macOS and Windows wheels",
        ),
        (
            "cp313-musllinux_1_2_x86_64",
            on("manylinux2014_x86_64", 13),
            MismatchKind.SYSTEM,
            "only Linux (glibc) wheels",
        ),
        ("cp313-win_amd64", "cp313-cp313-beos_x86", MismatchKind.SYSTEM, "only beos_x86 wheels"),
        (
            "cp313-win_amd64",
            "egg wininst",
            MismatchKind.NOT_INSTALLABLE,
            "only egg and wininst files, which installers no longer take",
        ),
        ("cp313-win_amd64", "sdist", MismatchKind.NO_WHEEL, "only an sdist"),
    ],
)
def test_the_nearest_mismatch_is_found(slug: str, files: str, kind: MismatchKind, text: str) -> None:
    cell = explain_cell([file(each) for each in files.split()], parse_target(slug))
    assert cell.reason.mismatch is not None
    assert (cell.reason.mismatch.kind, reason_text(cell.reason)) == (kind, text)


def test_a_floor_is_kept_as_a_number() -> None:
    cell = explain_cell([file("cp313-cp313-manylinux_2_34_x86_64")], parse_target("cp313-manylinux_2_28_x86_64"))
    assert cell.reason.mismatch == WheelMismatch(
        MismatchKind.FLOOR, ("glibc 2.34",), "2.28", "foo-1.0-cp313-cp313-manylinux_2_34_x86_64.whl", (2, 34)
    )


def test_a_short_cause_names_what_is_missing_without_what_is_there_instead() -> None:
    stable = explain_cell([file("cp39-abi3-win_amd64")], parse_target("cp314t-win_amd64"))
    assert cause_text(stable.reason) == "no wheel for cp314t"
    tall = explain_cell([file("cp313-cp313-manylinux_2_34_x86_64")], parse_target("cp313-manylinux_2_28_x86_64"))
    assert cause_text(tall.reason) == "needs glibc 2.34, target has 2.28"
    plain = explain_cell([file("py3-none-any")], parse_target("cp313-win_amd64"))
    assert cause_text(plain.reason) == "a pure Python wheel"


def test_a_requires_python_that_refuses_is_named_with_the_release_it_refuses() -> None:
    cell = explain_cell([file("py3-none-any", ">=3.10")], parse_target("cp39-win_amd64"))
    assert cell.reason.mismatch is not None
    assert cell.reason.mismatch.kind is MismatchKind.REQUIRES_PYTHON
    assert reason_text(cell.reason) == f"Requires-Python >=3.10 refuses {parse_target('cp39-win_amd64').python.release}"


@pytest.mark.parametrize(
    ("slug", "files", "reason"),
    [
        ("cp313-win_amd64", "cp313-cp313-win_amd64", "a wheel for cp313-cp313-win_amd64"),
        ("cp313-win_amd64", "cp37-abi3-win_amd64", "cp37-abi3 serves CPython 3.7 and later"),
        ("cp316t-win_amd64", "cp315-abi3.abi3t-win_amd64", "cp315-abi3t serves free-threaded CPython 3.15 and later"),
        ("cp313-win_amd64", "py3-none-any", "a pure Python wheel"),
        (
            "cp313-win_amd64",
            "py3-none-any " + on("win_amd64", 10, 11, 12),
            "only the pure Python wheel fits; no wheel for cp313; has cp310 to cp312",
        ),
        ("cp313-win_amd64", "", "the index has no such release"),
    ],
)
def test_a_reason_names_the_wheel_that_serves(slug: str, files: str, reason: str) -> None:
    assert reason_text(explain_cell([file(each) for each in files.split()], parse_target(slug)).reason) == reason


def test_a_yank_and_an_ignored_requires_python_are_remarked() -> None:
    target = parse_target("cp313-win_amd64")
    ignored = explain_cell([file("py3-none-any", "3.9+")], target)
    assert ignored.reason.ignored_requires_python == "3.9+"
    assert reason_text(ignored.reason) == (
        "a pure Python wheel; its Requires-Python '3.9+' cannot be read and is ignored, as installers do"
    )
    yanked = explain_cell(
        [ReleaseFileFacts("foo-1.0-py3-none-any.whl", FileKind.WHEEL, "py3-none-any", yanked=True)], target
    )
    assert yanked.reason.yanked
    assert reason_text(yanked.reason) == "a pure Python wheel; yanked: only an exact pin takes it"


def test_a_hostile_number_of_tags_makes_no_endless_sentence() -> None:
    many = [file(f"cp3{minor}-cp3{minor}-win_amd64") for minor in range(100, 400, 2)]
    cell = explain_cell(many, parse_target("cp313-win_amd64"))
    assert cell.reason.mismatch is not None
    assert len(cell.reason.mismatch.have) == 150
    assert reason_text(cell.reason).endswith(f" and {150 - MOST_NAMED} more")


@pytest.mark.parametrize(
    ("target", "floor", "minor", "enough", "short"),
    [
        ("cp313-manylinux_2_28_x86_64", (2, 39), 39, "Ubuntu 24.04", "python:3.X-bookworm (Debian 12)"),
        ("cp313-manylinux_2_28_x86_64", (2, 90), 90, None, "python:3.X and python:3.X-slim (Debian 13)"),
        ("cp313-manylinux_2_28_s390x", (2, 34), 34, None, None),
    ],
)
def test_systems_on_both_sides_of_a_glibc_floor_are_found(
    target: str, floor: tuple[int, int], minor: int, enough: str | None, short: str | None
) -> None:
    found = glibc_requirement(WheelMismatch(MismatchKind.FLOOR, floor=floor), parse_target(target))
    assert found is not None
    names = [system and system.name for system in (found.lowest_enough, found.highest_short)]
    assert (found.minor, *names) == (minor, enough, short)


def test_only_a_glibc_floor_has_systems_on_both_sides() -> None:
    linux, macos = parse_target("cp313-manylinux_2_28_x86_64"), parse_target("cp313-macosx_14_0_arm64")
    assert glibc_requirement(None, linux) is None
    assert glibc_requirement(WheelMismatch(MismatchKind.PYTHON, ("cp312",), "cp313"), linux) is None
    assert glibc_requirement(WheelMismatch(MismatchKind.FLOOR, floor=(15, 0)), macos) is None


def test_the_sentence_on_a_glibc_floor_names_both_systems() -> None:
    requirement = GlibcRequirement(39, GlibcSystem("Ubuntu 24.04", 39), GlibcSystem("Debian 12", 36))
    assert glibc_text(requirement) == (
        "A machine with glibc 2.39 or newer may move today (Ubuntu 24.04 has it, Debian 12 has 2.36)."
    )
    assert glibc_text(GlibcRequirement(90, None, None)) == "A machine with glibc 2.90 or newer may move today."


tags = st.tuples(
    st.sampled_from(
        ["cp312-cp312", "cp313-cp313t", "py3-none", "cp9999-abi3", "xy-z", "pp311-pypy311_pp73", "py-none"]
    ),
    st.lists(
        st.sampled_from(["win_amd64", "manylinux_9_9_x86_64", "macosx_15_0_universal2", "any", "musllinux_1_2_riscv64"])
        | st.text("abcdefgh_0123456789", min_size=1, max_size=20),
        min_size=1,
        max_size=3,
    ),
)


@given(st.lists(tags, max_size=5), st.sampled_from(SAMPLE_TARGETS))
def test_there_is_a_reason_for_every_release_of_any_tags(found: list[tuple[str, list[str]]], target: Target) -> None:
    names = {f"{pair}-{'.'.join(platforms)}" for pair, platforms in found}
    cell = explain_cell([file(name) for name in names], target)
    assert reason_text(cell.reason)
    assert cause_text(cell.reason)
    assert (cell.reason.mismatch is None) is (cell.availability.value in {"native", "abi3", "pure", "absent"})
    stored = json.loads(json.dumps(cell.reason.to_json()))
    assert AvailabilityReason.from_json(stored) == cell.reason
