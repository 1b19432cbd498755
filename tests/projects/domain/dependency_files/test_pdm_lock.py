"""Locks of PDM: extras, groups, markers and places."""

from projects.domain.dependency_files import RequirementOrigin
from tests.projects.domain.dependency_files.small_locks import one_lock


def test_pdm_lock() -> None:
    parsed = one_lock(
        "pdm.lock",
        """\
[metadata]
groups = ["default", "dev"]
lock_version = "4.5.0"
[[package]]
name = "requests"
version = "2.26.0"
groups = ["default"]
dependencies = ["idna<4,>=2.5; python_version >= '3'", "broken >="]
files = [{file = "r.whl", hash = "sha256:aa"}]
[[package]]
name = "requests"
version = "2.26.0"
extras = ["security"]
groups = ["dev"]
marker = "sys_platform == 'linux'"
[[package]]
name = "demo"
version = "1"
path = "./demo.whl"
[[package]]
name = "bad name!"
version = "1"
""",
    )
    rows = [(one.name, one.extras, one.marker, one.group, one.origin) for one in parsed.requirements]
    assert rows == [
        ("requests", (), None, None, RequirementOrigin.INDEX),
        ("requests", ("security",), 'sys_platform == "linux"', "dev", RequirementOrigin.INDEX),
        ("demo", (), None, None, RequirementOrigin.PATH),
    ]
    assert [(dependency.name, dependency.marker) for dependency in parsed.requirements[0].dependencies] == [
        ("idna", 'python_version >= "3"')
    ]
    assert [one.line for one in parsed.problems] == [4, 20]
