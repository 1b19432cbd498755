"""`manage.py audit`: imports of a tree against the wheels of its set, as a table, JSON and SARIF."""

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.commands import environment, manage, manage_here, migrated
from tests.projects import crashed_tree
from tests.replay import ReplayIndex, a_file

PACKAGES = {
    "fastapi": ({"fastapi/__init__.py": b""}, ["starlette", "websockets ; extra == 'all'"]),
    "starlette": ({"starlette/__init__.py": b""}, []),
    "websockets": ({"websockets/__init__.py": b""}, []),
    "sendgrid": ({"sendgrid/__init__.py": b""}, []),
    "beautifulsoup4": ({"bs4/__init__.py": b""}, []),
    "bs4": ({}, ["beautifulsoup4"]),
    "pytest": ({"pytest/__init__.py": b""}, []),
}


@pytest.fixture
def index() -> ReplayIndex:
    replay = ReplayIndex()
    for name, (members, needs) in PACKAGES.items():
        replay.add_package(name, [a_file(f"{name}-1.0-py3-none-any.whl", members=members, requires_dist=needs)])
    return replay


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    files = {
        "requirements.txt": "fastapi\nwebsockets\nsendgrid\n",
        "app/__init__.py": "",
        "app/main.py": "import fastapi\nfrom bs4 import Tag\nfrom starlette.responses import Response\nimport cgi\n",
        "tests/data/input.py": "print 'not read'\n",
        "notes.ipynb": json.dumps({"cells": [{"cell_type": "code", "source": ["import nowhere"]}]}),
        ".venv/pyvenv.cfg": "",
        ".venv/lib/other.py": "import not_ours",
    }
    for name, text in files.items():
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "tree"


