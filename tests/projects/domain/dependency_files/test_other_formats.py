"""Conda environments, bills of materials, pip inspect, scripts, hints; and a file that is none of these."""

import json

import pytest

from projects.domain.dependency_files import (
    Format,
    RequirementOrigin,
    RuntimeHint,
    is_dependency_file,
    read,
    select,
)
from tests.projects.domain.dependency_files.one_file import one_file


def test_a_conda_environment_gives_its_pip_part_and_names_the_rest() -> None:
    parsed = one_file(
        "environment.yml",
        """\
name: env
channels: [conda-forge]
dependencies:
  - python=3.8.5
  - numpy=1.19
  - pip:
    - requests==2.0  # pinned
    - -e git+https://git.example/o/r#egg=mine
    - "--pre"
    - -e .
    - broken >=
    - [nested]
""",
    )
    assert [(one.name, one.line, one.editable) for one in parsed.requirements] == [
        ("requests", 7, False),
        ("mine", 8, True),
    ]
    assert [(one.name, one.line) for one in parsed.options] == [("pre", 9)]
    assert [(one.value, one.line) for one in parsed.hints] == [("3.8.5", 4)]
    messages = {one.line: one.message for one in parsed.problems}
    assert set(messages) == {4, 10, 11, 12}
    assert "2 conda packages" in messages[4]


def test_a_pip_list_that_conda_repeats_by_an_alias_is_read_once() -> None:
    parsed = one_file("environment.yml", "x: &a [idna, six]\ndependencies:\n- pip: *a\n- pip: *a\n- pip: [attrs]\n")
    assert [one.name for one in parsed.requirements] == ["idna", "six", "attrs"]


def test_free_threaded_python_of_conda_is_told() -> None:
    parsed = one_file("env.yml", "dependencies:\n- python-freethreading=3.14\n")
    assert [one.value for one in parsed.hints] == ["3.14t"]


@pytest.mark.parametrize(
    "content",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\ndependencies: [*c, *c]\n",
        "dependencies: " + "[" * 4_000,
        "dependencies: !!python/object/apply:os.system ['true']\n",
        "dependencies: {a: b}\n",
        "a: [\n",
        "&a [*a]\n",
        "- x\n",
        "dependencies:\n- pip: x\n",
        "",
        "a: " + "9" * 600_000,
    ],
)
def test_hostile_yaml_gives_problems_at_most(content: str) -> None:
    assert one_file("environment.yaml", content).requirements == ()


BOM = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "metadata": {"component": {"bom-ref": "root", "name": "app"}},
    "components": [
        {"bom-ref": "a", "name": "A.b", "version": "1", "purl": "pkg:pypi/a.b@1"},
        {
            "name": "group",
            "components": [{"bom-ref": "c", "purl": "pkg:pypi/c@2%2Blocal?vcs_url=git%2Bhttps://git.example/c"}],
        },
        {"name": "openssl", "purl": "pkg:generic/openssl@3"},
        {"bom-ref": "bad", "purl": "pkg:pypi/d@not%20a%20version"},
    ],
    "dependencies": [{"ref": "root", "dependsOn": ["a"]}, {"ref": "a", "dependsOn": ["c", "nowhere"]}],
}


def test_a_cyclonedx_document() -> None:
    parsed = one_file("bom.json", json.dumps(BOM, indent=1))
    rows = [(one.name, one.pinned, one.direct, one.origin) for one in parsed.requirements]
    assert rows == [("a-b", "1", True, RequirementOrigin.INDEX), ("c", "2+local", False, RequirementOrigin.VCS)]
    assert [dependency.name for dependency in parsed.requirements[0].dependencies] == ["c"]
    assert len(parsed.problems) == 2


def test_pip_inspect() -> None:
    content = {
        "version": "1",
        "pip_version": "26.3",
        "installed": [
            {
                "metadata": {
                    "name": "Flask",
                    "version": "3.0",
                    "requires_dist": ["Werkzeug>=3", "asgiref; extra == 'async'"],
                },
                "requested": True,
            },
            {"metadata": {"name": "Werkzeug", "version": "3.0"}, "requested": False},
            {
                "metadata": {"name": "mine", "version": "0"},
                "direct_url": {"url": "file:///home/me/mine", "dir_info": {"editable": True}},
            },
            {"metadata": {"name": "", "version": "0"}},
        ],
        "environment": {"python_full_version": "3.12.4"},
    }
    parsed = one_file("installed.json", json.dumps(content, indent=1))
    rows = [(one.name, one.direct, one.origin, one.editable) for one in parsed.requirements]
    assert rows == [
        ("flask", True, RequirementOrigin.INDEX, False),
        ("werkzeug", False, RequirementOrigin.INDEX, False),
        ("mine", None, RequirementOrigin.PATH, True),
    ]
    assert [(dependency.name, dependency.marker) for dependency in parsed.requirements[0].dependencies] == [
        ("werkzeug", None),
        ("asgiref", 'extra == "async"'),
    ]
    assert [one.value for one in parsed.hints] == ["3.12.4"]
    assert len(parsed.problems) == 1


