"""What holds for locks of several formats: they are known by their content, and may be older than their project."""

import pytest

from projects.domain.dependency_files import Format, read
from tests.projects.domain.dependency_files.small_locks import POETRY_21, UV


def test_a_lock_is_known_by_its_content_when_its_name_says_nothing() -> None:
    files = {"some.lock": POETRY_21.encode(), "other.lock": UV.encode(), "third.lock": b'{"_meta": {}, "default": {}}'}
    assert [source.format for source in read(files, list(files)).sources] == [
        Format.POETRY_LOCK,
        Format.UV_LOCK,
        Format.PIPFILE_LOCK,
    ]


@pytest.mark.parametrize(
    ("path", "lock"),
    [
        ("poetry.lock", '[[package]]\nname = "six"\nversion = "1.17.0"\noptional = false\ngroups = ["main"]\n'),
        ("uv.lock", 'version = 1\n[[package]]\nname = "six"\nversion = "1.17.0"\nsource = { registry = "r" }\n'),
        ("pdm.lock", '[[package]]\nname = "six"\nversion = "1.17.0"\n[metadata]\nlock_version = "4.5"\n'),
    ],
)
def test_a_lock_that_lacks_what_its_project_requires_is_older_than_it(path: str, lock: str) -> None:
    manifest = """\
[project]
name = "app"
dependencies = ["six", "idna", "app[x]", "tomli; python_version < '3.11'"]
[project.optional-dependencies]
x = ["attrs"]
"""
    parsed = read({"pyproject.toml": manifest.encode(), path: lock.encode()}, ["pyproject.toml", path])
    assert [(problem.path, problem.message) for problem in parsed.problems] == [
        (path, "older than its project, which requires idna: lock again")
    ]
