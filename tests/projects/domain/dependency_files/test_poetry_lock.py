"""Locks of Poetry, of today and of old: hashes, markers, groups, and which packages are direct."""

from projects.domain.assessment.root_requirements import root_requirements_of
from projects.domain.dependency_files import RequirementOrigin, RequirementScope, read, select
from tests.projects.domain.dependency_files.small_locks import POETRY_21, one_lock


def test_poetry_lock_of_today() -> None:
    parsed = one_lock("poetry.lock", POETRY_21)
    rows = [(one.name, one.pinned, one.marker, one.scope, one.groups) for one in parsed.requirements]
    assert rows == [
        ("colorama", "0.4.6", 'os_name == "nt"', RequirementScope.MAIN, ()),
        ("colorama", "0.4.6", 'sys_platform == "win32"', RequirementScope.GROUP, ("test",)),
        ("click", "8.1", None, RequirementScope.MAIN, ()),
        ("redis", "5.0", None, RequirementScope.EXTRA, ("fast",)),
        ("mine", "0", None, RequirementScope.GROUP, ("dev",)),
    ]
    assert [one.line for one in parsed.requirements] == [3, 3, 12, 25, 33]
    click = parsed.requirements[2]
    assert [(dependency.name, dependency.marker) for dependency in click.dependencies] == [
        ("colorama", 'platform_system == "Windows"'),
        ("redis", 'extra == "cache"'),
    ]
    mine = parsed.requirements[4]
    assert (mine.origin, mine.url) == (RequirementOrigin.VCS, "git+https://git.example/o/mine.git@abc")
    assert parsed.requirements[0].hashes == ("sha256:aa",)
    assert [one.value for one in parsed.hints] == ["^3.9"]


def test_poetry_lock_of_old_with_hashes_apart_and_a_manifest_that_tells_direct() -> None:
    lock = """\
[[package]]
category = "main"
name = "aspy.yaml"
optional = false
python-versions = "*"
version = "1.1.1"
marker = "python_version >= '3'"
[[package]]
category = "dev"
name = "attrs"
optional = false
python-versions = "*"
version = "18.2.0"
[metadata]
content-hash = "x"
python-versions = "*"
[metadata.hashes]
"aspy.yaml" = ["aa", "bb"]
"""
    files = {
        "a/poetry.lock": lock.encode(),
        "a/pyproject.toml": b"[tool.poetry.dependencies]\n'aspy.yaml' = '*'\n",
        "pyproject.toml": b"[project]\nname='x'\ndependencies=['attrs']\n",
    }
    parsed = read(files, list(files))
    found = {str(one.name): one for one in parsed.requirements if one.locked}
    assert found["aspy-yaml"].hashes == ("sha256:aa", "sha256:bb")
    assert found["aspy-yaml"].marker == 'python_version >= "3"'
    assert (found["aspy-yaml"].direct, found["attrs"].direct) == (True, False)
    assert found["attrs"].scope is RequirementScope.GROUP


WIN = 'sys_platform == "win32"'


POETRY_1 = {
    "pyproject.toml": b"""\
[tool.poetry]
name = "app"
[tool.poetry.dependencies]
python = "^3.10"
idna = "^3"
pywin32 = {version = ">=306", platform = "win32"}
[tool.poetry.group.dev.dependencies]
colorama = {version = "*", markers = "sys_platform == 'win32'"}
""",
    "poetry.lock": b"""\
[[package]]
name = "colorama"
version = "0.4.6"
optional = false
[[package]]
name = "idna"
version = "3.7"
optional = false
[[package]]
name = "pywin32"
version = "306"
optional = false
[metadata]
lock-version = "2.0"
python-versions = "^3.10"
content-hash = "x"
""",
}


def test_the_markers_and_groups_of_the_manifest_hold_for_a_lock_without_them() -> None:
    parsed = read(POETRY_1, ["pyproject.toml", "poetry.lock"])
    locked = [one for one in parsed.requirements if one.locked]
    assert [(one.name, one.scope, one.direct, one.direct_marker) for one in locked] == [
        ("colorama", RequirementScope.GROUP, True, WIN),
        ("idna", RequirementScope.MAIN, True, None),
        ("pywin32", RequirementScope.MAIN, True, WIN),
    ]
    assert {(str(one.name), one.marker) for one in root_requirements_of(select(parsed)).requirements} == {
        ("idna", None),
        ("pywin32", WIN),
    }
