"""Folders of a tree that its own files put on the path: their modules are the tree's own."""

import pytest

from projects.domain.audit.search_folders import search_folders
from projects.domain.audit.source_tree import read_sources
from projects.services.audit.findings import audit_without_requirements
from projects.services.audit.tree import SourceTree, read_commit_tree
from scanner.domain.targets.target import parse_target

ADDS_VENDOR = b"import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path(__file__).parent / '_vendor'))\n"
FILES = {
    "src/app/__init__.py": ADDS_VENDOR,
    "src/app/main.py": b"import lark\nimport nowhere\n",
    "src/app/_vendor/lark/__init__.py": b"import regex\n",
    "src/app/_vendor/nested/_vendor/nowhere.py": b"",
}


def tree(files: dict[str, bytes]) -> SourceTree:
    return read_commit_tree(files, files)


def missing(files: dict[str, bytes]) -> list[str]:
    found = audit_without_requirements(tree(files), [parse_target("cp313-win_amd64")])
    return [one.subject for one in found]


def test_vendored_code_that_the_source_puts_on_the_path_is_the_trees_own_and_is_not_read() -> None:
    assert tree(FILES).on_path == ("src/app/_vendor",)
    assert missing(FILES) == ["nowhere"]


def test_vendored_code_that_nothing_puts_on_the_path_answers_no_import() -> None:
    assert missing({**FILES, "src/app/__init__.py": b""}) == ["lark", "nowhere"]


def test_what_only_tests_put_on_the_path_answers_no_import_of_the_project() -> None:
    moved = {**FILES, "src/app/__init__.py": b"", "src/app/tests/conftest.py": ADDS_VENDOR}
    assert missing({**moved, "src/app/tests/_vendor/lark.py": b""}) == ["lark", "nowhere"]


def test_vendored_code_that_is_imported_through_its_package_is_the_trees_own() -> None:
    files = {"app/__init__.py": b"", "app/_vendor/lark.py": b"", "app/main.py": b"import app._vendor.lark\n"}
    assert missing(files) == []


def test_an_environment_on_the_path_is_not_the_trees_own() -> None:
    files = {"main.py": b"import sys\nsys.path.append('venv/lib')\nimport lark\n", "venv/lib/lark.py": b""}
    assert missing(files) == ["lark"]


@pytest.mark.parametrize(
    ("said", "folder"),
    [("lib", "a/lib"), ("../lib", "lib"), ("../../lib", ""), ("other", "other"), ("nowhere", "")],
)
def test_a_folder_is_looked_for_beside_the_file_and_then_above(said: str, folder: str) -> None:
    files = read_sources([("a/main.py", f"import sys\nsys.path.append(HERE + '/{said}')\n".encode())])
    there = {"a", "a/lib", "lib", "other"}
    assert search_folders(files, there.__contains__) == ((folder,) if folder else ())
