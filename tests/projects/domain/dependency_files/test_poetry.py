"""The tables of Poetry in pyproject.toml: dependencies, groups and extras."""

import pytest

from projects.domain.dependency_files import (
    RequirementOrigin,
    RequirementScope,
    select,
)
from tests.projects.domain.dependency_files.one_file import pyproject

POETRY_INCLUDES = """
[dependency-groups]
types = ["mypy"]
[tool.poetry.group.Test.dependencies]
pytest = "^8.0"
[tool.poetry.group.lint]
optional = true
[tool.poetry.group.lint.dependencies]
ruff = "*"
[tool.poetry.group.dev]
include-groups = ["test", "types"]
[tool.poetry.group.dev.dependencies]
tox = "*"
[tool.poetry.group.all]
optional = true
include-groups = ["dev", "lint"]
"""


def test_a_group_of_poetry_counts_with_the_groups_that_it_includes() -> None:
    parsed = pyproject(POETRY_INCLUDES)
    chosen = {group: {one.name for one in select(parsed, groups=[group])} for group in ("dev", "all", "lint", "types")}
    assert chosen == {
        "dev": {"tox", "pytest", "mypy"},
        "all": {"tox", "pytest", "mypy", "ruff"},
        "lint": {"ruff"},
        "types": {"mypy"},
    }
    assert not parsed.problems


@pytest.mark.parametrize(
    ("includes", "line", "message"),
    [
        ('["a"]', None, "includes itself"),
        ('["no"]', 3, "no such dependency group"),
        ('"a"', 3, "must be an array of names"),
        ("[1]", 3, "must be an array of names"),
    ],
)
def test_a_bad_include_of_poetry_is_a_problem_and_the_group_counts(
    includes: str, line: int | None, message: str
) -> None:
    parsed = pyproject(
        f"[tool.poetry.group.a]\noptional = true\ninclude-groups = {includes}\n"
        '[tool.poetry.group.a.dependencies]\nx = "*"\n'
    )
    assert [one.name for one in select(parsed, groups=["a"])] == ["x"]
    (problem,) = parsed.problems
    assert message in problem.message
    assert line is None or problem.line == line


POETRY = """\
[tool.poetry]
name = "app"
[tool.poetry.dependencies]
python = "^3.9"
caret = "^1.2"
union = {version = "^1 || ^3", extras = ["x"]}
many = [
  {version = "<=1.9", python = "<3.10"},
  {version = "^2", python = ">=3.10", markers = "sys_platform == 'linux'"},
]
vcs = {git = "https://git.example/o/r.git", rev = "abc"}
local = {path = "../local", develop = true}
wheel = {url = "https://files.example/wheel-1.0-py3-none-any.whl"}
optional = {version = "*", optional = true}
unused = {version = "*", optional = true}
bad = "one.two"
[tool.poetry.extras]
more = ["optional"]
[tool.poetry.dev-dependencies]
pytest = "^8"
[tool.poetry.group.docs.dependencies]
sphinx = "~7.1"
"""


def test_poetry_old_and_new() -> None:
    parsed = pyproject(POETRY)
    found = {str(one.name): one for one in parsed.requirements if one.name != "many"}
    assert found["caret"].specifier == "<2.0,>=1.2"
    assert found["union"].specifier == "<2,>=1 || <4,>=3"
    assert found["union"].alternatives == ("<2,>=1", "<4,>=3")
    assert found["union"].extras == ("x",)
    assert (found["vcs"].origin, found["vcs"].url) == (RequirementOrigin.VCS, "git+https://git.example/o/r.git@abc")
    assert (found["local"].origin, found["local"].editable) == (RequirementOrigin.PATH, True)
    assert found["wheel"].origin is RequirementOrigin.URL
    assert (found["optional"].scope, found["optional"].groups) == (RequirementScope.EXTRA, ("more",))
    assert (found["unused"].scope, found["unused"].groups) == (RequirementScope.EXTRA, ())
    assert (found["pytest"].scope, found["pytest"].group) == (RequirementScope.GROUP, "dev")
    assert (found["sphinx"].group, found["sphinx"].specifier) == ("docs", "<7.2,>=7.1")
    many = [(one.specifier, one.marker) for one in parsed.requirements if one.name == "many"]
    assert many == [
        ("<=1.9", 'python_version < "3.10"'),
        ("<3,>=2", 'python_version >= "3.10" and sys_platform == "linux"'),
    ]
    assert [(one.text, one.line) for one in parsed.problems] == [("bad", 16)]
    assert found["caret"].line == 5
    assert "optional" in [one.name for one in select(parsed, extras=["more"])]
    assert "optional" not in [one.name for one in select(parsed)]
