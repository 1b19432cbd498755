"""pyproject.toml: the standards' tables and the tools' own."""

import pytest
from packaging.dependency_groups import resolve_dependency_groups

from projects.domain.dependency_files import (
    ParsedFiles,
    RequirementOrigin,
    RequirementScope,
    available_groups,
    read,
    select,
)


def pyproject(content: str, **others: str) -> ParsedFiles:
    files = {"pyproject.toml": content.encode()} | {
        name.replace("_txt", ".txt"): other.encode() for name, other in others.items()
    }
    return read(files, ["pyproject.toml"])


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


def test_included_groups_are_those_that_packaging_resolves() -> None:
    groups: dict[str, list[str | dict[str, str]]] = {
        "a": ["a1", {"include-group": "b"}],
        "b": [{"include-group": "c"}, {"include-group": "d"}],
        "c": ["c1", {"include-group": "d"}],
        "d": ["d1"],
    }
    lines = []
    for name, content in groups.items():
        items = [
            f"'{item}'" if isinstance(item, str) else f"{{include-group = '{item['include-group']}'}}"
            for item in content
        ]
        lines.append(f"{name} = [{', '.join(items)}]")
    parsed = pyproject("[dependency-groups]\n" + "\n".join(lines))
    for group in groups:
        ours = {one.name for one in select(parsed, groups=[group])}
        assert ours == set(resolve_dependency_groups(groups, group))


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


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ('a = [{include-group = "a"}, "x"]', "includes itself"),
        ('a = [{include-group = "b"}, "x"]\nb = [{include-group = "a"}]', "includes itself"),
        ('a = [{include-group = "no"}, "x"]', "no such dependency group"),
        ('a = [{include = "no"}, "x"]', "neither a requirement nor"),
        ('a = "x"\nb = ["x"]', "must be an array"),
        ('a = [1, "x"]', "must be a string"),
        ('a-b = ["x"]\nA_b = []', "same name"),
    ],
)
def test_a_bad_group_is_a_problem_and_its_readable_entries_count(groups: str, message: str) -> None:
    parsed = pyproject(f"[dependency-groups]\n{groups}\n")
    assert [one.name for one in parsed.requirements] == ["x"]
    assert any(message in one.message for one in parsed.problems)


def test_broken_includes_do_not_cost_their_number_of_ways() -> None:
    groups = "".join(f"g{n} = [{{include-group = 'g{n + 1}'}}, {{include-group = 'g{n + 1}'}}]\n" for n in range(60))
    parsed = pyproject(f"[dependency-groups]\n{groups}g60 = ['x', {{include-group = 'g0'}}]\n")
    assert [one.name for one in parsed.requirements] == ["x"]


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
