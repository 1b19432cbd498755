"""Places in pyproject.toml, setup.cfg, tox.ini, Pipfile and the settings of tools."""

from __future__ import annotations

import re
from collections.abc import Iterator

from projects.domain.python_places.toml_values import PlacedText, ini_values, toml_strings
from projects.domain.python_places.values import PlaceKind, PythonPlace

_CLASSIFIER = re.compile(r"Programming Language :: Python :: 3\.\d{1,2}$")
_TOX = re.compile(r"py3\d{1,2}\b|py\{[^}]*\}")
# Settings of tools: the table and key, and whether the value is a list of Pythons.
_TOOLS = {
    ("tool.ruff", "target-version"),
    ("tool.black", "target-version"),
    ("tool.mypy", "python_version"),
    ("tool.pyright", "pythonVersion"),
    ("tool.basedpyright", "pythonVersion"),
    ("tool.pylint.main", "py-version"),
    ("tool.pylint.MASTER", "py-version"),
    ("tool.pyrefly", "python-version"),
    ("tool.ty.environment", "python-version"),
}


def read_pyproject(text: str, path: str) -> Iterator[PythonPlace]:
    """Yield the places of a pyproject.toml."""
    for one in toml_strings(text):
        name = f"{one.table}.{one.key}"
        if name in {"project.requires-python", "tool.poetry.dependencies.python"}:
            yield _place(one, path, PlaceKind.REQUIRES_PYTHON)
        elif name in {"project.classifiers", "tool.poetry.classifiers"} and _CLASSIFIER.match(one.text):
            yield _place(one, path, PlaceKind.CLASSIFIER)
        elif (one.table, one.key) in _TOOLS:
            yield _place(one, path, PlaceKind.TOOL)
        elif one.table.startswith("tool.hatch.envs") and one.key == "python":
            yield _place(one, path, PlaceKind.TEST_ENVIRONMENT)
        elif one.table == "tool.tox" and one.key in {"env_list", "envlist"}:
            yield from _tox(one, path)


def read_tool_toml(text: str, path: str) -> Iterator[PythonPlace]:
    """Yield the places of ruff.toml: its settings have no table."""
    for one in toml_strings(text):
        if not one.table and one.key == "target-version":
            yield _place(one, path, PlaceKind.TOOL)


def read_pipfile(text: str, path: str) -> Iterator[PythonPlace]:
    """Yield the places of a Pipfile."""
    for one in toml_strings(text):
        if one.table == "requires" and one.key in {"python_version", "python_full_version"}:
            yield _place(one, path, PlaceKind.VERSION_FILE)


def read_ini(text: str, path: str) -> Iterator[PythonPlace]:
    """Yield the places of a setup.cfg, tox.ini or mypy.ini."""
    for one in ini_values(text):
        if one.table == "options" and one.key in {"python_requires", "python-requires"}:
            yield _place(one, path, PlaceKind.REQUIRES_PYTHON)
        elif one.table == "metadata" and one.key in {"classifiers", "classifier"} and _CLASSIFIER.match(one.text):
            yield _place(one, path, PlaceKind.CLASSIFIER)
        elif one.table in {"tox", "tox:tox"} and one.key in {"envlist", "env_list"}:
            yield from _tox(one, path)
        elif (one.table, one.key) == ("mypy", "python_version"):
            yield _place(one, path, PlaceKind.TOOL)


def _tox(one: PlacedText, path: str) -> Iterator[PythonPlace]:
    for found in _TOX.finditer(one.text):
        start = one.start + found.start()
        yield PythonPlace(
            path, one.line, start, start + len(found[0]), PlaceKind.TEST_ENVIRONMENT, found[0], one.key, is_list=True
        )


def _place(one: PlacedText, path: str, kind: PlaceKind) -> PythonPlace:
    setting = f"{one.table}.{one.key}".strip(".")
    is_list = one.is_list or kind is PlaceKind.CLASSIFIER
    return PythonPlace(path, one.line, one.start, one.end, kind, one.text, setting, is_list)
