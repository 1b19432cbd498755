"""Locks and compiled files that real tools wrote, and groups of them that conflict."""

# ruff: noqa: E501  (lines of lock files)

from pathlib import Path

from tests.cases.case import LINUX, Case

LOCKED = {
    "uv": ("pyproject.toml", "uv.lock"),
    "poetry": ("pyproject.toml", "poetry.lock"),
    "pdm": ("pyproject.toml", "pdm.lock"),
    "pipenv": ("Pipfile", "Pipfile.lock"),
    "compile": ("requirements.txt",),
}
# Each locked before 3.14 was out: none of them has a wheel for it.
SIX = {
    "numpy": "2.2.6 upgrade",
    "pandas": "2.2.3 upgrade",
    "pydantic-core": "2.33.2 upgrade",
    "orjson": "3.10.18 upgrade",
    "psycopg2-binary": "2.9.10 upgrade",
    "uvloop": "0.21.0 upgrade",
}
# The wheel of jiter for 3.14 came after three of the locks; the compiled file names no hashes, but fixes greenlet.
MORE = {"uv": ["jiter"], "pdm": ["jiter"], "pipenv": ["jiter"], "compile": ["greenlet"]}


# A compiled file has no line for the Python; the manifests of the others have the same.
PYTHON_LINES: dict[str, dict[str, str]] = {"pipenv": {"3.11": "3.14"}, "compile": {}}


def locked(tool: str, *names: str) -> dict[str, Path]:
    return {name: Path("locked") / tool / name for name in names or LOCKED[tool]}


LOCK_WITH_CONFLICTS = """\
version = 1
requires-python = ">=3.12"
conflicts = [[
    { package = "app", group = "old" },
    { package = "app", group = "new" },
]]

[[package]]
name = "app"
version = "0.1.0"
source = { virtual = "." }

[package.dev-dependencies]
new = [{ name = "idna", version = "3.7", source = { registry = "https://index.example/simple" } }]
old = [{ name = "idna", version = "2.10", source = { registry = "https://index.example/simple" } }]

[package.metadata]

[package.metadata.requires-dev]
new = [{ name = "idna", specifier = "==3.7" }]
old = [{ name = "idna", specifier = "==2.10" }]

[[package]]
name = "idna"
version = "2.10"
source = { registry = "https://index.example/simple" }
resolution-markers = []
wheels = [{ url = "https://index.example/files/idna-2.10-py2.py3-none-any.whl", hash = "sha256:b97d804b1e9b523befed77c48dacec60e6dcb0b5391d57af6a65a312a90648c0" }]

[[package]]
name = "idna"
version = "3.7"
source = { registry = "https://index.example/simple" }
wheels = [{ url = "https://index.example/files/idna-3.7-py3-none-any.whl", hash = "sha256:82fee1fc78add43492d3a1898bfa6d8a904cc97d8427f683ed8e798d07761aa0" }]
"""
CONFLICTING_GROUPS = {
    "pyproject.toml": (
        '[project]\nname = "app"\nversion = "0.1.0"\nrequires-python = ">=3.12"\n'
        '[dependency-groups]\nold = ["idna==2.10"]\nnew = ["idna==3.7"]\n'
        '[tool.uv]\nconflicts = [[{ group = "old" }, { group = "new" }]]\n'
    ),
    "uv.lock": LOCK_WITH_CONFLICTS,
}
LOCK_WITH_GIT = """\
version = 1
requires-python = ">=3.11"

[[package]]
name = "app"
version = "0.1.0"
source = { virtual = "." }
dependencies = [{ name = "idna" }, { name = "mine" }]

[package.metadata]
requires-dist = [{ name = "idna" }, { name = "mine", git = "https://git.example/o/mine.git" }]

[[package]]
name = "idna"
version = "3.7"
source = { registry = "https://index.example/simple" }
wheels = [{ url = "https://index.example/files/idna-3.7-py3-none-any.whl", hash = "sha256:82fee1fc78add43492d3a1898bfa6d8a904cc97d8427f683ed8e798d07761aa0" }]

[[package]]
name = "mine"
version = "1.0"
source = { git = "https://git.example/o/mine.git#0123456789012345678901234567890123456789" }
"""


CASES = [
    *(
        Case(
            name=f"six of the packages that {tool} locked must move",
            files=locked(tool),
            target=f"cp314-{LINUX}",
            options=("--extra", "all") if tool in {"uv", "pdm"} else ("--extra", "speed") if tool == "poetry" else (),
            verdict="conditional",
            packages=SIX,
            blockers=[*SIX, *MORE.get(tool, [])],
            limits=PYTHON_LINES.get(tool, {">=3.11,<3.14": ">=3.11,<3.15"}),
        )
        for tool in LOCKED
    ),
    Case(
        name="pins of a compiled file that are older than the newest release",
        files=locked("compile"),
        target=(f"cp311-{LINUX}", f"cp312-{LINUX}"),
        verdict=("go", "go"),
        packages={"numpy": "2.2.6 ready", "jiter": "0.10.0 ready"},
        moves={},
    ),
    Case(
        name="groups of a uv.lock that conflict, one chosen",
        files=CONFLICTING_GROUPS,
        options=("--group", "new"),
        verdict="go",
        packages={"idna": "3.7 ready"},
    ),
    Case(
        name="groups of a uv.lock that conflict, the other chosen",
        files=CONFLICTING_GROUPS,
        options=("--group", "old"),
        verdict="go",
        packages={"idna": "2.10 ready"},
    ),
    Case(
        name="groups of a uv.lock that conflict, both chosen",
        files=CONFLICTING_GROUPS,
        options=("--group", "old", "--group", "new"),
        refused=["group old and group new: the files declare that they conflict"],
    ),
    Case(
        name="a lock with one dependency from git",
        files={
            "pyproject.toml": '[project]\nname = "app"\nversion = "0.1.0"\ndependencies = ["idna", "mine"]\n'
            '[tool.uv.sources]\nmine = { git = "https://git.example/o/mine.git" }\n',
            "uv.lock": LOCK_WITH_GIT,
        },
        target=f"cp314-{LINUX}",
        verdict="conditional",
        packages={"idna": "3.7 ready", "mine": "not-judged"},
        reason={"mine": "it comes from git+https://git.example/o/mine.git#"},
        blockers=[],
    ),
]
