"""Which given files are asked for, and what they are called."""

import pytest

from projects.domain.dependency_files.given_files import name_files, roots_of
from tests.projects.domain.dependency_files.small_files import SMALL_FILES


@pytest.mark.parametrize(
    ("files", "roots"),
    [
        ({"requirements.txt": b"a"}, ["requirements.txt"]),
        ({"dev.txt": b"-r base.txt\n-c limits.txt", "base.txt": b"a", "limits.txt": b"a<2"}, ["dev.txt"]),
        ({"dev.txt": b"--requirement=base.txt", "base.txt": b"a", "more.txt": b"b"}, ["dev.txt", "more.txt"]),
        ({"a.txt": b"-r b.txt", "b.txt": b"-r a.txt"}, ["a.txt", "b.txt"]),
        ({"a.txt": b"# -r b.txt", "b.txt": b"x"}, ["a.txt", "b.txt"]),
    ],
)
def test_a_file_that_another_includes_is_not_asked_for_by_itself(files: dict[str, bytes], roots: list[str]) -> None:
    assert roots_of(files) == roots


def test_files_of_the_same_name_are_all_kept() -> None:
    given = name_files(b"pasted", [("requirements.txt", b"1"), ("requirements.txt", b"2"), ("Pipfile", b"3")])
    assert list(given) == ["requirements.txt", "requirements-2.txt", "requirements-3.txt", "Pipfile"]
    assert name_files(b" \n", []) == {}


@pytest.mark.parametrize("path", [path for path in SMALL_FILES if "/" not in path and not path.endswith(".txt")])
def test_a_pasted_file_of_each_format_gets_its_usual_name(path: str) -> None:
    assert list(name_files(SMALL_FILES[path], [])) == [path]


def test_a_pasted_text_of_no_other_format_is_a_list_of_requirements() -> None:
    for text in (SMALL_FILES["requirements.txt"], SMALL_FILES["compiled.txt"], b"six\n", b"what is this?"):
        assert list(name_files(text, [])) == ["requirements.txt"]
    script = b'# /// script\n# dependencies = ["six"]\n# ///\nimport six\n'
    assert list(name_files(script, [])) == ["script.py"]
