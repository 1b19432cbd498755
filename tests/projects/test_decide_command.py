"""`manage.py decide`: the options of a move side by side."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.commands import environment, manage, migrated
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
    (project / "requirements.txt").write_text("fast==1.0\npure==1.0\n")
    (project / "Dockerfile").write_text("FROM python:3.11-slim\n")
    with index:
        return manage(
            *("decide", str(project), "--target", NEW, *arguments),
            environment=environment(migrated(folder / "data"), index.url),
        )


def test_each_option_has_its_changes(index: ReplayIndex, tmp_path: Path) -> None:
    done = decide(index, tmp_path, "--format", "json")
    assert done.returncode == 0, done.stderr
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
    assert found["packages"] == [
        {
            "name": "fast",
            "direct": True,
            "before": "1.0",
            "after": {"smallest": "2.0", "bridge": "2.0", "latest": "3.0"},
        },
        {"name": "pure", "direct": True, "before": "1.0", "after": {"latest": "1.1"}},
    ]


def test_the_sheet_is_a_table_for_people(index: ReplayIndex, tmp_path: Path) -> None:
    done = decide(index, tmp_path)
    assert "|  | Stay | Smallest move | Bridge: one set on both | Latest versions |" in done.stdout
    assert "| fast | 1.0 | 2.0 | 2.0 | 3.0 |" in done.stdout
    assert "| pure | 1.0 | stays | stays | 1.1 |" in done.stdout
