"""Packages that the files take from one index by name, in the words of each tool."""

import pytest

from projects.domain.dependency_files import RequirementOrigin, read
from projects.domain.indexes.assigned_packages import mark_other_indexes

PUBLIC, INTERNAL = "https://index.example/simple", "https://internal.example/simple"
UV = f"""\
[project]
dependencies = ["six", "idna"]
[tool.uv.sources]
six = {{ index = "Internal" }}
[[tool.uv.index]]
name = "internal"
url = "{INTERNAL}"
explicit = true
"""
UV_ON_SOME_TARGETS = UV.replace(
    '{ index = "Internal" }', '[{ index = "internal", marker = "sys_platform == \'linux\'" }]'
)
POETRY = """\
[tool.poetry.dependencies]
six = { version = "*", source = "internal" }
idna = "*"
[[tool.poetry.source]]
name = "internal"
url = "https://user:secret@internal.example/simple/"
priority = "explicit"
"""
PDM = f"""\
[project]
dependencies = ["six", "idna"]
[[tool.pdm.source]]
name = "internal"
url = "{INTERNAL}"
include_packages = ["si*"]
"""
PIPFILE = f"""\
[[source]]
name = "main"
url = "{PUBLIC}"
[[source]]
name = "internal"
url = "{INTERNAL}"
[packages]
six = {{ version = "*", index = "internal" }}
idna = {{ version = "*", index = "main" }}
"""


def uv_lock(*registries: tuple[str, str]) -> str:
    return "version = 1\n" + "".join(
        f'[[package]]\nname = "{name}"\nversion = "1"\nsource = {{ registry = "{url}" }}\n' for name, url in registries
    )


def poetry_lock(*registries: tuple[str, str | None]) -> str:
    return "".join(
        f'[[package]]\nname = "{name}"\nversion = "1"\noptional = false\n'
        + (f'[package.source]\ntype = "legacy"\nurl = "{url}"\nreference = "x"\n' if url else "")
        for name, url in registries
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", UV),
        ("pyproject.toml", UV_ON_SOME_TARGETS),
        ("pyproject.toml", POETRY),
        ("pyproject.toml", PDM),
        ("Pipfile", PIPFILE),
        ("uv.lock", uv_lock(("six", INTERNAL), ("idna", PUBLIC), ("attrs", PUBLIC))),
        ("poetry.lock", poetry_lock(("six", INTERNAL), ("idna", None), ("attrs", None))),
    ],
)
def test_a_package_of_an_index_that_is_not_asked_comes_from_there(name: str, text: str) -> None:
    parsed = read({name: text.encode()}, [name])
    assert [(one.name, one.address) for one in parsed.assigned] == [("six", INTERNAL)]
    marked = {
        str(one.name): (one.origin, one.url)
        for one in mark_other_indexes(parsed.requirements, parsed.assigned, [PUBLIC])
    }
    assert marked["six"] == (RequirementOrigin.OTHER_INDEX, INTERNAL)
    assert marked["idna"] == (RequirementOrigin.INDEX, None)
    assert mark_other_indexes(parsed.requirements, parsed.assigned, [PUBLIC, INTERNAL]) == parsed.requirements


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("uv.lock", uv_lock(("six", INTERNAL), ("idna", INTERNAL))),
        ("poetry.lock", poetry_lock(("six", INTERNAL), ("idna", INTERNAL))),
        ("poetry.lock", poetry_lock(("six", None), ("idna", None))),
    ],
)
def test_the_one_registry_of_a_lock_is_the_projects_default(name: str, text: str) -> None:
    assert read({name: text.encode()}, [name]).assigned == ()


def test_an_explicit_index_is_never_the_default_of_a_lock() -> None:
    lock = uv_lock(("six", INTERNAL), ("mine", INTERNAL), ("idna", PUBLIC))
    files = {"pyproject.toml": UV.encode(), "uv.lock": lock.encode()}
    assert {one.name for one in read(files, list(files)).assigned} == {"six", "mine"}
