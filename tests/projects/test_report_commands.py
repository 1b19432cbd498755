"""`manage.py report`, `manage.py claims` and `assess --bridge`, on recorded pages."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from projects.services.projects import SAMPLE_FILE
from tests.commands import environment, manage, manage_here, migrated
from tests.replay import ReplayIndex

pytestmark = pytest.mark.long

WINDOWS = "cp313-win_amd64"


def command(replay: ReplayIndex, data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command with its own storage."""
    return manage(*arguments, environment=environment(migrated(data / "data"), replay.url))


def run(replay: ReplayIndex, data: Path, *arguments: str) -> str:
    done = command(replay, data, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_sample_gets_its_report_with_rewritten_requirements_and_evidence(
    replay: ReplayIndex, tmp_path: Path
) -> None:
    options = ("--target", WINDOWS, "--name", "sample", "--no-ladder", "--format")
    data: dict[str, Any] = json.loads(run(replay, tmp_path, "report", str(SAMPLE_FILE), *options, "json"))
    page = run(replay, tmp_path, "report", str(SAMPLE_FILE), *options, "html")

    text = SAMPLE_FILE.read_text()
    for move in data["moves"]:
        if move["direct"]:
            text = text.replace(f"{move['name']}=={move['before']}\n", f"{move['name']}=={move['after']}\n")
    assert data["written"]["text"] == text
    assert ("pydantic", "2.8.0") in {(move["name"], move["after"]) for move in data["moves"]}
    assert all(one["file"] for one in data["evidence"])
    assert "Can sample move to Python 3.13 on Windows x64?" in page
    assert "+pydantic==2.8.0" in page
    assert "<link" not in page


def test_assess_plans_one_set_for_several_targets_and_writes_hashes_of_the_new_files(
    replay: ReplayIndex, tmp_path: Path
) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text(f"greenlet==3.0.3 \\\n    --hash=sha256:{'0' * 64}  # async\n")
    targets = ("--target", "cp311-manylinux_2_28_x86_64", "--target", WINDOWS)
    data = json.loads(run(replay, tmp_path, "assess", str(path), *targets, "--bridge", "--format", "json"))

    assert data["bridge"]["pins"] == {"greenlet": "3.1.0"}
    lines = data["bridge"]["requirements"].splitlines()
    assert lines[0] == "greenlet==3.1.0 \\"
    assert len(lines) > 20
    assert all(line.startswith("    --hash=sha256:") for line in lines[1:])
    assert lines[-1].endswith("  # async")


def test_claims_are_checked_with_evidence(replay: ReplayIndex, tmp_path: Path) -> None:
    (tmp_path / "demo.txt").write_text("greenlet==3.0.3\nsix==1.16.0\nidna==3.6\n")
    (tmp_path / "proof.json").write_text(
        json.dumps(
            {
                "schema": 1,
                "target": WINDOWS,
                "ran": False,
                "isolation": "",
                "conflicts": [],
                "install_error": "",
                "interpreter": {"version": "3.13.0", "sys_platform": "win32", "machine": "AMD64"},
                "pins": {"idna": "3.6"},
                "imports": [{"package": "idna", "module": "idna", "outcome": "failed", "seconds": 1, "tail": "E"}],
            }
        )
    )
    claims = [
        {"name": "idna", "current": "3.6", "claim": "upgrade recommended", "min_version": "3.7"},
        {"name": "greenlet", "current": "3.0.3", "claim": "compatible"},
        {"name": "six", "current": "1.16.0", "claim": "ok: pure Python"},
    ]
    file = tmp_path / "claims.json"
    unrequired = {"imported_but_not_required": ["greenlet"]}
    file.write_text(json.dumps({"about": "…", "demo": {"target": WINDOWS, "claims": claims, **unrequired}}))

    proof = str(tmp_path / "proof.json")
    told = run(replay, tmp_path, "claims", str(file), "--written", "2024-06-01", "--proof", proof)
    assert "2 right, 2 wrong, 0 outdated, 0 unclear" in told
    assert "| idna | upgrade recommended (of 3.6); lowest 3.7 | **right** | the first wheel is in 3.7" in told
    assert "| greenlet | imported but not required | **wrong** | the requirements name it |" in told
    assert "| greenlet | compatible (of 3.0.3) | **wrong** | 3.0.3: no wheel for cp313" in told


def test_what_cannot_be_used_is_refused_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "claims.json").write_text("{}")
    empty = manage_here("claims", str(tmp_path / "claims.json"))
    assert (empty.returncode, "no project with claims" in empty.stderr) == (2, True)
    odd = manage_here("report", str(SAMPLE_FILE), "--target", WINDOWS, "--today", "3.x")
    assert (odd.returncode, "--today" in odd.stderr) == (2, True)
