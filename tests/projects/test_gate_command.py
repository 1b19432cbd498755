"""`manage.py assess` and `audit` as a gate: a baseline that is written, and what a later run says against it."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.commands import environment, manage, migrated
from tests.replay import ReplayIndex, a_file

TARGET = "cp314-win_amd64"
OLD = "-1.0-cp312-cp312-win_amd64.whl"


@pytest.fixture(scope="module")
def index() -> Iterator[ReplayIndex]:
    with ReplayIndex() as replay:
        for name in ("first", "second", "third"):
            replay.add_package(name, [a_file(f"{name}{OLD}")])
        yield replay


def run(index: ReplayIndex, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    given = environment(migrated(folder.parent / "data"), index.url)
    return manage(*arguments, environment=given, cwd=folder)


def test_a_pull_request_fails_by_what_it_makes_worse_and_says_what_has_fallen(
    index: ReplayIndex, tmp_path: Path
) -> None:
    folder = tmp_path / "tree"
    folder.mkdir()
    requirements = folder / "requirements.txt"
    requirements.write_text("first\nsecond\n")
    (folder / "main.py").write_text("import cgi\n")

    written = run(index, folder, "assess", ".", "--target", TARGET, "--write-baseline", "baseline.json")
    assert written.returncode == 0, written.stderr
    assert run(index, folder, "audit", ".", "--target", TARGET, "--write-baseline", "baseline.json").returncode == 0
    (entry,) = json.loads((folder / "baseline.json").read_text())["assessments"]
    assert entry["blockers"] == ["first", "second"]

    # Another requirement that blocks, and one that blocks no more.
    requirements.write_text("first\nthird\n")
    outputs = ("--output", "sarif=found.sarif", "--output", "code-quality=found.json")
    worse = run(index, folder, "assess", ".", "--baseline", "baseline.json", "--format", "annotations", *outputs)
    assert worse.returncode == 1, worse.stderr
    assert [line.partition("::")[2][:40] for line in worse.stdout.splitlines()] == [
        "error file=requirements.txt,line=2,title"
    ]
    assert "second blocks no more" in worse.stderr
    states = [one["baselineState"] for one in json.loads((folder / "found.sarif").read_text())["runs"][0]["results"]]
    assert sorted(states) == ["new", "unchanged"]
    assert len(json.loads((folder / "found.json").read_text())) == 2

    requirements.write_text("first\n")
    progress = ("--fail-on-progress", "blocker-fell", "--format", "json")
    fell = run(index, folder, "assess", ".", "--baseline", "baseline.json", *progress)
    assert fell.returncode == 4, fell.stderr
    assert json.loads(fell.stdout)["changes"][0]["fallen_blockers"] == ["second"]

    (folder / "more.py").write_text("import telnetlib\n")
    audited = run(index, folder, "audit", ".", "--target", TARGET, "--baseline", "baseline.json")
    assert (audited.returncode, "1 new finding, " in audited.stderr) == (1, True), audited.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--fail-on", "new-blockers"], "give a --baseline"),
        (["--baseline", "none.json"], "--write-baseline none.json"),
        (["--baseline", "requirements.txt"], "not JSON"),
        (["--baseline", "other.json", "--target", "cp313-win_amd64"], "it has nothing on cp313-win_amd64"),
        (["--output", "sarif"], "FORMAT=FILE"),
    ],
)
def test_a_gate_that_cannot_compare_ends_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "requirements.txt").write_text("first\n")
    entry = {"target": TARGET, "verdict": "go", "blockers": [], "has_conflict": False}
    (tmp_path / "other.json").write_text(json.dumps({"baseline": 1, "assessments": [entry]}))
    with pytest.raises(CommandError, match=re.escape(message)):
        call_command("assess", ".", *arguments)


def test_a_baseline_without_the_part_that_a_command_compares_with_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.json").write_text('{"baseline": 1}')
    for command in ("assess", "audit"):
        with pytest.raises(CommandError, match=f"`{command} --write-baseline`"):
            call_command(command, str(tmp_path), "--baseline", str(tmp_path / "empty.json"))
