"""Locks of uv: forks, extras, groups and markers."""

import pytest

from projects.domain.assessment.root_requirements import root_requirements_of
from projects.domain.dependency_files import RequirementOrigin, RequirementScope, select
from tests.projects.domain.dependency_files.small_locks import UV, one_lock


def test_uv_lock_with_a_fork_extras_and_groups() -> None:
    parsed = one_lock("uv.lock", UV)
    rows = [(one.name, one.pinned, one.scope, one.groups, one.direct) for one in parsed.requirements]
    assert rows == [
        ("asgiref", "3", RequirementScope.EXTRA, ("web",), False),
        ("flask", "3.0", RequirementScope.EXTRA, ("web",), True),
        ("local", "1", RequirementScope.MAIN, (), False),
        ("numpy", "1.26", RequirementScope.MAIN, (), True),
        ("numpy", "2.0", RequirementScope.MAIN, (), True),
        ("pytest", "8", RequirementScope.GROUP, ("dev",), True),
    ]
    found = {str(one.name): one for one in parsed.requirements}
    assert found["numpy"].marker == 'python_full_version >= "3.12"'
    assert found["numpy"].hashes == ("sha256:bb",)
    assert [(dependency.name, dependency.marker) for dependency in found["flask"].dependencies] == [
        ("asgiref", 'extra == "async"')
    ]
    assert found["pytest"].origin is RequirementOrigin.VCS
    assert found["local"].origin is RequirementOrigin.PATH
    assert parsed.project_names == ("app",)
    assert [one.name for one in select(parsed, extras=["web"])] == ["asgiref", "flask", "local", "numpy", "numpy"]


UV_MARKERS = """\
version = 1
requires-python = ">=3.10"
[[package]]
name = "app"
version = "0"
source = { virtual = "." }
dependencies = [{ name = "idna" }, { name = "pywin32", marker = "sys_platform == 'win32'" }]
[package.optional-dependencies]
fast = [{ name = "uvloop", marker = "sys_platform != 'win32'" }]
[package.dev-dependencies]
dev = [{ name = "pywin32" }, { name = "colorama", marker = "sys_platform == 'win32'" }]
[[package]]
name = "colorama"
version = "0.4.6"
[[package]]
name = "idna"
version = "3.7"
[[package]]
name = "pywin32"
version = "306"
[[package]]
name = "uvloop"
version = "0.19.0"
"""


WIN, NOT_WIN = 'sys_platform == "win32"', 'sys_platform != "win32"'


@pytest.mark.parametrize(
    ("groups", "extras", "roots"),
    [
        ([], [], {("idna", None), ("pywin32", WIN)}),
        ([], ["fast"], {("idna", None), ("pywin32", WIN), ("uvloop", NOT_WIN)}),
        (["dev"], [], {("idna", None), ("pywin32", WIN), ("pywin32", None), ("colorama", WIN)}),
    ],
)
def test_the_own_markers_of_a_uv_project_hold(
    groups: list[str], extras: list[str], roots: set[tuple[str, str | None]]
) -> None:
    found = select(one_lock("uv.lock", UV_MARKERS), groups, extras)
    question = root_requirements_of(found)
    assert {(str(one.name), one.marker) for one in question.requirements} == roots
    # On the other targets the lock still fixes it, should something lead to it.
    assert {(str(one.name), one.marker) for one in question.locked} >= {("pywin32", None)}


UV_CONFLICT = """\
version = 1
requires-python = ">=3.12"
conflicts = [[{ package = "app", extra = "cpu" }, { package = "app", extra = "gpu" }]]
[[package]]
name = "app"
version = "0"
source = { virtual = "." }
dependencies = [{ name = "six", marker = "extra == 'extra-3-app-gpu'" }]
[package.optional-dependencies]
cpu = [{ name = "torch", version = "2.0", marker = "extra == 'extra-3-app-cpu'" }]
gpu = [{ name = "torch", version = "2.1", marker = "extra == 'extra-3-app-gpu'" }]
[[package]]
name = "six"
version = "1.17.0"
[[package]]
name = "torch"
version = "2.0"
dependencies = [{ name = "sympy", version = "1.12" }]
[[package]]
name = "torch"
version = "2.1"
dependencies = [{ name = "sympy", version = "1.13" }]
[[package]]
name = "sympy"
version = "1.12"
[[package]]
name = "sympy"
version = "1.13"
"""


@pytest.mark.parametrize(
    ("extras", "pins"),
    [
        ([], []),
        (["cpu"], ["torch==2.0", "sympy==1.12"]),
        (["gpu"], ["six==1.17.0", "torch==2.1", "sympy==1.13"]),
    ],
)
def test_of_conflicting_extras_the_chosen_fork_counts(extras: list[str], pins: list[str]) -> None:
    found = select(one_lock("uv.lock", UV_CONFLICT), [], extras)
    assert [one.raw for one in found] == pins
    assert [one.marker or one.direct_marker for one in found] == [None] * len(pins)
