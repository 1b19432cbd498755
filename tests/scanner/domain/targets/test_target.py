from contextlib import suppress
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker
from packaging.version import Version

from scanner.domain.targets.catalogue import CATALOGUE, DEFAULT_TARGETS, SAMPLE_TARGETS
from scanner.domain.targets.platform_tags import System, parse_platform_tag
from scanner.domain.targets.platforms import ARCHITECTURES, parse_platform
from scanner.domain.targets.pythons import PYTHON_BRANCHES, PYTHONS, find_python
from scanner.domain.targets.target import UnknownTarget, parse_target


def test_every_python_has_its_own_slug_and_a_calendar() -> None:
    assert len({python.slug for python in PYTHONS}) == len(PYTHONS)
    for python in PYTHONS:
        assert find_python(python.slug) is python
        assert python.version in PYTHON_BRANCHES
        assert Version(python.full_version).release[:2] == python.version
        assert len(python.release.release) == 3
        assert python.is_prerelease is (PYTHON_BRANCHES[python.version].released is None)


def test_the_pythons_that_teams_ask_for_are_there() -> None:
    slugs = {python.slug for python in PYTHONS}
    assert slugs >= {f"cp3{minor}" for minor in range(7, 17)}
    assert slugs >= {"cp313t", "cp314t", "cp315t", "cp316t", "pp39", "pp310", "pp311", "graalpy311", "graalpy312"}
    assert find_python("cp312t") is None


def test_a_branch_ends_five_years_after_it_began() -> None:
    for branch in PYTHON_BRANCHES.values():
        if branch.released and branch.end_of_life:
            assert branch.end_of_life.year - branch.released.year == 5


def test_catalogue_targets_are_distinct_and_come_back_from_their_slugs() -> None:
    assert len(CATALOGUE) >= 120
    assert len({target.slug for target in CATALOGUE}) == len(CATALOGUE)
    for target in CATALOGUE:
        assert parse_target(target.slug) is target


def test_the_catalogue_has_every_system_and_the_usual_floors() -> None:
    assert {target.platform.system for target in CATALOGUE} == set(System)
    floors = {t.platform.slug for t in CATALOGUE if t.python.slug == "cp314" and t.platform.system is System.GLIBC}
    assert floors >= {f"manylinux_2_{floor}_{arch}" for floor in (17, 28, 34, 39) for arch in ("x86_64", "aarch64")}
    assert {t.platform.architecture for t in CATALOGUE if t.platform.system is System.GLIBC} >= {
        "i686", "armv7l", "ppc64le", "s390x", "riscv64",
    }  # fmt: skip


def test_the_sample_is_six_pythons_on_six_platforms_of_the_catalogue() -> None:
    assert [target.slug for target in SAMPLE_TARGETS] == [
        f"{python}-{platform}"
        for python, platform in product(
            ("cp311", "cp312", "cp313", "cp314", "cp314t", "cp315"),
            (
                "manylinux_2_28_x86_64",
                "manylinux_2_28_aarch64",
                "musllinux_1_2_x86_64",
                "macosx_14_0_arm64",
                "win_amd64",
                "win_arm64",
            ),
        )
    ]
    assert set(SAMPLE_TARGETS) | set(DEFAULT_TARGETS) <= set(CATALOGUE)


@pytest.mark.parametrize(
    ("slug", "label", "first", "last"),
    [
        (
            "cp313-manylinux_2_28_x86_64",
            "Python 3.13 on Linux x86-64 (glibc 2.28)",
            "cp313-cp313-linux_x86_64",
            "py30-none-any",
        ),
        ("cp313-win_amd64", "Python 3.13 on Windows x64", "cp313-cp313-win_amd64", "py30-none-any"),
        ("cp314t-win_arm64", "Python 3.14t on Windows arm64", "cp314-cp314t-win_arm64", "py30-none-any"),
        (
            "cp315-macosx_14_0_arm64",
            "Python 3.15 on macOS arm64 (14+)",
            "cp315-cp315-macosx_14_0_arm64",
            "py30-none-any",
        ),
        (
            "cp312-musllinux_1_2_aarch64",
            "Python 3.12 on Alpine arm64 (musl 1.2)",
            "cp312-cp312-linux_aarch64",
            "py30-none-any",
        ),
        (
            "pp311-manylinux_2_28_x86_64",
            "PyPy 3.11 on Linux x86-64 (glibc 2.28)",
            "pp311-pypy311_pp80-linux_x86_64",
            "py30-none-any",
        ),
        (
            "graalpy312-manylinux_2_28_x86_64",
            "GraalPy 3.12 on Linux x86-64 (glibc 2.28)",
            "graalpy312-graalpy250_312_native-linux_x86_64",
            "py30-none-any",
        ),
        ("cp37-win_amd64", "Python 3.7 on Windows x64", "cp37-cp37m-win_amd64", "py30-none-any"),
        (
            "cp314-android_24_arm64_v8a",
            "Python 3.14 on Android arm64 (API 24+)",
            "cp314-cp314-android_24_arm64_v8a",
            "py30-none-any",
        ),
    ],
)
def test_a_target_has_a_name_and_an_order_of_tags(slug: str, label: str, first: str, last: str) -> None:
    target = parse_target(slug)
    assert (target.label, target.tags[0], target.tags[-1]) == (label, first, last)


