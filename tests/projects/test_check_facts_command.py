"""`manage.py check-facts`: what a known break says is tried on a real interpreter."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import environment, manage, migrated
from tests.replay import ReplayIndex, a_file

FACT = """
[[break]]
package = "{name}"
versions = "<2"
pythons = "=={python}"
action = "import {name}"
symptom = "ModuleNotFoundError: No module named 'gone'"
source = "a test"
"""
PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"


def check(index: ReplayIndex, folder: Path, facts: str, *names: str) -> subprocess.CompletedProcess[str]:
    path = folder / "own.toml"
    path.write_text(facts)
    own = {"WHEELWAY_KNOWN_BREAKS": str(path)}
    return manage("check-facts", *names, environment=environment(migrated(folder / "data"), index.url) | own)


@pytest.mark.long
def test_an_entry_that_happens_holds_and_one_that_does_not_is_named(tmp_path: Path) -> None:
    with ReplayIndex() as index:
        for name, source in {"breaks": b"import gone\n", "works": b""}.items():
            index.add_package(name, [a_file(f"{name}-1.0-py3-none-any.whl", members={f"{name}/__init__.py": source})])
        facts = "".join(FACT.format(name=name, python=PYTHON) for name in ("breaks", "works"))
        done = check(index, tmp_path, facts, "breaks", "works")
    assert done.returncode == 1, done.stderr
    assert "✓ breaks 1.0" in done.stdout
    assert "✕ works 1.0" in done.stdout
    assert done.stdout.endswith("1 holds, 1 runs\n")


def test_an_entry_about_no_python_at_hand_is_not_called_wrong(tmp_path: Path) -> None:
    with ReplayIndex() as index:
        done = check(index, tmp_path, FACT.format(name="breaks", python="3.30"), "breaks")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "1 no-interpreter")
