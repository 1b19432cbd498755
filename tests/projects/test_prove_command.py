"""`manage.py prove`: a set is installed on a real interpreter from wheels, and all of it is imported."""

import json
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import environment, manage, migrated
from tests.replay import ReplayIndex, a_file

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64" or platform.libc_ver()[0] != "glibc",
    reason="the targets of these tests are glibc Linux on x86-64",
)
TARGET = f"cp{sys.version_info[0]}{sys.version_info[1]}-manylinux_2_28_x86_64"
SET = {
    "good": {"good/__init__.py": b"import helper\n"},
    "helper": {"helper/__init__.py": b"", "tests/__init__.py": b"raise SystemExit('never imported')\n"},
    "broken": {"broken/__init__.py": b"import no_such_module_anywhere\n"},
    "online": {"online/__init__.py": b"import socket; socket.create_connection(('127.0.0.1', 9), 1)\n"},
    "spaced": {"spaced/deep/__init__.py": b"", "spaced/__init__.py": b""},
}


@pytest.fixture
def index() -> ReplayIndex:
    replay = ReplayIndex()
    for name, members in SET.items():
        needs = ["helper"] if name == "good" else []
        replay.add_package(name, [a_file(f"{name}-1.0-py3-none-any.whl", members=members, requires_dist=needs)])
    return replay


def prove(
    index: ReplayIndex, folder: Path, requirements: str, *arguments: str, target: str = TARGET
) -> subprocess.CompletedProcess[str]:
    path = folder / "requirements.txt"
    path.write_text(requirements)
    with index:
        return manage(
            *("prove", str(path), "--target", target, "--python", sys.executable, *arguments),
            environment=environment(migrated(folder / "data"), index.url),
        )


def test_a_set_whose_modules_import_ran(index: ReplayIndex, tmp_path: Path) -> None:
    done = prove(index, tmp_path, "good\nspaced\n", "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["ran"] is True
    assert found["pins"] == {"good": "1.0", "helper": "1.0", "spaced": "1.0"}
    assert {one["module"] for one in found["imports"]} == {"good", "helper", "spaced"}
    assert found["interpreter"]["version"] == platform.python_version()


def test_a_module_that_fails_is_named_with_its_error(index: ReplayIndex, tmp_path: Path) -> None:
    done = prove(index, tmp_path, "good\nbroken\n")
    assert done.returncode == 1
    assert "✕ import broken (broken 1.0) failed" in done.stdout
    assert "ModuleNotFoundError: No module named 'no_such_module_anywhere'" in done.stdout


def test_modules_have_no_network_where_the_machine_can_keep_them_from_it(index: ReplayIndex, tmp_path: Path) -> None:
    done = prove(index, tmp_path, "online\n", "--format", "json")
    found = json.loads(done.stdout)
    if found["isolation"].startswith("none"):
        pytest.skip("this machine has neither bubblewrap nor user namespaces")
    assert found["ran"] is False
    assert "Network is unreachable" in found["imports"][0]["tail"]


def test_the_projects_tests_run_in_the_environment(index: ReplayIndex, tmp_path: Path) -> None:
    runner = {"pytest/__main__.py": b"import good\nprint('tried')\n"}
    index.add_package("pytest", [a_file("pytest-1.0-py3-none-any.whl", members=runner)])
    done = prove(index, tmp_path, "good\npytest\n", "--format", "json", "--pytest=-q")
    assert json.loads(done.stdout)["tests"] == {"passed": True, "tail": "tried"}


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("cp39-manylinux_2_28_x86_64", "the target's is 3.9"),
        (TARGET.replace("manylinux_2_28_x86_64", "win_amd64"), "sys.platform is linux, the target's is win32"),
    ],
)
def test_an_interpreter_that_is_not_the_target_is_refused(
    index: ReplayIndex, tmp_path: Path, target: str, message: str
) -> None:
    done = prove(index, tmp_path, "good\n", target=target)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_set_that_cannot_be_resolved_is_not_tried(index: ReplayIndex, tmp_path: Path) -> None:
    done = prove(index, tmp_path, "good==7\nhelper>9\n")
    assert done.returncode == 2
    assert "there is no set to prove" in done.stderr