def test_a_script_with_inline_metadata() -> None:
    content = """\
#!/usr/bin/env python
# /// script
# requires-python = '>=3.11'
# dependencies = [
#   'requests<3',
#
#   'rich',
# ]
# ///
import requests
"""
    parsed = one_file("tool.py", content)
    assert [source.format for source in parsed.sources] == [Format.SCRIPT]
    assert [(one.name, one.line) for one in parsed.requirements] == [("requests", 5), ("rich", 7)]
    assert [(one.value, one.line) for one in parsed.hints] == [(">=3.11", 3)]


SCRIPT = b"# /// script\n# requires-python = '>=3.13'\n# dependencies = ['rich<14']\n# ///\n"


@pytest.mark.parametrize(
    ("others", "names"),
    [
        ({"requirements.txt": b"rich>=14\n"}, ["rich>=14"]),
        ({"tools/b.py": SCRIPT}, []),
        ({".python-version": b"3.12\n"}, ["rich<14"]),
        ({}, ["rich<14"]),
    ],
)
def test_a_script_beside_other_files_has_an_environment_of_its_own(others: dict[str, bytes], names: list[str]) -> None:
    files = {"tools/a.py": SCRIPT, **others}
    parsed = read(files, list(files))
    assert [f"{one.name}{one.specifier}" for one in select(parsed)] == names
    is_alone = names == ["rich<14"]
    assert bool(parsed.limits) is is_alone
    if not is_alone:
        chosen = select(parsed, groups=["tools/a.py"])
        assert "rich<14" in [f"{one.name}{one.specifier}" for one in chosen]
        assert "unless group tools/a.py is chosen" in " ".join(one.message for one in parsed.problems)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("# /// script\n# dependencies = []\n# ///\n\n# /// script\n# ///\n", "more than one"),
        ("# /// script\n# dependencies = [\n# ///\n", "not readable as TOML"),
        ("# /// script\n# dependencies = []\n", "without a script block"),
        ("print(1)\n", "without a script block"),
    ],
)
def test_a_bad_script_block_is_a_problem(content: str, message: str) -> None:
    parsed = one_file("tool.py", content)
    assert [message in one.message for one in parsed.problems] == [True]


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        (".python-version", "3.12.1\n# old\npypy3.10-7.3\n", [("python", "3.12.1", 1), ("python", "pypy3.10-7.3", 3)]),
        ("runtime.txt", "python-3.11.4\n", [("python", "3.11.4", 1)]),
        (".tool-versions", "nodejs 20\npython 3.12.0 3.11.9\n", [("python", "3.12.0", 2), ("python", "3.11.9", 2)]),
        (
            "Dockerfile",
            "ARG V=3.12\nFROM --platform=linux/arm64 python:${V}-slim AS b\nFROM b\nFROM scratch\nfrom alpine:3.20\n",
            [("image", "python:3.12-slim linux/arm64", 2), ("image", "alpine:3.20", 5)],
        ),
        (
            ".github/workflows/ci.yml",
            "- with: {python-version: |\n        3.9\n      }\n",
            [],
        ),
        (
            ".github/workflows/ci.yml",
            "jobs:\n  t:\n    strategy:\n      matrix:\n        python-version: ['3.11', 3.13t, \"${{ x }}\"]\n",
            [("python", "3.11", 5), ("python", "3.13t", 5)],
        ),
    ],
)
def test_signs_of_todays_target(path: str, content: str, expected: list[tuple[str, str, int]]) -> None:
    parsed = one_file(path, content)
    assert list(parsed.hints) == [RuntimeHint(kind, value, path, line) for kind, value, line in expected]
    assert parsed.requirements == ()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("requirements.txt", True),
        ("requirements-dev.txt", True),
        ("requirements/base.in", True),
        ("dev-requirements.txt", True),
        ("reqs-dev.txt", True),
        ("req.in", True),
        ("docs/ref/request-response.txt", False),
        ("constraints.txt", True),
        ("sub/pyproject.toml", True),
        ("pylock.prod.toml", True),
        ("environment-dev.yml", True),
        (".github/workflows/ci.yaml", True),
        ("app.cdx.json", True),
        ("README.txt", False),
        ("notes/list.txt", False),
        ("docker-compose.yml", False),
        ("package.json", False),
    ],
)
def test_which_files_of_a_directory_are_taken(path: str, expected: bool) -> None:
    assert is_dependency_file(path) is expected


@pytest.mark.parametrize("content", ['{"name": "x"}', "[]", '{"bomFormat": ', '{"a": "\\ud800", "bomFormat": 1}'])
def test_json_of_no_known_kind_is_one_problem(content: str) -> None:
    parsed = one_file("package.json", content)
    assert parsed.requirements == ()
    assert parsed.problems
