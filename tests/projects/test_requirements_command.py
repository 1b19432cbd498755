"""`manage.py requirements`: offline, JSON on standard output alone, exit codes."""

import contextlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.commands import ROOT, manage, manage_here


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own: no settings but the defaults, and a database that does not exist."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(cwd),
        "WHEELWAY_DATA": str(cwd / "none"),
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "SECRET_KEY": "the-key-of-the-tests-is-no-secret-0123456789",
    }
    return manage("requirements", *arguments, environment=environment, cwd=cwd)


def run_here(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in this process, which may not touch the database."""
    with contextlib.chdir(cwd):
        return manage_here("requirements", *arguments)


def test_a_file_with_a_bad_line_is_read_and_the_result_alone_is_printed(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("uvicorn[standard]==0.27.1\n==\n-r base.txt\n")
    (tmp_path / "base.txt").write_text("six\n")
    done = run("requirements.txt", "--format", "json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert [source["format"] for source in document["sources"]] == ["requirements.txt", "requirements.txt"]
    first = document["requirements"][0]
    expected = {
        "name": "uvicorn",
        "specifier": "==0.27.1",
        "extras": ["standard"],
        "marker": None,
        "source": "requirements.txt",
        "line": 1,
    }
    assert {key: first[key] for key in expected} == expected
    assert [(one["path"], one["line"]) for one in document["problems"]] == [("requirements.txt", 2)]


def test_a_directory_gives_its_own_dependency_files_and_nobody_elses(tmp_path: Path) -> None:
    for name in (
        "pyproject.toml",
        "a/requirements.txt",
        "my-env/lib/requirements.txt",
        "node_modules/x/requirements.txt",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("[project]\nname='p'\ndependencies=['six']\n" if "toml" in name else "attrs\n")
    (tmp_path / "my-env/pyvenv.cfg").write_text("")
    (tmp_path / "README.txt").write_text("not one of them\n")
    done = run_here(".", "--format", "json", cwd=tmp_path)
    assert done.returncode == 0
    assert [source["path"] for source in json.loads(done.stdout)["sources"]] == ["pyproject.toml", "a/requirements.txt"]


@pytest.mark.parametrize("arguments", [["missing.txt"], ["binary.txt"], ["empty"], ["broken.toml"], []])
def test_unreadable_input_and_bad_usage_exit_with_2(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "binary.txt").write_bytes(b"PK\x03\x04")
    (tmp_path / "broken.toml").write_text("[project\n")
    (tmp_path / "empty").mkdir()
    done = run_here(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr


def test_with_a_target_only_what_it_needs_is_printed(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("six\npywin32; sys_platform == 'win32'\nuvloop; os_name == 'posix'\n")
    for target, names in (("windows", ["six", "pywin32"]), ("python:3.13-slim", ["six", "uvloop"])):
        done = run_here("requirements.txt", "--target", target, "--format", "json", cwd=tmp_path)
        assert [one["name"] for one in json.loads(done.stdout)["requirements"]] == names
    refused = run_here("requirements.txt", "--target", "windoes", cwd=tmp_path)
    assert refused.returncode == 2
    assert "the nearest are windows" in refused.stderr


def test_a_directory_gives_its_scripts_with_inline_metadata_and_no_other_python_file(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/report.py").write_text('# /// script\n# dependencies = ["rich<14"]\n# ///\nimport rich\n')
    (tmp_path / "tools/plain.py").write_text("import six\n")
    (tmp_path / "requirements.txt").write_text("attrs\n")
    done = run_here(".", "--format", "json", cwd=tmp_path)
    document = json.loads(done.stdout)
    assert [(one["path"], one["format"]) for one in document["sources"]] == [
        ("requirements.txt", "requirements.txt"),
        ("tools/report.py", "script"),
    ]
    assert [one["name"] for one in document["requirements"]] == ["attrs", "rich"]
