"""pyproject.toml: the standards' tables and the tools' own."""

import pytest

from projects.domain.dependency_files import (
    ParsedFiles,
    RequirementOrigin,
    RequirementScope,
    available_groups,
    select,
)
from tests.projects.domain.dependency_files.one_file import pyproject


def named(parsed: ParsedFiles, scope: RequirementScope, group: str | None = None) -> list[str]:
    return [one.name for one in parsed.requirements if one.scope is scope and one.group == group]


STANDARD = """\
[build-system]
requires = ["setuptools>=77"]

[project]
name = "Demo.App"
requires-python = ">=3.10"
dependencies = [
  "requests>=2.31 ; sys_platform != 'win32'",
  'six',
  "broken >=",
]
[project.optional-dependencies]
Speed_Up = ["orjson"]
all = ["demo-app[speed-up]", "rich"]

[dependency-groups]
test = ["pytest", "coverage[toml]>=7"]
docs = ["sphinx"]
dev = [{include-group = "test"}, {include-group = "DOCS"}, "ruff"]
"""


def test_pep_621_extras_groups_and_build_requirements_are_told_apart() -> None:
    parsed = pyproject(STANDARD)
    assert named(parsed, RequirementScope.MAIN) == ["requests", "six"]
    assert named(parsed, RequirementScope.EXTRA, "speed-up") == ["orjson"]
    assert named(parsed, RequirementScope.GROUP, "test") == ["pytest", "coverage"]
    assert named(parsed, RequirementScope.BUILD, "build-system") == ["setuptools"]
    assert [(one.line, one.text) for one in parsed.problems] == [(10, "broken >=")]
    assert {str(one.name): one.line for one in parsed.requirements}["six"] == 9
    assert [(one.kind, one.value, one.line) for one in parsed.hints] == [("python", ">=3.10", 6)]
    assert parsed.project_names == ("demo-app",)


def test_chosen_groups_and_extras_count_with_what_they_include() -> None:
    parsed = pyproject(STANDARD)
    assert available_groups(parsed).groups == ("build-system", "dev", "docs", "test")
    assert available_groups(parsed).extras == ("all", "speed-up")
    assert [one.name for one in select(parsed)] == ["requests", "six"]
    assert [one.name for one in select(parsed, groups=["Dev"])] == [
        "requests",
        "six",
        "pytest",
        "coverage",
        "sphinx",
        "ruff",
    ]
    assert [one.name for one in select(parsed, extras=["all"])] == ["requests", "six", "orjson", "rich"]


def test_pdm_hatch_flit_and_uv() -> None:
    parsed = pyproject(
        """\
[tool.pdm.dev-dependencies]
lint = ["flake8", "-e file:///here#egg=mine"]
[tool.pdm.resolution.overrides]
asgiref = "3.2.10"
[tool.hatch.envs.docs]
dependencies = ["mkdocs", "x @ {root:uri}/x"]
[tool.flit.metadata]
module = "mod"
requires = ["docutils"]
requires-python = ">=3.6"
[tool.flit.metadata.requires-extra]
test = ["pytest"]
[project]
name = "p"
dependencies = ["lib", "remote", "both"]
[tool.uv]
dev-dependencies = ["ruff"]
constraint-dependencies = ["grpcio<1.65"]
override-dependencies = ["werkzeug==2.3.0"]
[tool.uv.sources]
lib = { workspace = true }
remote = { git = "https://u:p@git.example/o/remote" }
both = [{ index = "torch-cpu", marker = "sys_platform == 'linux'" }, { path = "x", marker = "sys_platform == 'win32'" }]
[[tool.uv.index]]
url = "https://u:p@index.example/simple"
default = true
"""
    )
    found = {str(one.name): one for one in parsed.requirements}
    assert [found[name].group for name in ("flake8", "mine", "mkdocs", "pytest", "ruff")] == [
        "lint",
        "lint",
        "docs",
        "test",
        "dev",
    ]
    assert found["mkdocs"].scope is RequirementScope.ENVIRONMENT
    assert found["asgiref"].override
    assert found["asgiref"].specifier == "==3.2.10"
    assert found["grpcio"].constraint
    assert found["werkzeug"].override
    assert (found["lib"].origin, found["both"].origin) == (RequirementOrigin.PATH, RequirementOrigin.INDEX)
    assert (found["remote"].origin, found["remote"].url) == (
        RequirementOrigin.VCS,
        "git+https://****@git.example/o/remote",
    )
    assert [(one.name, one.value) for one in parsed.options] == [("index-url", "https://****@index.example/simple")]
    assert found["docutils"].scope is RequirementScope.MAIN


def test_dynamic_dependencies_come_from_the_files_that_setuptools_is_told() -> None:
    content = """\
[project]
name = "p"
dynamic = ["dependencies", "optional-dependencies"]
[tool.setuptools.dynamic]
dependencies = {file = ["main.txt", "none.txt"]}
[tool.setuptools.dynamic.optional-dependencies]
fast = {file = "fast.txt"}
"""
    parsed = pyproject(content, main_txt="a==1\n", fast_txt="b==2\n")
    assert [(one.name, one.scope, one.group, one.source) for one in parsed.requirements] == [
        ("a", RequirementScope.MAIN, None, "main.txt"),
        ("b", RequirementScope.EXTRA, "fast", "fast.txt"),
    ]
    assert [one.text for one in parsed.problems] == ["none.txt"]


def test_dynamic_dependencies_of_any_other_backend_are_a_problem() -> None:
    parsed = pyproject('[project]\nname = "p"\ndynamic = ["dependencies"]\n')
    assert [(one.line, one.text) for one in parsed.problems] == [(3, "dependencies")]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("[project\n", 1),
        ("[project]\nname = 'x'\nname = 'y'\n", 3),
        ("x = " + "[" * 5_000, None),
        ("x = " + "9" * 5_000, 1),
        (".".join("a" * 20_000) + " = 1\n", 1),
        ("x = 1\n ['a' . " + ".".join(['"b.c"'] * 70) + "]\n", 2),
    ],
)
def test_what_is_no_toml_is_one_problem(content: str, line: int | None) -> None:
    parsed = pyproject(content)
    assert [(one.path, one.line) for one in parsed.problems] == [("pyproject.toml", line)]
    assert parsed.requirements == ()


def test_dots_in_texts_are_no_dotted_keys() -> None:
    wheels = ", ".join(f"{{a = 'x-{n}.1.0-py3.whl'}}" for n in range(100))
    parsed = pyproject(
        f"[tool.x]\nwheels = [{wheels}]\nlong = '''\n{'.' * 200}\n'''\n[project]\ndependencies = ['six']\n"
    )
    assert [one.name for one in parsed.requirements] == ["six"]
    assert parsed.problems == ()
