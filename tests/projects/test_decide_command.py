"""`manage.py decide`: the options of a move side by side."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.commands import environment, manage, migrated
from tests.projects import crashed_tree
from tests.replay import ReplayIndex, a_file

OLD, NEW = "cp311-manylinux_2_41_x86_64", "cp314-manylinux_2_41_x86_64"


@pytest.fixture
def index() -> ReplayIndex:
    replay = ReplayIndex()
    both = [f"fast-2.0-cp{minor}-cp{minor}-manylinux_2_17_x86_64.whl" for minor in (311, 314)]
    newest = "fast-3.0-cp314-cp314-manylinux_2_17_x86_64.whl"
    first = "fast-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"
    replay.add_package("fast", [a_file(name) for name in (first, *both, newest)])
    replay.add_package("pure", [a_file(f"pure-{version}-py3-none-any.whl") for version in ("1.0", "1.1")])
    return replay


def decide(index: ReplayIndex, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    project = folder / "project"
    project.mkdir()
    (project / "Dockerfile").write_text("FROM python:3.11-slim\n")
    with index:
        (project / "requirements.txt").write_text(f"--index-url {index.url}\nfast==1.0\npure==1.0\n")
        return manage(
            *("decide", str(project), "--target", NEW, *arguments),
            environment=environment(migrated(folder / "data"), index.url),
        )


def test_each_option_has_its_changes(index: ReplayIndex, tmp_path: Path) -> None:
    done = decide(index, tmp_path, "--format", "json")
    assert done.returncode == 0, done.stderr
    # Each of the four assessments looks at the indexes.
    assert done.stderr.count("replaces the indexes before it") == 1
    found = json.loads(done.stdout)
    options = {one["option"]: one for one in found["options"]}
    assert list(options) == ["stay", "smallest", "bridge", "latest"]
    assert {name: one["targets"] for name, one in options.items()} == {
        "stay": [OLD],
        "smallest": [NEW],
        "bridge": [OLD, NEW],
        "latest": [NEW],
    }
    assert {name: one["changes"]["direct"] for name, one in options.items()} == {
        "stay": 0,
        "smallest": 1,
        "bridge": 1,
        "latest": 2,
    }
    assert all(one["possible"] for one in options.values())
    assert options["stay"]["supported_until"] == ["2027-10-31"]
    assert [(one["name"], one["before"], one["lowest"], one["after"]) for one in found["packages"]] == [
        ("fast", "1.0", "2.0", {"smallest": "2.0", "bridge": "2.0", "latest": "3.0"}),
        ("pure", "1.0", "1.0", {"smallest": "1.0", "bridge": "1.0", "latest": "1.1"}),
    ]
    assert [(one["name"], one["from"], one["to"]) for one in found["changes"]] == [("fast", "1.0", "2.0")]
    assert found["newer_on_target"] == [{"name": "fast", "today": "2.0", "target": "3.0"}]
    assert {one["target"]: (one["verdict"], one["blocked"]) for one in found["systems"]} == {
        NEW: ("conditional", []),
        "cp314-musllinux_1_2_x86_64": ("no-go", ["fast"]),
        "cp314-macosx_14_0_arm64": ("no-go", ["fast"]),
        "cp314-win_amd64": ("no-go", ["fast"]),
    }
    done_steps = {one["text"] for one in found["steps"] if one["done"]}
    assert "One set holds on both Pythons" in done_steps
    assert not any("tests" in one for one in done_steps)


def test_the_sheet_is_a_document_for_people(index: ReplayIndex, tmp_path: Path) -> None:
    done = decide(index, tmp_path, "--no-systems")
    assert "|  | Stay | Smallest move | Bridge: one set on both | Latest versions |" in done.stdout
    assert "| fast | 1.0 | 2.0 | 2.0 | 2.0 | 3.0 |" in done.stdout
    assert "- Python 3.11 gets security fixes until 2027-10-31, " in done.stdout
    assert "fast 3.0 (here 2.0)" in done.stdout
    assert "- fast 1.0 → 2.0 (fast 1.0 has no file for it)" in done.stdout
    assert "1 requirement to write, 1 change log to read, 1 place of the Python, by the patch" in done.stdout
    assert "- [ ] Run the project's own tests on Python 3.14 on Linux x86-64 (glibc 2.41)" in done.stdout


def test_what_the_source_has_to_mend_is_said_with_its_places(index: ReplayIndex, tmp_path: Path) -> None:
    project = crashed_tree.write_tree(tmp_path / "project")
    (project / "requirements.txt").write_text("pure==1.0\n")
    with index:
        done = manage(
            *("decide", str(project), "--target", crashed_tree.WINDOWS, "--today", "cp311-win_amd64", "--no-systems"),
            environment=environment(migrated(tmp_path / "data"), index.url),
        )
    assert done.returncode == 0, done.stderr
    assert " findings to fix first.**" in done.stdout
    assert "- bs4 is imported, and no package of the set brings it." in done.stdout
    assert "(app/analysis.py:1)" in done.stdout
    assert "- telnetlib is imported, which Python 3.13 removed. " in done.stdout
    assert "(app/crawl.py:10 and notebooks/look.ipynb:6)" in done.stdout


def test_a_project_without_a_requirements_file_is_installed_from_its_folder(index: ReplayIndex, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "1"\ndependencies = ["pure"]\n')
    with index:
        done = manage(
            *("decide", str(project), "--target", NEW, "--today", OLD),
            environment=environment(migrated(tmp_path / "data"), index.url),
        )
    assert "`python3.14 -m pip install .`" in done.stdout
    assert "requirements.txt" not in done.stdout
