"""Today's Python and system from the signs in a project's files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.current_runtime import likely_targets, today_of
from projects.domain.dependency_files.values import RuntimeHint
from scanner.domain.targets.target import parse_target


def hints(*signs: tuple[str, str, str]) -> list[RuntimeHint]:
    return [RuntimeHint(kind, value, source, 1) for kind, value, source in signs]


def image(value: str) -> list[RuntimeHint]:
    return hints(("image", value, "Dockerfile"))


@pytest.mark.parametrize(
    ("value", "words", "first"),
    [
        ("python:3.11-slim", "Python 3.11 on Debian", "cp311-manylinux_2_41_x86_64"),
        ("python:3.12.4-bookworm", "Python 3.12 on Debian 12", "cp312-manylinux_2_36_x86_64"),
        ("hub.example/python:3.13-alpine3.20", "Python 3.13 on Alpine", "cp313-musllinux_1_2_x86_64"),
        ("python:3.11 linux/arm64", "Python 3.11 on Debian", "cp311-manylinux_2_41_aarch64"),
        ("python:3.11 $BUILDPLATFORM", "Python 3.11 on Debian", "cp311-manylinux_2_41_x86_64"),
        ("python:3.11@sha256:abc", "Python 3.11 on Debian", "cp311-manylinux_2_41_x86_64"),
        ("r.example:5000/uv:python3.12-bookworm-slim", "Python 3.12 on Debian 12", "cp312-manylinux_2_36_x86_64"),
        ("pypy:3.11-slim-bookworm", "PyPy 3.11 on Debian 12", "pp311-manylinux_2_36_x86_64"),
        ("lambda.example/lambda/python:3.12", "Python 3.12 on AWS Lambda", "cp312-manylinux_2_34_x86_64"),
        ("lambda.example/lambda/python:3.11", "Python 3.11 on AWS Lambda", "cp311-manylinux_2_26_x86_64"),
    ],
)  # fmt: skip
def test_an_image_tells_python_and_system(value: str, words: str, first: str) -> None:
    today = today_of(image(value))
    assert today is not None
    assert today.words == f"{words}, says Dockerfile"
    assert today.targets[0] == first


def test_the_last_stage_is_what_runs() -> None:
    today = today_of(image("python:3.9-slim") + image("python:3.12-alpine"))
    assert today is not None
    assert today.words.startswith("Python 3.12 on Alpine")


def test_an_image_without_a_python_takes_it_from_a_version_file() -> None:
    today = today_of(hints(("image", "ubuntu:24.04", "Dockerfile"), ("python", "3.12.3", "app/.python-version")))
    assert today is not None
    assert today.words == "Python 3.12 on Ubuntu 24.04, says Dockerfile and .python-version"
    assert today.targets[0] == "cp312-manylinux_2_39_x86_64"


def test_a_matrix_names_all_that_is_tested_and_a_range_only_its_start() -> None:
    matrix = hints(*(("python", version, ".github/workflows/ci.yml") for version in ("3.11", "3.12", "3.11")))
    told = today_of(matrix)
    assert told is not None
    assert told.words == "Python 3.11 and 3.12, says ci.yml"
    many = today_of(hints(*(("python", f"3.{minor}", "ci.yml") for minor in range(9, 15))))
    assert many is not None
    assert many.words == "Python 3.9, 3.10, 3.11 and 3 more, says ci.yml"
    ranged = today_of(hints(("python", ">=3.11,<4", "pyproject.toml")))
    assert ranged is not None
    assert ranged.words == "Python 3.11 or newer, says pyproject.toml"


@pytest.mark.parametrize(
    "value", ["node:20", "scratch", "postgres:16-alpine3.20x/", "python:latest", "python:2.7", "$BASE"]
)
def test_an_image_that_names_no_known_python_says_nothing_alone(value: str) -> None:
    assert today_of(image(value)) is None


def test_any_python_at_all_is_no_news() -> None:
    assert (
        today_of(hints(("python", ">=3.6", "setup.py"), ("python", "", "pyproject.toml"), ("python", "*", "x"))) is None
    )


words = st.text(alphabet="pythonypalpine:-.0123456789/@$ ><=,t{}debianslim", max_size=40)


@given(st.lists(st.builds(RuntimeHint, st.sampled_from(["python", "image"]), words, words, st.none()), max_size=6))
def test_any_sign_is_read_and_every_target_told_is_one(signs: list[RuntimeHint]) -> None:
    today = today_of(signs)
    if today is not None:
        assert today.words
        assert today.pythons
        assert [parse_target(slug).slug for slug in today.targets] == list(today.targets)


def test_of_a_project_s_targets_the_same_come_first_then_the_same_python_on_linux() -> None:
    today = today_of(image("python:3.11-bookworm"))
    linux, windows = "cp311-manylinux_2_28_x86_64", "cp311-win_amd64"
    assert likely_targets(today, [windows, linux, "cp311-manylinux_2_36_x86_64"]) == ("cp311-manylinux_2_36_x86_64",)
    assert likely_targets(today, [windows, linux]) == (linux,)
    assert likely_targets(today, [windows]) == (windows,)
    assert likely_targets(today, ["cp313-win_amd64"]) == ()
    assert likely_targets(None, [windows]) == ()
