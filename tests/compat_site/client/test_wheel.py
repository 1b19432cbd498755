"""The wheel of the client, in an environment that has it and what it requires, and nothing of a server."""

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from tests.commands import ROOT, environment
from tests.compat_site.client.steps import run_action, run_gitlab_job
from tests.patience import PATIENCE
from tests.replay import ReplayIndex, a_file

pytestmark = pytest.mark.long

TARGET = "cp313-win_amd64"


def required_by(wheel: Path) -> set[str]:
    """The distributions that the wheel requires without an extra, with what these require, and so on."""
    with ZipFile(wheel) as archive:
        (path,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        lines = archive.read(path).decode().splitlines()
    waiting = [line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: ")]
    found: set[str] = set()
    while waiting:
        requirement = Requirement(waiting.pop())
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        if requirement.name not in found:
            found.add(requirement.name)
            waiting += metadata.requires(requirement.name) or []
    return found


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment with the wheel; what it requires is linked from the environment of the tests."""
    folder = tmp_path_factory.mktemp("client")
    # A copy: building writes into the folder.
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("compat_site", "projects", "scanner", "requirements"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    run = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(source)]
    subprocess.run(run, check=True, capture_output=True, timeout=PATIENCE)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", symlinks=True)
    site = next((folder / "env").glob("lib/python*/site-packages"))
    for name in required_by(wheel):
        for file in metadata.files(name) or ():
            top = Path(str(file)).parts[0]
            if top not in ("..", "__pycache__") and not (site / top).exists():
                (site / top).symlink_to(Path(str(metadata.distribution(name).locate_file(top))))
    with ZipFile(wheel) as archive:
        archive.extractall(site)
    return folder / "env" / "bin" / "python"


@pytest.fixture(scope="module")
def index() -> Iterator[ReplayIndex]:
    with ReplayIndex() as replay:
        replay.add_package("good", [a_file("good-1.0-py3-none-any.whl")])
        replay.add_package("old", [a_file("old-1.0-cp312-cp312-win_amd64.whl")])
        yield replay


def run(client: Path, data: Path, index: ReplayIndex, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "from compat_site.client.main import main; main()"
    given = environment(data, index.url) | {"PATH": os.defpath}
    return subprocess.run(
        [str(client), "-c", code, *arguments],
        cwd=data.parent,
        env=given,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_one_command_assesses_a_project(client: Path, index: ReplayIndex, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("good\nold\n")
    arguments = ("assess", "requirements.txt", "--target", TARGET, "--format", "json")
    done = run(client, tmp_path / "cache", index, *arguments)
    assert done.returncode == 1, done.stderr
    (target,) = json.loads(done.stdout)["assessments"]
    assert (target["verdict"], target["blockers"]) == ("no-go", ["old"])


def test_the_other_commands_are_there_and_unknown_ones_exit_with_2(
    client: Path, index: ReplayIndex, tmp_path: Path
) -> None:
    assert TARGET in run(client, tmp_path / "cache", index, "targets", "3.13").stdout
    unknown = run(client, tmp_path / "cache", index, "migrate")
    assert (unknown.returncode, "assess" in unknown.stderr) == (2, True)
    assert run(client, tmp_path / "cache", index, "--version").stdout.startswith("wheelway ")


def test_the_action_and_the_gitlab_job_install_the_wheel_and_fail_on_what_is_new(
    client: Path, index: ReplayIndex, tmp_path: Path
) -> None:
    tree, temporary = tmp_path / "tree", tmp_path / "temporary"
    tree.mkdir()
    temporary.mkdir()
    (tree / "requirements.txt").write_text("good\nold\n")
    (tree / "main.py").write_text("import cgi\n")
    (wheel,) = client.parents[2].glob("*.whl")
    found = next(client.parents[1].glob("lib/python*/site-packages"))
    # What the wheel requires is there already; pip has no index to ask.
    pip = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_IGNORE_INSTALLED": "1", "PIP_NO_COMPILE": "1"}
    given = {**environment(tmp_path / "data", index.url), **pip, "PYTHONPATH": str(found), "PATH": os.defpath}
    known = {"target": TARGET, "verdict": "no-go", "blockers": ["old"], "has_conflict": False}
    baseline = {"baseline": 1, "assessments": [known], "findings": []}
    (tree / "wheelway.json").write_text(json.dumps(baseline))

    inputs = {"spec": str(wheel), "python": str(client), "baseline": "wheelway.json", "target": TARGET, "audit": "true"}
    done = run_action(inputs, tree, temporary, given)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "::error file=main.py,line=1,title=Wheelway audit%3A removed-module::" in done.stdout
    assert "title=Wheelway%3A blocked" not in done.stdout
    reports = temporary / "wheelway-reports"
    assert (temporary / "GITHUB_OUTPUT").read_text() == f"status=1\nreports={reports}\n"
    assert "no go" in (temporary / "GITHUB_STEP_SUMMARY").read_text()
    assert [len(json.loads((reports / f"{name}.sarif").read_text())["runs"]) for name in ("assess", "audit")] == [1, 1]

    programs = f"{temporary / 'wheelway' / 'bin'}:{os.defpath}"
    job = {"WHEELWAY_SPEC": str(wheel), "WHEELWAY_DATA": given["WHEELWAY_DATA"]}
    passed = run_gitlab_job(job, tree, {**given, "PATH": programs})
    assert passed.returncode == 0, passed.stdout + passed.stderr
    (entry,) = json.loads((tree / "gl-code-quality-report.json").read_text())
    assert (entry["severity"], entry["location"]["path"]) == ("critical", "requirements.txt")
