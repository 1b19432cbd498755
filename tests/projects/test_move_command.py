"""`manage.py move`: one patch for the whole move, applied by git."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import environment, manage, migrated
from tests.replay import ReplayIndex, a_file

TARGET = "cp314-manylinux_2_41_x86_64"
FILES = {
    "requirements.txt": "# kept\nfast==1.0  # compiled\npure==1.0\n",
    "Dockerfile": "FROM python:3.11-slim\nCOPY . .\n",
    ".python-version": "3.11\n",
    "pyproject.toml": """[project]
name = "app"
requires-python = ">=3.10,<3.13"

[tool.ruff]
target-version = "py310"
""",
    ".github/workflows/ci.yml": "test:\n  strategy:\n    matrix:\n      python-version: ['3.10', '3.11']\n",
    "tests/Dockerfile": "FROM python:3.9\n",
    "windows.cfg": "[x]\r\n",
}  # fmt: skip


@pytest.fixture
def index() -> Iterator[ReplayIndex]:
    replay = ReplayIndex()
    replay.add_package("pure", [a_file("pure-1.0-py3-none-any.whl")])
    wheels = ["fast-1.0-cp311-cp311-manylinux_2_17_x86_64.whl", "fast-2.0-cp314-cp314-manylinux_2_17_x86_64.whl"]
    replay.add_package("fast", [a_file(name) for name in wheels])
    # One address for all commands of a test: what one of them stored is read by the next.
    with replay:
        yield replay


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    git(root, "init", "-q")
    return root


def git(root: Path, *arguments: str, stdin: str = "") -> None:
    subprocess.run(["git", *arguments], cwd=root, input=stdin, text=True, check=True, capture_output=True)


def run(index: ReplayIndex, repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    data = migrated(repository.parent / "data")
    return manage(*arguments, "--target", TARGET, environment=environment(data, index.url))


def contents(root: Path) -> dict[str, str]:
    return {name: (root / name).read_bytes().decode() for name in FILES}


def test_the_patch_moves_everything_and_its_reverse_takes_it_back(index: ReplayIndex, repository: Path) -> None:
    done = run(index, repository, "move", str(repository))
    back = run(index, repository, "move", str(repository), "--reverse")
    assert done.returncode == 0, done.stderr
    git(repository, "apply", stdin=done.stdout)
    after = contents(repository)
    assert after["requirements.txt"] == "# kept\nfast==2.0  # compiled\npure==1.0\n"
    assert after["Dockerfile"] == "FROM python:3.14-slim\nCOPY . .\n"
    assert after[".python-version"] == "3.14\n"
    assert '">=3.10,<3.15"' in after["pyproject.toml"]
    assert 'target-version = "py310"' in after["pyproject.toml"]
    assert "['3.10', '3.11', '3.14']" in after[".github/workflows/ci.yml"]
    assert after["tests/Dockerfile"] == FILES["tests/Dockerfile"]
    judged = run(index, repository, "assess", str(repository), "--fail-on", "conditional")
    assert judged.returncode == 0, judged.stdout
    git(repository, "apply", stdin=back.stdout)
    assert contents(repository) == FILES


def test_every_change_has_its_reason_and_may_be_left_out(index: ReplayIndex, repository: Path) -> None:
    skipped = ("--skip", "ci", "--skip", "Dockerfile:1", "--skip", "requirements")
    done = run(index, repository, "move", str(repository), *skipped)
    reasons = [line for line in done.stderr.splitlines() if " → " in line]
    assert reasons == [
        ".python-version:1: 3.11 → 3.14: this is the Python that runs",
        "pyproject.toml:3: >=3.10,<3.13 → >=3.10,<3.15: the range leaves the target out",
    ]
    git(repository, "apply", stdin=done.stdout)
    after = contents(repository)
    assert {name for name in FILES if after[name] != FILES[name]} == {".python-version", "pyproject.toml"}


def test_the_move_is_data_too(index: ReplayIndex, repository: Path) -> None:
    found = json.loads(run(index, repository, "move", str(repository), "--format", "json").stdout)
    assert found["verdict"] == "conditional"
    assert {file["path"]: file["requirements"] for file in found["files"]} == {
        ".github/workflows/ci.yml": False,
        ".python-version": False,
        "Dockerfile": False,
        "pyproject.toml": True,
        "requirements.txt": True,
    }


def test_there_is_no_move_to_where_nothing_holds(index: ReplayIndex, repository: Path) -> None:
    (repository / "requirements.txt").write_text("nowhere==1\n")
    done = run(index, repository, "move", str(repository))
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no move to write" in done.stderr
