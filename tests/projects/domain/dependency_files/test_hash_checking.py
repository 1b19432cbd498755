"""Hashes in requirements.txt: pip wants one for every requirement or for none."""

import pytest

from projects.domain.dependency_files import read
from tests.projects.domain.dependency_files.one_file import requirements_txt

HASH = "--hash=sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (f"a==1 {HASH}\nb==2\nc==3\n", 2),
        (f"a==1 {HASH}\nb>=2 {HASH}\n", 2),
        (f"a==1 {HASH}\n-e ./b\n", 2),
        ("--require-hashes\na==1\n", 2),
        (f"a==1 {HASH}\nb==2 {HASH}\n", None),
        (f"a==1 {HASH}\nb @ https://files.example/b-1.tar.gz#sha256={'b' * 64}\n", None),
        ("a==1\nb\n", None),
    ],
)
def test_a_partly_hashed_file_is_refused_by_pip(content: str, line: int | None) -> None:
    problems = [one for one in requirements_txt(content).problems if "pip refuses this file" in one.message]
    assert [one.line for one in problems] == ([] if line is None else [line])


def test_a_hash_of_a_constraint_counts() -> None:
    files = {
        "requirements.txt": f"-c limits.txt\na==1 {HASH}\nb==2\n".encode(),
        "limits.txt": f"b==2 {HASH}\n".encode(),
    }
    assert read(files, ["requirements.txt"]).problems == ()
