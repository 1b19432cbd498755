"""Small and real files: every pin moves, nothing else does, and a plan without changes gives the bytes back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from packaging.version import InvalidVersion, Version

from projects.domain.dependency_files import ParsedFiles, RequirementOrigin, read
from projects.domain.rewriting import PlannedVersions, rewrite
from tests.projects.domain.dependency_files.small_files import SMALL_FILES

FOLDERS = ("requirements-txt", "pip-compile", "constraints", "pyproject", "setup-cfg", "pipfile", "conda-env")
DIGEST = "f" * 64


# The formats of which a plan changes the file itself.
SMALL = (
    "requirements.txt",
    "requirements-latin.txt",
    "compiled.txt",
    "constraints.txt",
    "pyproject.toml",
    "poetry/pyproject.toml",
    "setup.cfg",
    "Pipfile",
    "environment.yml",
)


def small_files() -> list[tuple[str, bytes]]:
    return [(path, SMALL_FILES[path]) for path in SMALL]


def real_files(shared: Path) -> list[tuple[str, bytes]]:
    root = shared / "corpus" / "dependency-files"
    found = [path for folder in FOLDERS for path in sorted((root / folder).rglob("*")) if path.is_file()]
    assert found
    return [(path.name, path.read_bytes()) for path in found]


def pins_of(parsed: ParsedFiles) -> dict[str, Version]:
    pins: dict[str, Version] = {}
    for one in parsed.requirements:
        try:
            if one.pinned and one.origin is RequirementOrigin.INDEX:
                pins[one.name] = Version(one.pinned)
        except InvalidVersion:
            continue
    return pins


def check_unchanged(path: str, data: bytes) -> None:
    """Check that a plan without changes gives the file back."""
    parsed = read({path: data}, [path])
    times = Counter(str(one.name) for one in parsed.requirements)
    pins = {name: version for name, version in pins_of(parsed).items() if times[name] == 1}
    assert rewrite({path: data}, parsed, PlannedVersions(pins, {}, [])).changed == (), path


def check_moved(path: str, data: bytes) -> int:
    """Check that every pin moves and nothing else does; return how many moved."""
    moved = 0
    old = read({path: data}, [path])
    before = pins_of(old)
    goals = {name: Version(f"{version.epoch}!9999.{version.major}") for name, version in before.items()}
    digests = {name: [DIGEST] for name in goals}
    result = rewrite({path: data}, old, PlannedVersions(goals, before, [], digests=digests))
    new = read({path: result.changed[0].content if result.changed else data}, [path])

    assert [problem.message for problem in result.problems] == [], path
    assert len(new.requirements) == len(old.requirements), path
    assert [problem.message for problem in new.problems] == [problem.message for problem in old.problems], path
    for was, now in zip(old.requirements, new.requirements, strict=True):
        same = ("name", "extras", "marker", "url", "groups", "scope", "editable", "constraint", "direct")
        assert all(getattr(was, key) == getattr(now, key) for key in same), (path, was.raw)
        if was.name in goals and was.pinned and was.origin is RequirementOrigin.INDEX:
            moved += 1
            assert now.pinned is not None, (path, was.raw)
            assert Version(now.pinned) == goals[was.name], (path, was.raw)
            if was.hashes:
                assert now.hashes == (f"sha256:{DIGEST}",), (path, was.raw)
    return moved


def test_no_change_gives_every_small_file_back() -> None:
    for path, data in small_files():
        check_unchanged(path, data)


def test_no_change_gives_every_real_file_back(shared: Path) -> None:
    for path, data in real_files(shared):
        check_unchanged(path, data)


def test_every_pin_of_every_small_file_moves_and_nothing_else() -> None:
    assert sum(check_moved(path, data) for path, data in small_files()) > 10


def test_every_pin_of_every_real_file_moves_and_nothing_else(shared: Path) -> None:
    assert sum(check_moved(path, data) for path, data in real_files(shared)) > 500
