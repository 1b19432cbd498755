"""The files of several repositories side by side."""

import pytest

from projects.domain.dependency_files.joined_files import RepositoryFiles, join_files, path_in


def one(name: str, path: str = "requirements.txt") -> RepositoryFiles:
    return RepositoryFiles(name, {path: name.encode()}, [path])


@pytest.mark.parametrize(
    ("names", "folders"),
    [
        (["api"], [""]),
        (["api", "worker"], ["api", "worker"]),
        (["api", "API", "api"], ["api", "API-2", "api-3"]),
        (["tests", "requirements"], ["tests-repository", "requirements-repository"]),
        (["../..", "a b/ü"], ["repository", "a-b"]),
    ],
)
def test_each_repository_has_a_folder_of_its_own(names: list[str], folders: list[str]) -> None:
    joined = join_files([one(name) for name in names])
    assert list(joined.folders) == folders
    expected = [f"{folder}/requirements.txt" if folder else "requirements.txt" for folder in folders]
    assert (list(joined.roots), list(joined.files)) == (expected, expected)
    for folder, path in zip(folders, expected, strict=True):
        assert path_in(folder, path) == "requirements.txt"


def test_a_file_of_another_folder_has_no_path_in_this_one() -> None:
    assert path_in("api", "api-2/requirements.txt") is None


def test_a_path_that_gets_too_long_to_be_stored_is_named() -> None:
    with pytest.raises(ValueError, match=r"^api/x+$"):
        join_files([one("api", "x" * 299), one("worker")])
