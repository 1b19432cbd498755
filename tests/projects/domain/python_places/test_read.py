"""Places where files name a Python, with their lines, columns and what they mean as targets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.python_places.disagreements import DisagreementKind, disagreements
from projects.domain.python_places.pythons_named import minor_of, target_of
from projects.domain.python_places.read import may_name_python, read_places
from projects.domain.python_places.values import PythonPlace

WORKFLOW = """
jobs:
  tests:
    strategy:
      matrix:
        python-version: [3.9, "3.10", '3.11']
    steps:
      - uses: actions/setup-python@v5
        with:
          python-version: ${{ matrix.python-version }}
"""
FILES: dict[str, tuple[str, list[tuple[str, int, str]]]] = {
    "Dockerfile": (
        "ARG VERSION=3.11\nFROM python:${VERSION}-slim AS base\nFROM base\nFROM node:22\nFROM python:3.12-alpine\n",
        [("image", 1, "3.11"), ("image", 5, "python:3.12-alpine")],
    ),
    "deploy/Dockerfile.web": ("FROM --platform=linux/arm64 python:3.13\n", [("image", 1, "python:3.13")]),
    ".python-version": ("3.11.4\n3.12\n", [("version-file", 1, "3.11.4"), ("version-file", 2, "3.12")]),
    "runtime.txt": ("python-3.11.4\n", [("version-file", 1, "python-3.11.4")]),
    ".tool-versions": ("nodejs 20\npython 3.12.1\n", [("version-file", 2, "3.12.1")]),
    ".github/workflows/ci.yml": (WORKFLOW, [("ci", 6, "3.9"), ("ci", 6, "3.10"), ("ci", 6, "3.11")]),
    ".gitlab-ci.yml": ("test:\n  image: python:3.11\n", [("ci", 2, "python:3.11")]),
    ".circleci/config.yml": (
        "jobs:\n  build:\n    docker:\n      - image: cimg/python:3.11.2\n",
        [("ci", 4, "cimg/python:3.11.2")],
    ),
    "azure-pipelines.yml": (
        "steps:\n- task: UsePythonVersion@0\n  inputs:\n    versionSpec: '3.11'\n",
        [("ci", 4, "3.11")],
    ),
    "docker-compose.yml": ("services:\n  web:\n    image: python:3.11-slim\n", [("image", 3, "python:3.11-slim")]),
    ".readthedocs.yaml": ('build:\n  tools:\n    python: "3.11"\n', [("docs", 3, "3.11")]),
    ".pre-commit-config.yaml": (
        "default_language_version:\n  python: python3.11\nrepos:\n- hooks:\n  - args: [--py39-plus]\n",
        [("hooks", 2, "python3.11"), ("tool", 5, "--py39-plus")],
    ),
    "environment.yml": ("dependencies:\n  - python=3.11\n  - numpy\n", [("conda", 2, "python=3.11")]),
    "serverless.yml": ("provider:\n  runtime: python3.11\n", [("serverless", 2, "python3.11")]),
    "template.yaml": (
        "Globals:\n  Function:\n    Runtime: python3.12\n",
        [("serverless", 3, "python3.12")],
    ),
    "Pipfile": ('[requires]\npython_version = "3.11"\n', [("version-file", 2, "3.11")]),
    "tox.ini": ("[tox]\nenvlist =\n    py{39,310}-django\n    py311, lint\n",
        [("test-environment", 3, "py{39,310}"), ("test-environment", 4, "py311")]),
    "setup.cfg": (
        """[metadata]
classifiers =
    Programming Language :: Python :: 3.11
[options]
python_requires = >=3.9,<3.12
""",
        [("classifier", 3, "Programming Language :: Python :: 3.11"), ("requires-python", 5, ">=3.9,<3.12")],
    ),
    "noxfile.py": (
        """PYTHONS = ["3.10", "3.11"]
@nox.session(python=PYTHONS)
def a(s): ...
@nox.session(python="python3.12")
def b(s): ...
""",
        [("test-environment", 1, "3.10"), ("test-environment", 1, "3.11"), ("test-environment", 4, "python3.12")],
    ),
    "ruff.toml": ('target-version = "py310"\n', [("tool", 1, "py310")]),
    "pyproject.toml": (
        """[project]
