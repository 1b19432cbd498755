"""Which given files are asked for, and what they are called."""

import pytest

from projects.domain.dependency_files.given_files import name_files, roots_of


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
