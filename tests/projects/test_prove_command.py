"""`manage.py prove`: a set is installed on a real interpreter from wheels, and all of it is imported."""

import json
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands import environment, manage, migrated
from tests.replay import ReplayIndex, a_file

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        sys.platform != "linux" or platform.machine() != "x86_64" or platform.libc_ver()[0] != "glibc",
        reason="the targets of these tests are glibc Linux on x86-64",
    ),
]
TARGET = f"cp{sys.version_info[0]}{sys.version_info[1]}-manylinux_2_28_x86_64"
SET = {
    "good": {"good/__init__.py": b"import helper\n"},
    # Like psycopg_binary: it refuses to be imported before what requires it.
    "second": {"second/__init__.py": b"import sys\nassert 'spaced' in sys.modules, 'import spaced first'\n"},
    "helper": {"helper/__init__.py": b"", "tests/__init__.py": b"raise SystemExit('never imported')\n"},
    "broken": {"broken/__init__.py": b"import no_such_module_anywhere\n"},
    "online": {"online/__init__.py": b"import socket; socket.create_connection(('127.0.0.1', 9), 1)\n"},
    "spaced": {"spaced/deep/__init__.py": b"", "spaced/__init__.py": b""},
}


@pytest.fixture(scope="module")
def index() -> Iterator[ReplayIndex]:
    runner = {"pytest/__main__.py": b"import good\nprint('tried')\n"}
    with ReplayIndex() as replay:
        for name, members in {**SET, "pytest": runner}.items():
            needs = {"good": ["helper"], "spaced": ["second"]}.get(name, [])
            replay.add_package(name, [a_file(f"{name}-1.0-py3-none-any.whl", members=members, requires_dist=needs)])
        yield replay


def prove(
    index: ReplayIndex, folder: Path, requirements: str, *arguments: str, target: str = TARGET
) -> subprocess.CompletedProcess[str]:
    path = folder / "requirements.txt"
    path.write_text(requirements)
    return manage(
        *("prove", str(path), "--target", target, "--python", sys.executable, *arguments),
        environment=environment(migrated(folder / "data"), index.url),
    )


@pytest.fixture(scope="module")
def good(index: ReplayIndex, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the proof of a set that runs."""
    done = prove(index, tmp_path_factory.mktemp("good"), "good\nspaced\npytest\n", "--format", "json", "--pytest=-q")
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def broken(index: ReplayIndex, tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """Return what the command said of a set that does not run."""
    return prove(index, tmp_path_factory.mktemp("broken"), "good\nbroken\nonline\n")


def test_a_set_whose_modules_import_ran(good: dict[str, Any]) -> None:
    assert good["ran"] is True
    assert good["pins"] == dict.fromkeys(("good", "helper", "pytest", "second", "spaced"), "1.0")
    assert {one["module"] for one in good["imports"]} == {"good", "helper", "pytest", "second", "spaced"}
    assert good["interpreter"]["version"] == platform.python_version()


def test_the_projects_tests_run_in_the_environment(good: dict[str, Any]) -> None:
    assert good["tests"] == {"passed": True, "tail": "tried"}


def test_a_module_that_fails_is_named_with_its_error(broken: subprocess.CompletedProcess[str]) -> None:
    assert broken.returncode == 1
    assert "✕ import broken (broken 1.0) failed" in broken.stdout
    assert "ModuleNotFoundError: No module named 'no_such_module_anywhere'" in broken.stdout


def test_modules_have_no_network_where_the_machine_can_keep_them_from_it(
    broken: subprocess.CompletedProcess[str],
) -> None:
    if "Isolation: none" in broken.stdout:
        pytest.skip("this machine has neither bubblewrap nor user namespaces")
    assert "✕ import online (online 1.0) failed" in broken.stdout
    assert "Network is unreachable" in broken.stdout


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