@pytest.mark.parametrize(
    ("slug", "supported", "refused"),
    [
        ("manylinux_2_17_x86_64", "manylinux2014_x86_64 manylinux1_x86_64", "manylinux_2_18_x86_64"),
        ("manylinux_2_12_x86_64", "manylinux2010_x86_64 manylinux_2_5_x86_64", "manylinux2014_x86_64"),
        ("manylinux_2_28_aarch64", "manylinux2014_aarch64 linux_aarch64", "manylinux_2_16_aarch64"),
        ("manylinux_2_31_armv7l", "manylinux2014_armv7l linux_armv7l", "manylinux_2_5_armv7l linux_armv6l"),
        ("musllinux_1_2_x86_64", "musllinux_1_1_x86_64 linux_x86_64", "musllinux_1_3_x86_64 manylinux1_x86_64"),
        ("musllinux_1_1_x86_64", "musllinux_1_1_x86_64", "musllinux_1_2_x86_64"),
        ("macosx_14_0_arm64", "macosx_11_0_arm64 macosx_10_9_universal2", "macosx_15_0_arm64 macosx_10_9_x86_64"),
        ("macosx_14_0_x86_64", "macosx_10_9_x86_64 macosx_10_6_intel", "macosx_11_0_arm64 macosx_14_4_x86_64"),
        ("ios_13_0_arm64_iphoneos", "ios_12_0_arm64_iphoneos", "ios_14_0_arm64_iphoneos"),
        ("android_24_arm64_v8a", "android_21_arm64_v8a", "android_26_arm64_v8a android_21_x86_64"),
        ("win32", "win32", "win_amd64 win_arm64"),
    ],
)
def test_a_platform_supports_what_its_floor_promises(slug: str, supported: str, refused: str) -> None:
    platform = parse_platform(slug)
    assert set(supported.split()) <= set(platform.tags)
    assert not set(refused.split()) & set(platform.tags)


@pytest.mark.parametrize(
    ("slug", "expected"),
    [
        ("cp313-win_amd64", "os_name == 'nt' and sys_platform == 'win32' and platform_machine == 'AMD64'"),
        ("cp313-win_arm64", "platform_system == 'Windows' and platform_machine == 'ARM64'"),
        ("cp313-macosx_14_0_arm64", "platform_system == 'Darwin' and platform_machine == 'arm64'"),
        ("cp313-manylinux_2_28_aarch64", "sys_platform == 'linux' and platform_machine == 'aarch64'"),
        ("cp313-musllinux_1_2_x86_64", "platform_system == 'Linux' and platform_machine == 'x86_64'"),
        ("pp311-win_amd64", "implementation_name == 'pypy' and platform_python_implementation == 'PyPy'"),
        ("pp311-win_amd64", "implementation_version >= '8' and python_version == '3.11'"),
        ("graalpy312-win_amd64", "implementation_name == 'graalpy' and platform_python_implementation == 'GraalVM'"),
        # Reported of GraalPy 24.1 (its issue 487); of 25.0 its list of changes says so.
        ("graalpy311-win_amd64", "implementation_version == '3.11.7a0' and python_full_version == '3.11.7'"),
        ("graalpy312-win_amd64", "implementation_version >= '25' and python_full_version == '3.12.8'"),
        ("cp314t-win_amd64", "python_version == '3.14' and python_full_version > '3.14.0'"),
        ("cp316-win_amd64", "python_full_version < '3.16.0b1' and python_version == '3.16'"),
        ("cp314-ios_13_0_arm64_iphoneos", "sys_platform == 'ios' and platform_system == 'iOS'"),
        ("cp314-android_24_arm64_v8a", "sys_platform == 'android' and platform_machine == 'aarch64'"),
        ("cp313-pyodide_2025_0_wasm32", "sys_platform == 'emscripten' and platform_machine == 'wasm32'"),
    ],
)
def test_markers_see_what_the_real_machine_shows(slug: str, expected: str) -> None:
    environment = dict(parse_target(slug).marker_environment)
    assert Marker(expected).evaluate({**environment, "extra": ""})


