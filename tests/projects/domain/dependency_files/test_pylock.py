"""Locks in the standard format."""

from projects.domain.dependency_files import RequirementOrigin, RequirementScope
from tests.projects.domain.dependency_files.small_locks import one_lock


def test_pylock() -> None:
    parsed = one_lock(
        "pylock.dev.toml",
        """\
lock-version = "1.0"
created-by = "hand"
requires-python = ">=3.12"
extras = ["x"]
dependency-groups = ["dev"]
default-groups = ["default"]
[[packages]]
name = "a"
version = "1"
dependencies = [{name = "b"}]
wheels = [{name = "a-1-py3-none-any.whl", url = "https://files.example/a-1-py3-none-any.whl", hashes = {sha256 = "aa"}}]
[[packages]]
name = "b"
version = "2"
marker = "('dev' in dependency_groups or 'x' in extras) and sys_platform == 'win32'"
sdist = {name = "b-2.tar.gz", url = "https://files.example/b-2.tar.gz", hashes = {sha256 = "bb"}}
[[packages]]
name = "c"
marker = "'default' in dependency_groups"
directory = {path = "c", editable = true}
""",
    )
    rows = [(one.name, one.pinned, one.marker, one.scope, one.groups, one.origin) for one in parsed.requirements]
    assert rows == [
        ("a", "1", None, RequirementScope.MAIN, (), RequirementOrigin.INDEX),
        ("b", "2", 'sys_platform == "win32"', RequirementScope.GROUP, ("dev",), RequirementOrigin.INDEX),
        ("b", "2", 'sys_platform == "win32"', RequirementScope.EXTRA, ("x",), RequirementOrigin.INDEX),
        ("c", None, None, RequirementScope.MAIN, (), RequirementOrigin.PATH),
    ]
    assert [dependency.name for dependency in parsed.requirements[0].dependencies] == ["b"]
    assert parsed.requirements[0].hashes == ("sha256:aa",)
    assert parsed.problems == ()


def test_an_invalid_pylock_is_told_and_its_packages_still_read() -> None:
    parsed = one_lock("pylock.toml", "[[packages]]\nname = 'a'\nversion = '1'\n[[packages]]\nname = 'b'\nversion = 1\n")
    assert [one.name for one in parsed.requirements] == ["a"]
    assert [one.line for one in parsed.problems] == [None, 4]
