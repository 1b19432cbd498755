"""A disk that is full or read-only under SQLite: a real one, small, mounted for one process alone."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import DATABASE, ROOT, environment, manage, migrated
from tests.patience import PATIENCE
from tests.replay import ReplayIndex

pytestmark = pytest.mark.long

WHOLE = {"large": [2000, 1], "small": [1, 1]}
BEFORE = {"large": [0, 0], "small": [1, 1]}
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def on_a_small_disk(tmp_path: Path, replay: ReplayIndex) -> Run:
    """Run a shell script that sees an empty disk of so many bytes at $WHEELWAY_DATA, and nobody else does."""
    unshare = shutil.which("unshare")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = [unshare or "", "--map-root-user", "--mount", "sh", "-c"]
    tried = unshare and subprocess.run([*mount, f"mount -t tmpfs tmpfs {disk}"], capture_output=True, check=False)
    if not tried or tried.returncode:
        pytest.skip("this machine lets nobody mount a file system of his own")
    own = environment(disk, replay.url) | {
        "PYTHON": sys.executable,
        "PYTHONDONTWRITEBYTECODE": "1",
        "A_KEY": "k" * 50,
        "EMPTY_DATABASE": str(migrated(tmp_path / "empty") / DATABASE),
    }

    def run(script: str, *, size: str) -> subprocess.CompletedProcess[str]:
        whole = f"mount -t tmpfs -o size={size} tmpfs {disk} && {script}"
        command = [*mount, whole]
        return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=PATIENCE, check=False)

    return run


@pytest.mark.parametrize(
    ("free", "outcome"),
    [
        # Not even the claim can be written: the batch comes again until it can.
        (0, "database or disk is full"),
        # The claim can be written and the page cannot: the package has failed, and is tried again as after any fault.
        (200_000, {"failed": 1}),
    ],
    ids=["nothing left", "too little left for a page"],
)
def test_a_full_disk_loses_no_page_and_leaves_none_half_written(
    free: int, outcome: object, on_a_small_disk: Run, replay: ReplayIndex
) -> None:
    replay.add_package("small", ["small-1.0.tar.gz"])
    replay.add_package("large", [f"large-1.{number}.tar.gz" for number in range(2000)])
    done = on_a_small_disk(f'"$PYTHON" -m tests.compat_site.full_disk {free}', size="12m")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["outcome"] == outcome
    assert told["after"] == BEFORE
    if outcome == {"failed": 1}:
        assert told["error"] == "its page could not be stored: database or disk is full"
        assert told["waits"]
    assert told["again"] == {"changed": 1}
    assert told["at the end"] == WHOLE
    assert told["integrity"] == "ok"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("size", ["16k", "400k"])
def test_an_assessment_on_a_full_disk_is_one_clear_line_and_exit_code_2(
    size: str, on_a_small_disk: Run, tmp_path: Path
) -> None:
    (tmp_path / "requirements.txt").write_text("numpy\n")
    done = on_a_small_disk(f'"$PYTHON" manage.py assess {tmp_path}/requirements.txt', size=size)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "The database cannot be used: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        ("", "cannot be used: Read-only file system. Set WHEELWAY_DATA to another directory."),
        (
            'cp "$EMPTY_DATABASE" "$WHEELWAY_DATA" && export SECRET_KEY="$A_KEY" &&',
            "The database cannot be used: unable to open database file",
        ),
    ],
    ids=["an empty one", "one with a database"],
)
@pytest.mark.parametrize("command", ["assess {}", "poll numpy", "due"])
def test_on_a_read_only_disk_commands_say_so_and_exit_with_2(
    prepare: str, words: str, command: str, on_a_small_disk: Run, tmp_path: Path
) -> None:
    (tmp_path / "requirements.txt").write_text("numpy\n")
    asked = command.format(tmp_path / "requirements.txt")
    script = f'{prepare} mount -o remount,ro "$WHEELWAY_DATA" && "$PYTHON" manage.py {asked}'
    done = on_a_small_disk(script, size="30m")
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_with_settings_that_cannot_be_used_a_command_is_one_line(tmp_path: Path) -> None:
    wrong = {"DATABASE_URL": "mysql://w@db/w", "SECRET_KEY": "k" * 50}
    done = manage("due", environment=environment(tmp_path) | wrong)
    assert done.returncode == 2
    assert done.stderr.startswith("The settings cannot be used: DATABASE_URL must begin with postgresql://")
    assert len(done.stderr.splitlines()) == 1