def test_the_marker_environment_is_whole_and_says_nothing_about_this_server() -> None:
    for target in CATALOGUE:
        environment = target.marker_environment
        assert set(environment) == {
            "implementation_name", "implementation_version", "os_name", "platform_machine", "platform_release",
            "platform_python_implementation", "platform_system", "platform_version", "python_full_version",
            "python_version", "sys_platform",
        }  # fmt: skip
        assert (environment["platform_release"], environment["platform_version"]) == ("", "")


@pytest.mark.parametrize(
    ("slug", "canonical"),
    [
        ("cp313-manylinux2014_x86_64", "cp313-manylinux_2_17_x86_64"),
        (" CP313-Win_AMD64 ", "cp313-win_amd64"),
        ("cp313-macosx_014_0_arm64", "cp313-macosx_14_0_arm64"),
    ],
)
def test_another_spelling_means_the_same_target(slug: str, canonical: str) -> None:
    assert parse_target(slug) == parse_target(canonical)
    assert parse_target(slug).slug == canonical


@pytest.mark.parametrize(
    ("slug", "reason"),
    [
        ("", "PYTHON-PLATFORM"),
        ("cp313", "PYTHON-PLATFORM"),
        ("cp299-win_amd64", "'cp299' is not a known Python"),
        ("cp312t-win_amd64", "cp312t"),
        ("cp313-beos_x86", "not a platform"),
        ("cp313-linux_x86_64", "not a platform"),
        ("cp313-macosx_14_0_universal2", "macOS targets have one of arm64, x86_64"),
        ("cp313-macosx_10_15_arm64", "no Python runs on macOS 10.15 on arm64"),
        ("cp313-manylinux_2_5_aarch64", "no Python runs on Linux 2.5 on aarch64"),
        ("cp313-manylinux_2_9999_x86_64", "no Python runs on Linux 2.9999"),
        ("cp313-android_9999_x86_64", "no Python runs"),
        ("cp313-manylinux_2_28_sparc", "Linux targets have one of"),
    ],
)
def test_a_slug_that_no_target_has_is_refused_with_the_reason(slug: str, reason: str) -> None:
    with pytest.raises(UnknownTarget) as caught:
        parse_target(slug)
    assert reason in caught.value.reason
    assert caught.value.slug == slug
    assert reason in str(caught.value)


@given(st.text(max_size=40))
def test_no_slug_fails_in_another_way(slug: str) -> None:
    with suppress(UnknownTarget):
        assert parse_target(slug).slug


@given(st.text(alphabet="0123456789_abcdefghilmnoprsuwxy", max_size=40))
def test_no_platform_tag_raises(tag: str) -> None:
    read = parse_platform_tag(tag)
    assert read is None or read.architectures


@given(
    st.sampled_from(["manylinux_2_{}_x86_64", "manylinux_2_{}_riscv64", "macosx_{}_0_arm64", "android_{}_x86_64"]),
    st.integers(17, 60),
    st.integers(0, 30),
)  # fmt: skip
def test_a_higher_floor_supports_all_that_a_lower_one_does(form: str, floor: int, more: int) -> None:
    lower, higher = parse_platform(form.format(floor)), parse_platform(form.format(floor + more))
    assert set(lower.tags) <= set(higher.tags)


def test_every_architecture_is_reachable_by_a_slug() -> None:
    forms = {
        System.GLIBC: "manylinux_2_28_{}",
        System.MUSL: "musllinux_1_2_{}",
        System.MACOS: "macosx_14_0_{}",
        System.EMSCRIPTEN: "pyodide_2025_0_{}",
        System.IOS: "ios_13_0_{}",
        System.ANDROID: "android_24_{}",
    }
    for system, form in forms.items():
        for architecture in ARCHITECTURES[system]:
            platform = parse_platform(form.format(architecture))
            assert platform.slug == form.format(architecture)
            assert platform.slug in platform.tags
            assert platform.markers.platform_machine
