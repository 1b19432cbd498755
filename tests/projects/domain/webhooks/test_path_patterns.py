"""Which dependency files of a repository the lines of a project name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.webhooks.path_patterns import NothingMatches, is_pattern, matching_files

PATHS = (
    "README.md",
    "requirements.txt",
    "services/api/requirements.txt",
    "services/api/deep/requirements-dev.txt",
    "services/api/tests/requirements.txt",
    "services/web/pyproject.toml",
    "services/webhooks/requirements.txt",
)
API = [path for path in PATHS if path.startswith("services/api/")]


@pytest.mark.parametrize(
    ("lines", "files"),
    [
        (["gone.txt"], ["gone.txt"]),
        (["requirements.txt", "services/web/*"], ["requirements.txt", "services/web/pyproject.toml"]),
        (["services/api/**"], sorted(API)),
        (["services/api/**/requirements*.txt", "!**/tests/**"], [path for path in API if "tests" not in path]),
        (["services/we?/*"], ["services/web/pyproject.toml"]),
        (["**/requirements.txt"], [path for path in PATHS if path.endswith("requirements.txt")]),
        (["!services/**"], ["requirements.txt"]),
    ],
)
def test_lines_name_files(lines: list[str], files: list[str]) -> None:
    assert sorted(matching_files(lines, PATHS)) == sorted(files)


@pytest.mark.parametrize("line", ["other/**", "README.*", "services/*/*/*/*"])
def test_a_pattern_that_fits_no_dependency_file_is_named(line: str) -> None:
    with pytest.raises(NothingMatches, match=r".+") as nothing:
        matching_files([line], PATHS)
    assert str(nothing.value) == line


@given(st.text(alphabet="a*?/.!()[]\\", max_size=20))
def test_no_text_is_more_than_a_pattern(line: str) -> None:
    try:
        found = matching_files([line], PATHS)
    except NothingMatches:
        return
    assert is_pattern(line) or found == [line]