requires-python = ">=3.10"  # not "3.9"
classifiers = [
    "Programming Language :: Python :: 3",
    "Programming Language :: Python :: 3.11",
]
[tool.black]
target-version = ["py310", "py311"]
[tool.mypy]
python_version = "3.10"
[tool.poetry.dependencies]
python = "^3.10"
numpy = "*"
""",
        [
            ("requires-python", 2, ">=3.10"),
            ("classifier", 5, "Programming Language :: Python :: 3.11"),
            ("tool", 8, "py310"),
            ("tool", 8, "py311"),
            ("tool", 10, "3.10"),
            ("requires-python", 12, "^3.10"),
        ],
    ),
}  # fmt: skip


def places(**files: str) -> list[PythonPlace]:
    return read_places({path.replace("__", "."): text.encode() for path, text in files.items()})


@pytest.mark.parametrize("path", FILES)
def test_the_places_of_a_file_are_found(path: str) -> None:
    text, expected = FILES[path]
    assert may_name_python(path)
    found = read_places({path: text.encode()})
    assert [(one.kind.value, one.line, one.value) for one in found] == expected
    lines = text.split("\n")
    for one in found:
        written = lines[one.line - 1][one.start : one.end]
        # The text of a place is there to be replaced.
        assert written == one.value


@pytest.mark.parametrize(
    ("path", "text", "slug"),
    [
        ("Dockerfile", "FROM python:3.11-slim\n", "cp311-manylinux_2_41_x86_64"),
        ("Dockerfile", "FROM python:3.13-slim-bookworm\n", "cp313-manylinux_2_36_x86_64"),
        ("Dockerfile", "ARG V=3.12\nFROM python:$V-alpine\n", "cp312-musllinux_1_2_x86_64"),
        ("Dockerfile", "FROM --platform=linux/arm64 python:3.13\n", "cp313-manylinux_2_41_aarch64"),
        ("serverless.yml", "provider:\n  runtime: python3.11\n", "cp311-manylinux_2_26_x86_64"),
        ("template.yaml", "Runtime: python3.13\n", "cp313-manylinux_2_34_x86_64"),
    ],
)
def test_what_runs_is_proposed_as_a_target(path: str, text: str, slug: str) -> None:
    (one,) = read_places({path: text.encode()})
    target = target_of(one)
    assert target is not None
    assert target.slug == slug


def test_a_version_file_is_a_target_on_the_usual_linux_and_an_unknown_image_none() -> None:
    (version,) = places(**{".python-version": "3.12\n"})
    target = target_of(version)
    assert target is not None
    assert target.slug.startswith("cp312-manylinux")
    (image,) = places(Dockerfile="FROM registry.example/our-python:7\n")
    assert (target_of(image), minor_of(image)) == (None, None)


@pytest.mark.parametrize(
    ("files", "kinds"),
    [
        ({"Dockerfile": "FROM python:3.12\n", ".python-version": "3.11\n"}, {DisagreementKind.RUNS_DIFFER}),
        (
            {"Dockerfile": "FROM python:3.14\n", "pyproject.toml": '[project]\nrequires-python = "<3.14"\n'},
            {DisagreementKind.NOT_ADMITTED},
        ),
        ({"Dockerfile": "FROM python:3.14\n", "tox.ini": "[tox]\nenvlist = py311\n"}, {DisagreementKind.NOT_TESTED}),
        (
            {
                "pyproject.toml": '[project]\nrequires-python = ">=3.10"\n'
                'classifiers = ["Programming Language :: Python :: 3.9"]\n[tool.mypy]\npython_version = "3.11"\n'
            },
            {DisagreementKind.PROMISED_NOT_ADMITTED, DisagreementKind.TOOL_ABOVE_LOWEST},
        ),
        (
            {"Dockerfile": "FROM python:3.12\n", "pyproject.toml": '[project]\nrequires-python = ">=3.10"\n'},
            set(),
        ),
    ],
)
def test_places_that_contradict_each_other_are_found(files: dict[str, str], kinds: set[DisagreementKind]) -> None:
    found = disagreements(read_places({path: text.encode() for path, text in files.items()}))
    assert {one.kind for one in found} == kinds


@given(st.sampled_from(sorted(FILES)), st.text(alphabet="py3.10{},[]\"'=:-# \nFROMAG$", max_size=120))
def test_any_text_is_read_and_every_place_is_where_it_says(path: str, text: str) -> None:
    for one in read_places({path: text.encode()}):
        assert text.split("\n")[one.line - 1][one.start : one.end] == one.value or "${" in one.context


@given(st.sampled_from(sorted(FILES)), st.binary(max_size=100))
def test_any_bytes_are_read(path: str, content: bytes) -> None:
    assert isinstance(read_places({path: content}), list)
