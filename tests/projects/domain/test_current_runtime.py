"""The Python and system that a project runs on, from the hints in its files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.current_runtime import find_current_runtime, likely_targets
from projects.domain.dependency_files.values import RuntimeHint
from projects.presentation.current_runtime import runtime_text
from scanner.domain.targets.target import parse_target


def hints(*signs: tuple[str, str, str]) -> list[RuntimeHint]:
    return [RuntimeHint(kind, value, source, 1) for kind, value, source in signs]


def image(value: str) -> list[RuntimeHint]:
    return hints(("image", value, "Dockerfile"))


@pytest.mark.parametrize(
    ("value", "python", "system", "first"),
    [
        ("python:3.11-slim", "cp311", "Debian", "cp311-manylinux_2_41_x86_64"),
        ("python:3.12.4-bookworm", "cp312", "Debian 12", "cp312-manylinux_2_36_x86_64"),
        ("hub.example/python:3.13-alpine3.20", "cp313", "Alpine", "cp313-musllinux_1_2_x86_64"),
        ("python:3.11 linux/arm64", "cp311", "Debian", "cp311-manylinux_2_41_aarch64"),
        ("python:3.11 $BUILDPLATFORM", "cp311", "Debian", "cp311-manylinux_2_41_x86_64"),
        ("python:3.8-slim", "cp38", "Debian", "cp38-manylinux_2_36_x86_64"),
        ("pypy:3.11", "pp311", "Debian", "pp311-manylinux_2_36_x86_64"),
        ("python:3.13-windowsservercore-ltsc2022", "cp313", "Windows", "cp313-win_amd64"),
        ("python:3.11@sha256:abc", "cp311", "Debian", "cp311-manylinux_2_41_x86_64"),
        ("r.example:5000/uv:python3.12-bookworm-slim", "cp312", "Debian 12", "cp312-manylinux_2_36_x86_64"),
        ("pypy:3.11-slim-bookworm", "pp311", "Debian 12", "pp311-manylinux_2_36_x86_64"),
        ("lambda.example/lambda/python:3.12", "cp312", "AWS Lambda", "cp312-manylinux_2_34_x86_64"),
        ("lambda.example/lambda/python:3.11", "cp311", "AWS Lambda", "cp311-manylinux_2_26_x86_64"),
    ],
)  # fmt: skip
def test_an_image_tells_python_and_system(value: str, python: str, system: str, first: str) -> None:
    runtime = find_current_runtime(image(value))
    assert runtime is not None
    assert ([one.slug for one in runtime.pythons], runtime.system) == ([python], system)
    assert runtime.sources == ("Dockerfile",)
    assert runtime.targets[0] == first


def test_the_last_stage_is_what_runs() -> None:
    runtime = find_current_runtime(image("python:3.9-slim") + image("python:3.12-alpine"))
    assert runtime is not None
    assert ([one.slug for one in runtime.pythons], runtime.system) == (["cp312"], "Alpine")


def test_an_image_without_a_python_takes_it_from_a_version_file() -> None:
    runtime = find_current_runtime(
        hints(("image", "ubuntu:24.04", "Dockerfile"), ("python", "3.12.3", "app/.python-version"))
    )
    assert runtime is not None
    assert runtime.sources == ("Dockerfile", "app/.python-version")
    assert runtime.targets[0] == "cp312-manylinux_2_39_x86_64"


def test_a_matrix_names_all_that_is_tested_and_a_range_only_its_start() -> None:
    matrix = hints(*(("python", version, ".github/workflows/ci.yml") for version in ("3.11", "3.12", "3.11")))
    tested = find_current_runtime(matrix)
    assert tested is not None
    assert [one.slug for one in tested.pythons] == ["cp311", "cp312"]
    ranged = find_current_runtime(hints(("python", ">=3.11,<4", "pyproject.toml")))
    assert ranged is not None
    assert [one.slug for one in ranged.pythons] == ["cp311"]
    assert ranged.is_minimum


@pytest.mark.parametrize(
    "value", ["node:20", "scratch", "postgres:16-alpine3.20x/", "python:latest", "python:2.7", "$BASE"]
)
def test_an_image_that_names_no_known_python_says_nothing_alone(value: str) -> None:
    assert find_current_runtime(image(value)) is None


def test_any_python_at_all_is_no_news() -> None:
    signs = hints(("python", ">=3.6", "setup.py"), ("python", "", "pyproject.toml"), ("python", "*", "x"))
    assert find_current_runtime(signs) is None


words = st.text(alphabet="pythonypalpine:-.0123456789/@$ ><=,t{}debianslim", max_size=40)


@given(st.lists(st.builds(RuntimeHint, st.sampled_from(["python", "image"]), words, words, st.none()), max_size=6))
def test_any_sign_is_read_and_every_target_told_is_one(signs: list[RuntimeHint]) -> None:
    runtime = find_current_runtime(signs)
    if runtime is not None:
        assert runtime.pythons
        assert runtime_text(runtime)
        assert [parse_target(slug).slug for slug in runtime.targets] == list(runtime.targets)


def test_of_a_project_s_targets_the_same_come_first_then_the_same_python_on_linux() -> None:
    runtime = find_current_runtime(image("python:3.11-bookworm"))
    linux, windows = "cp311-manylinux_2_28_x86_64", "cp311-win_amd64"
    assert likely_targets(runtime, [windows, linux, "cp311-manylinux_2_36_x86_64"]) == ("cp311-manylinux_2_36_x86_64",)
    assert likely_targets(runtime, [windows, linux]) == (linux,)
    assert likely_targets(runtime, [windows]) == (windows,)
    assert likely_targets(runtime, ["cp313-win_amd64"]) == ()
    assert likely_targets(None, [windows]) == ()
