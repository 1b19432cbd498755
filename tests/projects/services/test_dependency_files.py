"""Which dependency files of a directory are those of the project."""

from pathlib import Path

import pytest

from projects.services.dependency_files import roots_in


def tree(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("six\n")


@pytest.mark.parametrize(
    "path",
    [
        "tests/data/requirements.txt",
        "tests/unit/fixtures/app/requirements.txt",
        "test/testdata/requirements.txt",
        "pkg/tests/test_data/pkg/requirements.txt",
    ],
)
def test_dependency_files_that_tests_take_as_input_are_left_out(tmp_path: Path, path: str) -> None:
    tree(tmp_path, "requirements.txt", path)
    assert roots_in(str(tmp_path)) == [str(tmp_path / "requirements.txt")]


@pytest.mark.parametrize("path", ["tests/requirements.txt", "data/requirements.txt", "requirements/tests.txt"])
def test_what_the_tests_themselves_require_is_read(tmp_path: Path, path: str) -> None:
    tree(tmp_path, path)
    assert roots_in(str(tmp_path)) == [str(tmp_path / path)]


def test_a_directory_of_test_input_is_read_when_it_is_named_itself(tmp_path: Path) -> None:
    tree(tmp_path, "tests/data/app/requirements.txt")
    folder = tmp_path / "tests" / "data" / "app"
    assert roots_in(str(folder)) == [str(folder / "requirements.txt")]