def audit(index: ReplayIndex, tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    with index:
        return manage(
            *("audit", str(tree), "--target", "cp313-win_amd64", "--target", "cp312-win_amd64", *arguments),
            environment=environment(migrated(tree.parent / "data"), index.url),
        )


def test_the_findings_of_a_tree_are_exactly_the_true_ones(index: ReplayIndex, tree: Path) -> None:
    done = audit(index, tree, "--format", "json")
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    assert found["files"] == 3
    rows = [
        (one["kind"], one["severity"], one["subject"], one["package"], len(one["targets"]), one["places"])
        for one in found["findings"]
    ]
    main = "app/main.py"
    assert rows == [
        ("imported-not-required", "high", "bs4", "beautifulsoup4", 2, [{"path": main, "line": 2}]),
        ("imported-not-required", "high", "nowhere", None, 2, [{"path": "notes.ipynb", "line": 1}]),
        ("removed-module", "high", "cgi", None, 1, [{"path": main, "line": 4}]),
        ("required-through-another", "moderate", "starlette", "starlette", 2, [{"path": main, "line": 3}]),
        ("required-not-imported", "low", "sendgrid", "sendgrid", 2, [{"path": "requirements.txt", "line": 3}]),
    ]


def test_the_places_where_files_say_their_python_are_listed(index: ReplayIndex, tree: Path) -> None:
    (tree / "Dockerfile").write_text("FROM python:3.12-slim\n")
    (tree / ".python-version").write_text("3.11\n")
    found = json.loads(audit(index, tree, "--format", "json").stdout)
    assert [(one["path"], one["line"], one["value"]) for one in found["places"]] == [
        (".python-version", 1, "3.11"),
        ("Dockerfile", 1, "python:3.12-slim"),
    ]
    assert "cp312-manylinux_2_41_x86_64" in found["proposed_targets"]
    assert [one["kind"] for one in found["disagreements"]] == ["runs-differ"]
    assert "Dockerfile:1 runs another Python than 3.11 at .python-version:1" in audit(index, tree).stdout


def test_a_table_of_a_tool_in_the_settings_names_its_package(index: ReplayIndex, tree: Path) -> None:
    (tree / "pyproject.toml").write_text("[tool.sendgrid.lint]\nx = 1\n")
    assert "sendgrid" not in audit(index, tree).stdout


def test_what_is_declared_to_be_loaded_by_name_is_not_unused(index: ReplayIndex, tree: Path) -> None:
    done = audit(index, tree, "--loaded", "SendGrid", "--fail-on", "never")
    assert done.returncode == 0, done.stderr
    assert "sendgrid" not in done.stdout
    assert "beautifulsoup4 1.0 brings a module of that name" in done.stdout


def test_the_sarif_is_what_its_schema_and_code_scanning_ask_for(index: ReplayIndex, tree: Path) -> None:
    document = json.loads(audit(index, tree, "--format", "sarif").stdout)
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"]
    assert all(rule["id"] and rule["shortDescription"]["text"] for rule in rules)
    assert len(run["results"]) == 5
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["message"]["text"]
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert (tree / unquote(place["artifactLocation"]["uri"])).is_file()
        assert place["region"]["startLine"] >= 1


def test_a_tree_like_the_one_that_crashed_is_told_exactly_in_every_format(index: ReplayIndex, tmp_path: Path) -> None:
    for name, needs in (("requests", ["urllib3"]), ("urllib3", []), ("anthropic", [])):
        wheel = a_file(f"{name}-1.0-py3-none-any.whl", members={f"{name}/__init__.py": b""}, requires_dist=needs)
        index.add_package(name, [wheel])
    tree = crashed_tree.write_tree(tmp_path / "tree")
    written = {form: tmp_path / form for form in ("json", "sarif")}
    with index:
        done = manage(
            *("audit", str(tree), "--target", crashed_tree.WINDOWS, "--target", crashed_tree.LINUX),
            *(part for form, path in written.items() for part in ("--output", f"{form}={path}")),
            environment=environment(migrated(tmp_path / "data"), index.url),
        )
    assert done.returncode == 1, done.stderr
    found = json.loads(written["json"].read_text())["findings"]
    rows = [
        (
            *(one["kind"], one["severity"], one["subject"]),
            [(place["path"], place["line"]) for place in one["places"]],
            one["targets"],
        )
        for one in found
    ]
    assert rows == crashed_tree.FINDINGS
    assert {one["subject"]: one["package"] for one in found if one["kind"] == "imported-not-required"} == {
        "bs4": "beautifulsoup4",
        "anthropic": "anthropic",
        "sentry_sdk": "sentry-sdk",
        "pytest": "pytest",
    }
    results = json.loads(written["sarif"].read_text())["runs"][0]["results"]
    assert sorted((one["ruleId"], *_first_place(one)) for one in results) == sorted(
        (kind, *place) for kind, _, _, places, _ in crashed_tree.FINDINGS for place in places
    )
    for _, _, subject, places, _ in crashed_tree.FINDINGS:
        path, line = places[0]
        assert f"{subject} is " in done.stdout
        assert f"    {path}:{line}" in done.stdout
    assert done.stdout.startswith(f"15 files read, {len(crashed_tree.FINDINGS)} findings")


def _first_place(result: dict[str, Any]) -> tuple[str, int]:
    place = result["locations"][0]["physicalLocation"]
    return unquote(place["artifactLocation"]["uri"]), place["region"]["startLine"]


def test_what_a_package_from_a_repository_brings_is_not_known(index: ReplayIndex, tree: Path) -> None:
    requirements = (tree / "requirements.txt").read_text()
    # One that the plan for a target has to move, so that there is a plan.
    (tree / "requirements.txt").write_text(f"{requirements}ours @ git+https://git.example/ours.git\n")
    (tree / "pyproject.toml").write_text('[project]\nname = "app"\nrequires-python = "<3.12"\n')
    done = audit(index, tree)
    assert "nowhere is imported, and no package of the set is known to bring it" in done.stdout, done.stderr
    assert "the modules of ours are not known" in done.stdout


def test_without_requirements_every_package_is_missing(index: ReplayIndex, tree: Path) -> None:
    (tree / "requirements.txt").unlink()
    done = audit(index, tree)
    assert done.returncode == 1
    assert "nothing is required" in done.stderr
    assert "fastapi is imported" in done.stdout


def test_a_package_of_a_group_is_named_with_it(index: ReplayIndex, tree: Path) -> None:
    (tree / "requirements.txt").unlink()
    (tree / "pyproject.toml").write_text("[dependency-groups]\ndev = ['fastapi']\n")
    done = audit(index, tree)
    assert "fastapi is imported, and fastapi 1.0 is required for group dev only" in done.stdout, done.stderr


def test_a_path_that_is_not_there_cannot_be_audited(tree: Path) -> None:
    assert manage_here("audit", str(tree / "nowhere"), "--target", "cp313-win_amd64").returncode == 2
