"""What the oracle asks uv about files that say which files of packages an installer may take."""

from pathlib import Path

import pytest

from benchmarks.oracle import holds_as_written, pins_of
from benchmarks.oracle_cases import Case
from benchmarks.pin_check import forget
from benchmarks.uv_rules import held_to
from benchmarks.uv_side import Uv, UvTarget, uv_target
from scanner.domain.targets.target import parse_target
from tests.replay import ReplayIndex, a_file
from tests.replay.recording import RecordedPackage
from tests.scanner.domain.resolution.stub_wheels import find_uv

PY312 = parse_target("cp312-manylinux_2_28_x86_64")


def asked(text: str, replay: ReplayIndex, folder: Path) -> tuple[Uv, Case, UvTarget]:
    program = find_uv()
    if program is None:
        pytest.skip("uv: not installed")
    path = folder / "requirements.txt"
    path.write_text(text)
    case = Case.read(path, folder)
    target = uv_target(PY312)
    assert target is not None
    return Uv(program, replay.url, folder / "uv").under(case.options), case, target


@pytest.mark.parametrize("name", ["greenlet", ":all:"])
def test_a_package_that_a_file_has_built_has_no_wheel_for_uv_either(
    name: str, replay: ReplayIndex, tmp_path: Path
) -> None:
    uv, case, target = asked(f"greenlet==3.1.1\n--no-binary {name}\n", replay, tmp_path)

    assert uv.compile(case.written, target) is None
    assert uv.compile(case.loose, target) is None
    assert not uv.installs_file(case.written, target)


def test_a_package_that_a_file_has_built_may_stay_away(replay: ReplayIndex, tmp_path: Path) -> None:
    uv, case, target = asked("idna==3.10\n--no-binary greenlet\n", replay, tmp_path)

    assert uv.compile(case.written, target) == {"idna": "3.10"}


def test_uv_takes_pre_releases_where_a_file_does(replay: ReplayIndex, tmp_path: Path) -> None:
    uv, case, target = asked("--pre\nsendgrid\n", replay, tmp_path)

    found = uv.compile(case.loose, target)

    assert found is not None
    assert found["sendgrid"] == "7.0.0rc2"


def test_a_local_version_in_use_is_a_lower_limit_without_its_label(replay: ReplayIndex, tmp_path: Path) -> None:
    uv, case, _ = asked("greenlet==3.1.1+cu128\n", replay, tmp_path)

    found = held_to(case, {"greenlet": "3.1.1+cu128"}, ">=", uv, PY312, tmp_path, resolution="lowest-direct")

    assert found == {"greenlet": "3.1.1"}


@pytest.mark.parametrize(("held", "found"), [("1.0", None), ("1.1", {"demo": "1.1"})])
def test_a_set_that_pip_refuses_is_no_answer(
    held: str, found: dict[str, str] | None, replay: ReplayIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [a_file("demo-1.0-py3-none-any.whl", requires_python="<3.12"), a_file("demo-1.1-py3-none-any.whl")]
    replay.add_package("demo", files)
    monkeypatch.setattr("benchmarks.pin_check.read", lambda name: RecordedPackage(name, 1, tuple(f.row for f in files)))
    forget()
    uv, case, _ = asked("demo==1.0\n", replay, tmp_path)

    try:
        assert held_to(case, {"demo": held}, "==", uv, PY312, tmp_path) == found
        assert held_to(case, {"demo": held}, ">=", uv, PY312, tmp_path, resolution="lowest-direct") == {"demo": "1.1"}
    finally:
        forget()


def test_a_package_from_elsewhere_keeps_no_set_from_holding() -> None:
    packages = [
        {"name": "idna", "version": "3.10", "verdict": "ready"},
        {"name": "local", "version": None, "verdict": "not-judged"},
    ]
    entry = {"verdict": "conditional", "packages": packages, "conflict": None, "blockers": [], "plan": None}

    assert holds_as_written(entry)
    assert pins_of(entry) == {"idna": "3.10"}
