"""The sentence about the runtime that a project uses now."""

import pytest

from projects.domain.current_runtime import find_current_runtime
from projects.domain.dependency_files.values import RuntimeHint
from projects.presentation.current_runtime import runtime_text

MATRIX = ".github/workflows/ci.yml"


@pytest.mark.parametrize(
    ("hints", "text"),
    [
        ([("image", "python:3.11-slim", "Dockerfile")], "Python 3.11 on Debian, according to Dockerfile"),
        ([("image", "pypy:3.11-slim-bookworm", "Dockerfile")], "PyPy 3.11 on Debian 12, according to Dockerfile"),
        (
            [("image", "ubuntu:24.04", "Dockerfile"), ("python", "3.12.3", "app/.python-version")],
            "Python 3.12 on Ubuntu 24.04, according to Dockerfile and .python-version",
        ),
        ([("python", "3.11", MATRIX), ("python", "3.12", MATRIX)], "Python 3.11 and 3.12, according to ci.yml"),
        (
            [("python", f"3.{minor}", MATRIX) for minor in range(9, 15)],
            "Python 3.9, 3.10, 3.11 and 3 more, according to ci.yml",
        ),
        ([("python", ">=3.11,<4", "pyproject.toml")], "Python 3.11 or newer, according to pyproject.toml"),
    ],
)
def test_the_text_names_pythons_system_and_sources(hints: list[tuple[str, str, str]], text: str) -> None:
    runtime = find_current_runtime([RuntimeHint(kind, value, source, 1) for kind, value, source in hints])
    assert runtime is not None
    assert runtime_text(runtime) == text
