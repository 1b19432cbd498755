"""Locks of PDM: extras, groups, markers and places."""

from projects.domain.dependency_files import RequirementOrigin, read
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


CONDITIONAL = b"""\
[metadata]
groups = ["default"]
lock_version = "4.4"
[[package]]
name = "black"
version = "23.3.0"
dependencies = ["click", "typed-ast; python_version < '3.8'"]
[[package]]
name = "click"
version = "8.1.0"
[[package]]
name = "typed-ast"
version = "1.5.4"
"""


def test_a_lock_without_its_project_says_what_counts_on_too_many_targets() -> None:
    (problem,) = read({"pdm.lock": CONDITIONAL}, ["pdm.lock"]).problems
    assert problem.message.endswith("counts on all of them (typed-ast): add its pyproject.toml")
    assert not problem.unread
    beside = {
        "pdm.lock": CONDITIONAL,
        "pyproject.toml": b'[project]\nname = "app"\nversion = "1"\ndependencies = ["black"]\n',
    }
    assert read(beside, list(beside)).problems == ()
