"""The tools that write locks, from an environment of their own: `make setup` makes it in .venv/lockers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

ENVIRONMENT = Path(sys.prefix) / "lockers"
PYPROJECT = """\
[project]
name = "locked-service"
version = "1.0"
requires-python = ">=3.11,<3.14"
dependencies = ["pydantic", "orjson", "click"]

[dependency-groups]
dev = ["markupsafe"]
"""
POETRY = """
[tool.poetry]
package-mode = false
[[tool.poetry.source]]
name = "replay"
url = "INDEX/"
priority = "primary"
"""
PDM = """
[[tool.pdm.source]]
name = "pypi"
url = "INDEX/"
verify_ssl = false
"""
PIPFILE = """\
[[source]]
name = "replay"
url = "INDEX"
verify_ssl = false

[packages]
pydantic = "*"
orjson = "*"
click = "*"

[dev-packages]
markupsafe = "*"
"""


class Locker(Struct, frozen=True):
    """A tool with the files of a project and the command that locks it; `program` must be there."""

    program: str
    files: Mapping[str, str]
    lock: str
    lock_file: str

    def folder(self) -> Path | None:
        """Return the folder of the program; None where it is not installed."""
        for folder in (ENVIRONMENT / "bin", Path(sys.prefix) / "bin"):
            if (folder / self.program).exists():
                return folder
        return None


LOCKERS = {
    "uv": Locker("uv", {"pyproject.toml": PYPROJECT}, "uv lock", "uv.lock"),
    "poetry": Locker("poetry", {"pyproject.toml": PYPROJECT + POETRY}, "poetry lock", "poetry.lock"),
    "pdm": Locker("pdm", {"pyproject.toml": PYPROJECT + PDM}, "pdm lock -G :all", "pdm.lock"),
    "pipenv": Locker("pipenv", {"Pipfile": PIPFILE}, "pipenv lock", "Pipfile.lock"),
    "pip-compile": Locker(
        "pip-compile",
        {"requirements.in": "pydantic\norjson\nclick\n"},
        "pip-compile --generate-hashes --output-file=requirements.txt requirements.in",
        "requirements.txt",
    ),
    "uv pip compile": Locker(
        "uv",
        {"requirements.in": "pydantic\norjson\nclick\n"},
        "uv pip compile --python-version 3.11 --generate-hashes requirements.in -o requirements.txt",
        "requirements.txt",
    ),
    "uv export": Locker(
        "uv",
        {"pyproject.toml": PYPROJECT},
        "uv lock && uv export --no-emit-project --format pylock.toml -o pylock.toml",
        "pylock.toml",
    ),
}


class Workshop:
    """A folder with a copy of a locker's project, whose commands run against one index."""

    def __init__(self, locker: Locker, folder: Path, index_url: str) -> None:
        self.locker, self.folder = locker, folder
        folder.mkdir(parents=True)
        for path, text in locker.files.items():
            (folder / path).write_text(text.replace("INDEX", index_url))
        found = locker.folder()
        assert found is not None
        self._path = os.pathsep.join([str(found), str(Path(sys.prefix) / "bin"), "/usr/bin", "/bin"])
        self._index_url = index_url
        self._runs = 0
        # Without one, pipenv makes an environment with pip in each run, which takes longer than to lock.
        self._active = folder.parent / "active"
        if locker.program == "pipenv":
            venv.create(self._active, symlinks=True, with_pip=False)

    def _environment(self) -> dict[str, str]:
        """Return the environment of one run, with caches of its own: the index changes between runs."""
        self._runs += 1
        home, index_url = self.folder.parent / f"home-{self._runs}", self._index_url
        home.mkdir()
        return {
            "PATH": self._path,
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "UV_DEFAULT_INDEX": index_url,
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_NO_CONFIG": "1",
            "UV_PYTHON": sys.executable,
            "UV_CACHE_DIR": str(home / "uv"),
            "PIP_INDEX_URL": index_url,
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_CACHE_DIR": "1",
            "PIP_TOOLS_CACHE_DIR": str(home / "pip-tools"),
            "POETRY_VIRTUALENVS_CREATE": "false",
            "POETRY_NO_INTERACTION": "1",
            "POETRY_CACHE_DIR": str(home / "poetry"),
            "PDM_CHECK_UPDATE": "0",
            "PDM_IGNORE_ACTIVE_VENV": "0",
            "PDM_CACHE_DIR": str(home / "pdm"),
            "PIPENV_CACHE_DIR": str(home / "pipenv"),
            "PIPENV_VERBOSITY": "-1",
            **({"VIRTUAL_ENV": str(self._active)} if self._active.exists() else {}),
        }

    def run(self, command: str) -> None:
        """Run a shell line in the project's folder; fails with what the tool says."""
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"

    def files(self) -> dict[str, bytes]:
        """Return the project's files and its lock, by name."""
        names = [*self.locker.files, self.locker.lock_file]
        return {name: (self.folder / name).read_bytes() for name in names}

    def write(self, files: Mapping[str, str]) -> None:
        """Write the files of a plan."""
        for path, text in files.items():
            (self.folder / path).write_text(text)


def is_there(name: str) -> bool:
    """Return whether a tool is installed."""
    return LOCKERS[name].folder() is not None and shutil.which("sh") is not None
