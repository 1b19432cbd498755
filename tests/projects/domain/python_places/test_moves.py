"""The edits that move places to another Python."""

import pytest

from projects.domain.python_places.moves import not_moved, place_moves
from projects.domain.python_places.read import read_places
from projects.domain.rewriting.edits import apply_edits


def moved(path: str, text: str, minor: int = 14) -> str:
    places = read_places({path: text.encode()})
    return apply_edits(text, [one.edit for one in place_moves(places, {path: text}, minor)])


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("Dockerfile", "FROM python:3.11-slim AS base\n", "FROM python:3.14-slim AS base\n"),
        ("Dockerfile", "FROM python:3.11.4-slim\n", "FROM python:3.14.10-slim\n"),
        ("Dockerfile", 'ARG V="3.11"\nFROM python:${V}-slim\n', 'ARG V="3.14"\nFROM python:${V}-slim\n'),
        ("Dockerfile", "FROM python:3.14\n", "FROM python:3.14\n"),
        ("Dockerfile", "FROM python:3.15\n", "FROM python:3.15\n"),
        ("Dockerfile", "FROM python:3\n", "FROM python:3\n"),
        (".python-version", "3.11\n", "3.14\n"),
        ("runtime.txt", "python-3.11.4\n", "python-3.14.10\n"),
        ("compose.yml", "web:\n  image: python:3.11 # x\n", "web:\n  image: python:3.14 # x\n"),
        ("serverless.yml", "provider:\n  runtime: python3.11\n", "provider:\n  runtime: python3.14\n"),
        ("environment.yml", "dependencies:\n  - python=3.11\n", "dependencies:\n  - python=3.14\n"),
        (".github/workflows/a.yml", 'py: [3.9, "3.10"]\n', 'py: [3.9, "3.10", "3.14"]\n'),
        (".github/workflows/a.yml", "a:\n  python-version: [3.8, 3.9]\n", 'a:\n  python-version: [3.8, 3.9, "3.14"]\n'),
        (
            ".github/workflows/a.yml",
            "a:\n  python-version:\n    - '3.9'\n    - '3.10' # old\n  os: x\n",
            "a:\n  python-version:\n    - '3.9'\n    - '3.10'\n    - '3.14' # old\n  os: x\n",
        ),
        (".github/workflows/a.yml", "a:\n  python-version: '3.11'\n", "a:\n  python-version: '3.14'\n"),
        ("tox.ini", "[tox]\nenvlist = py39,py310,lint\n", "[tox]\nenvlist = py39,py310,py314,lint\n"),
        ("tox.ini", "[tox]\nenvlist = py{39,310}-a, lint\n", "[tox]\nenvlist = py{39,310,314}-a, lint\n"),
        ("tox.ini", "[tox]\nenvlist =\n  py39\n  lint\n", "[tox]\nenvlist =\n  py39\n  py314\n  lint\n"),
        (
            "noxfile.py",
            '@nox.session(python=["3.10", "3.11"])\ndef a(s): ...\n',
            '@nox.session(python=["3.10", "3.11", "3.14"])\ndef a(s): ...\n',
        ),
        (
            "pyproject.toml",
            '[project]\nrequires-python = ">=3.9,<3.14"\n',
            '[project]\nrequires-python = ">=3.9,<3.15"\n',
        ),
        ("pyproject.toml", '[project]\nrequires-python = ">=3.9"\n', '[project]\nrequires-python = ">=3.9"\n'),
        ("pyproject.toml", '[tool.ruff]\ntarget-version = "py39"\n', '[tool.ruff]\ntarget-version = "py39"\n'),
        (
            "pyproject.toml",
            '[project]\nclassifiers = [\n    "Programming Language :: Python :: 3.10",\n    "Topic :: x",\n]\n',
            """[project]\nclassifiers = [\n    "Programming Language :: Python :: 3.10",
    "Programming Language :: Python :: 3.14",\n    "Topic :: x",\n]\n""",
        ),
        (
            "pyproject.toml",
            '[project]\nclassifiers = [\n  "Programming Language :: Python :: 3.10"\n]\n',
            """[project]\nclassifiers = [\n  "Programming Language :: Python :: 3.10",
  "Programming Language :: Python :: 3.14"\n]\n""",
        ),
        (
            "setup.cfg",
            "[metadata]\nclassifiers =\n    Programming Language :: Python :: 3.10\n    Topic :: x\n",
            """[metadata]\nclassifiers =\n    Programming Language :: Python :: 3.10
    Programming Language :: Python :: 3.14\n    Topic :: x\n""",
        ),
        ("tox.ini", "[tox]\r\nenvlist =\r\n    py310\r\n", "[tox]\r\nenvlist =\r\n    py310\r\n    py314\r\n"),
    ],
)  # fmt: skip
def test_a_place_is_moved_as_people_write_it(path: str, before: str, after: str) -> None:
    assert moved(path, before) == after
    # What has moved stays.
    assert moved(path, after) == after


def test_a_matrix_that_is_no_list_is_left_to_people() -> None:
    path = ".github/workflows/a.yml"
    text = "m:\n  include:\n    - {python: '3.11', tox: py311}\n    - {python: '3.12', tox: py312}\n"
    assert moved(path, text) == text
    beside = {path: text.encode(), "tox.ini": b"[tox]\nenvlist = py311,py312\n"}
    assert [(one.path, one.line) for one in not_moved(read_places(beside), 14, beside)] == [(path, 3)]
    assert not_moved(read_places({path: text.encode()}), 12, {path}) == []


def test_an_image_of_an_old_system_is_a_caution() -> None:
    text = "FROM python:3.9-buster\n"
    (move,) = place_moves(read_places({"Dockerfile": text.encode()}), {"Dockerfile": text}, 14)
    assert (move.after, move.caution) == ("python:3.14-buster", "buster")
