"""The groups and extras to choose from, and choices that the files do not name."""

import pytest

from projects.domain.dependency_files import (
    ParsedFiles,
    available_groups,
    conflicting_choices,
    default_choices,
    read,
    select,
    split_choices,
    unknown_choices,
)

PYPROJECT = b"""\
[project]
name = "app"
[project.optional-dependencies]
Fast_IO = ["orjson"]
empty = []
[dependency-groups]
dev = ["pytest"]
docs = []
"""


def parsed(content: bytes = PYPROJECT, path: str = "pyproject.toml") -> ParsedFiles:
    return read({path: content}, [path])


def test_groups_and_extras_without_requirements_can_be_chosen() -> None:
    available = available_groups(parsed())
    assert available.groups == ("dev", "docs")
    assert available.extras == ("empty", "fast-io")
    assert unknown_choices(parsed(), ["dev", "docs"], ["fast.io", "empty"]) == []


@pytest.mark.parametrize(
    ("groups", "extras", "nearest", "text"),
    [
        (["dve"], [], ("dev",), "--group dve: the files name no such group; did you mean dev?"),
        ([], ["fastio"], ("fast-io",), "--extra fastio: the files name no such extra; did you mean fast-io?"),
        (["nosuch"], [], (), "--group nosuch: the files name no such group; they name dev and docs"),
    ],
)
def test_an_unknown_choice_names_the_nearest(
    groups: list[str], extras: list[str], nearest: tuple[str, ...], text: str
) -> None:
    (unknown,) = unknown_choices(parsed(), groups, extras)
    assert unknown.nearest == nearest
    assert str(unknown) == text


def test_files_without_groups_say_so() -> None:
    (unknown,) = unknown_choices(parsed(b"six\n", "requirements.txt"), [], ["x"])
    assert (unknown.kind, unknown.available) == ("extra", ())


@pytest.mark.parametrize(
    ("path", "content", "groups", "extras"),
    [
        ("Pipfile", b"[packages]\n[dev-packages]\n[docs]\n", ("dev", "docs"), ()),
        ("Pipfile.lock", b'{"_meta": {}, "default": {}, "develop": {}}', ("dev",), ()),
        (
            "pylock.toml",
            b'lock-version = "1.0"\nextras = ["a"]\ndependency-groups = ["b"]\n',
            ("b",),
            ("a",),
        ),
        ("pdm.lock", b'[metadata]\nlock_version = "4.5.0"\ngroups = ["default", "dev"]\n', ("dev",), ()),
        ("setup.cfg", b"[options.extras_require]\ndocs =\n", (), ("docs",)),
        (
            "pyproject.toml",
            b"[tool.poetry.group.dev.dependencies]\n[tool.poetry.extras]\nx = []\n",
            ("dev",),
            ("x",),
        ),
    ],
)
def test_each_format_declares_its_groups(
    path: str, content: bytes, groups: tuple[str, ...], extras: tuple[str, ...]
) -> None:
    available = available_groups(parsed(content, path))
    assert (available.groups, available.extras) == (groups, extras)


GROUPS = '[dependency-groups]\ndev = ["pytest"]\ndocs = ["sphinx"]\nlint = ["ruff"]\n'


@pytest.mark.parametrize(
    ("tables", "lock", "chosen"),
    [
        ("", "", ()),
        ("[tool.uv]\n", "", ("dev",)),
        ("", "uv.lock", ("dev",)),
        ('[tool.uv]\ndefault-groups = ["docs", "Lint"]\n', "", ("docs", "lint")),
        ('[tool.uv]\ndefault-groups = "all"\n', "", ("dev", "docs", "lint")),
        ("[tool.uv]\ndefault-groups = []\n", "", ()),
        ("[tool.pdm]\n", "", ("dev", "docs", "lint")),
        ("", "pdm.lock", ("dev", "docs", "lint")),
        ('[tool.pdm.dev-dependencies]\ntest = ["pytest"]\n', "", ("dev", "docs", "lint", "test")),
        ("[tool.poetry]\n[tool.poetry.group.docs]\noptional = true\n", "", ("dev", "lint")),
        (
            '[tool.poetry.group.test.dependencies]\npytest = "*"\n[tool.poetry.group.extra]\noptional = true\n',
            "",
            ("test", "dev", "docs", "lint"),
        ),
    ],
)
def test_the_groups_that_a_tool_installs_by_default_count(tables: str, lock: str, chosen: tuple[str, ...]) -> None:
    files = {"pyproject.toml": f'[project]\nname = "app"\nversion = "1"\n{GROUPS}{tables}'.encode()}
    if lock:
        files[lock] = b""
    found = read(files, list(files))
    assert found.default_groups == chosen


def test_older_tables_of_development_requirements_count_by_default() -> None:
    for table in ('[tool.uv]\ndev-dependencies = ["pytest"]\n', '[tool.poetry.dev-dependencies]\npytest = "*"\n'):
        assert parsed(table.encode()).default_groups == ("dev",)


def test_a_default_group_that_does_not_exist_is_a_problem_at_its_line() -> None:
    found = parsed(f'{GROUPS}[tool.uv]\ndefault-groups = ["dve"]\n'.encode())
    assert [(one.line, one.text) for one in found.problems] == [(6, "dve")]
    assert found.default_groups == ()


ONE_NAME = b"""\
[project]
name = "app"
version = "1"
[project.optional-dependencies]
dev = ["twine"]
[dependency-groups]
dev = ["pytest"]
[tool.uv]
"""
ONE_NAME_LOCK = b"""\
version = 1
[[package]]
name = "app"
version = "1"
source = { editable = "." }
[package.optional-dependencies]
dev = [{ name = "twine" }]
[package.dev-dependencies]
dev = [{ name = "pytest" }]
[package.metadata]
provides-extras = ["dev"]
[[package]]
name = "twine"
version = "7"
source = { registry = "https://index.example/simple" }
[[package]]
name = "pytest"
version = "9"
source = { registry = "https://index.example/simple" }
"""


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (["group:dev"], {"pytest"}),
        (["extra:dev"], {"twine"}),
        (["dev"], {"pytest", "twine"}),
        ([], set()),
    ],
)
def test_a_group_and_an_extra_of_one_name_are_chosen_apart(choice: list[str], names: set[str]) -> None:
    files = {"pyproject.toml": ONE_NAME, "uv.lock": ONE_NAME_LOCK}
    found = read(files, list(files))
    assert default_choices(found) == ["group:dev"]
    counted = {one.name for one in select(found, *split_choices(choice))}
    assert counted == names


def test_of_a_set_that_conflicts_only_one_can_be_chosen() -> None:
    files = parsed(
        PYPROJECT
        + b'[tool.uv]\nconflicts = [[{ extra = "Fast_IO" }, { group = "docs" }, { package = "other" }], "x"]\n'
    )
    assert conflicting_choices(files.conflicts, ["dev", "docs"], []) == []
    (sentence,) = conflicting_choices(files.conflicts, ["docs"], ["fast-io"])
    assert sentence == "extra fast-io and group docs: the files declare that they conflict, and uv installs only one"
