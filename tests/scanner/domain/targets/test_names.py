"""Targets by the names that people use."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.targets.catalogue import CATALOGUE
from scanner.domain.targets.images import find_image
from scanner.domain.targets.names import find_target, named_targets, target_name
from scanner.domain.targets.runtimes import RUNTIMES
from scanner.domain.targets.target import UnknownTarget

X86, ARM = "x86_64", "aarch64"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("cp313-win_amd64", "cp313-win_amd64"),
        ("3.14 on alpine-arm64", f"cp314-musllinux_1_2_{ARM}"),
        ("3.14t on windows-arm64", "cp314t-win_arm64"),
        ("3.7 on linux", f"cp37-manylinux_2_28_{X86}"),
        ("pypy3.11 on linux-arm64", f"pp311-manylinux_2_28_{ARM}"),
        ("GraalPy 3.12 on macOS", "graalpy312-macosx_14_0_arm64"),
        ("graalpy-3.12 on linux", f"graalpy312-manylinux_2_28_{X86}"),
        ("Python 3.14 on Linux x86-64 (glibc 2.28)", f"cp314-manylinux_2_28_{X86}"),
        ("3.14 on manylinux_2_17_x86_64", f"cp314-manylinux_2_17_{X86}"),
        ("cp313-alpine", f"cp313-musllinux_1_2_{X86}"),
        ("3.12 on pyodide", "cp312-pyodide_2024_0_wasm32"),
        ("python:3.13-slim", f"cp313-manylinux_2_41_{X86}"),
        ("python:3.12.4-slim-bookworm linux/arm64", f"cp312-manylinux_2_36_{ARM}"),
        ("python:3.14-alpine3.22 on arm64", f"cp314-musllinux_1_2_{ARM}"),
        ("python:3.13-windowsservercore-ltsc2022", "cp313-win_amd64"),
        ("lambda-3.11", f"cp311-manylinux_2_26_{X86}"),
        ("lambda-3.13-arm64", f"cp313-manylinux_2_34_{ARM}"),
        ("public.ecr.aws/lambda/python:3.12", f"cp312-manylinux_2_34_{X86}"),
        # A system alone has its own Python, else the newest final one.
        ("ubuntu-24.04", f"cp312-manylinux_2_39_{X86}"),
        ("Ubuntu 24.04 on arm64", f"cp312-manylinux_2_39_{ARM}"),
        ("rhel-8", f"cp312-manylinux_2_28_{X86}"),
        ("windows", "cp315-win_amd64"),
        ("Windows 11", "cp315-win_amd64"),
        ("macos-14", "cp315-macosx_14_0_arm64"),
        ("macOS 14 on Intel", "cp315-macosx_14_0_x86_64"),
        ("3.13 on rocky 9", f"cp313-manylinux_2_34_{X86}"),
    ],
)
def test_a_name_stands_for_one_target(name: str, slug: str) -> None:
    assert find_target(name).slug == slug


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("windoes", "windows"),
        ("ubuntu-25.04", "ubuntu-24.04"),
        ("3.14 on ubunut-24.04", "3.14 on ubuntu-24.04"),
        ("3.99 on alpine", "3.9 on alpine"),
        ("cp313-win_amd46", "cp313-win_amd64"),
        ("3.14", "3.14 on linux"),
        ("python:3.13-slm", "python:3.13-slim"),
        ("graalpy", "graalpy3.13 on linux"),
        ("graalpy-3.12", "graalpy-3.12 on linux"),
        ("pypy", "pypy3.12 on linux"),
        ("graalpy3.12 on windwos", "graalpy3.12 on windows"),
    ],
)
def test_an_unknown_name_gets_the_nearest_ones(text: str, nearest: str) -> None:
    with pytest.raises(UnknownTarget) as error:
        find_target(text)
    assert error.value.nearest[0] == nearest
    assert nearest in str(error.value)


@pytest.mark.parametrize("text", ["graalpy", "graalpy-9", "graal 3.13", "pypi3.11-windows"])
def test_names_of_other_implementations_are_those_of_their_platforms(text: str) -> None:
    with pytest.raises(UnknownTarget) as error:
        find_target(text)
    assert {*error.value.nearest} <= {name for one in named_targets() for name in (one.target.slug, one.name)}


def test_every_listed_name_is_taken_and_no_two_targets_share_one() -> None:
    listed = [(name, one.target) for one in named_targets() for name in (one.target.slug, one.name, *one.aliases)]
    assert len({name for name, _ in listed}) == len(listed)
    for name, target in listed:
        assert find_target(name) is target


def test_labels_of_pages_are_names() -> None:
    for target in CATALOGUE:
        # The same Python twice: the newer ABI has the plain label.
        assert target_name(find_target(target.label)) == target_name(target)
    for runtime in RUNTIMES:
        for name in runtime.names:
            assert find_target(f"3.13 on {name}").platform == runtime.platform


@pytest.mark.parametrize("text", ["", "3.13 on", " on windows", "python:3.13-nosuch", "lambda-2.7", "x" * 10_000])
def test_what_names_nothing_is_refused(text: str) -> None:
    with pytest.raises(UnknownTarget):
        find_target(text)


@given(st.one_of(st.text(max_size=40), st.from_regex(r"[a-z0-9.:\- ]{1,30}( on [a-z0-9.\-]{1,20})?", fullmatch=True)))
def test_any_text_is_a_target_or_unknown(text: str) -> None:
    find_image(text)
    with suppress(UnknownTarget):
        target = find_target(text)
        assert find_target(target.slug) is target
