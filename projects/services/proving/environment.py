"""A throw-away virtual environment: made, filled from wheels only, checked, and asked for its modules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field
from packaging.utils import NormalizedName, canonicalize_name

_LIST_MODULES = """
import importlib.metadata, json
found = {}
for one in importlib.metadata.distributions():
    files = [file.parts for file in one.files or ()]
    names = set()
    for parts in files:
        top = parts[0]
        if len(parts) == 1 and top.endswith((".py", ".so", ".pyd")):
            names.add(top.partition(".")[0])
        elif len(parts) > 1 and top.isidentifier() and parts[-1].endswith((".py", ".so", ".pyd")):
            package = [parts[0]]
            # Of a namespace package (PEP 420) the first level with a module counts.
            for deeper in parts[1:-1]:
                if any(p[:len(package)] == tuple(package) and len(p) == len(package) + 1
                       and p[-1].partition(".")[0] == "__init__" for p in files):
                    break
                if not deeper.isidentifier():
                    break
                package.append(deeper)
            names.add(".".join(package))
    found[one.metadata["Name"]] = sorted(name for name in names if all(p.isidentifier() for p in name.split(".")))
print(json.dumps(found))
"""
_LIST_DEPENDENTS = """
import importlib.metadata, json, re
found = {}
for one in importlib.metadata.distributions():
    for text in one.requires or ():
        name = re.match("[A-Za-z0-9._-]+", text)
        if name:
            found.setdefault(re.sub("[-_.]+", "-", name[0]).lower(), []).append(one.metadata["Name"])
print(json.dumps(found))
"""
# Where Python's own wheels are: with ensurepip, or where a distribution of Linux puts them.
_LENDS = """
import json, pathlib, sys, sysconfig
import pip
wheels = []
if sys.version_info < (3, 12):
    import ensurepip
    folders = [pathlib.Path(ensurepip.__file__).parent / "_bundled", sysconfig.get_config_var("WHEEL_PKG_DIR")]
    wheels = [str(path) for folder in folders if folder for path in pathlib.Path(folder).glob("setuptools-*.whl")]
print(json.dumps({"pip": pip.__version__, "old": sys.version_info < (3, 12), "setuptools": wheels}))
"""
_TAIL = 4000


class InstallFailed(Exception):
    """The set did not install. The message is the end of the installer's output."""


class ProofEnvironment(Struct):
    """One environment in a folder of its own. `index` are the addresses that pip asks, the primary one first."""

    python: str
    folder: Path
    index: Sequence[str]
    digests: dict[str, str] = field(default_factory=dict)
    _pip: list[str] = field(default_factory=list)
    _pip_version: str = ""

    @property
    def executable(self) -> str:
        """The environment's interpreter."""
        return str(self.folder / ("Scripts" if sys.platform == "win32" else "bin") / "python")

    def create(self) -> None:
        """Make the environment as `python -m venv` does. Raise InstallFailed.

        To put pip into it takes seconds, so the interpreter's own pip installs into the environment where it can.
        Before Python 3.12 setuptools comes with an environment, and packages rely on it: it is installed from the
        wheel that Python has for that.
        """
        lent = self._lent()
        self._run([self.python, "-m", "venv", *([] if lent is None else ["--without-pip"]), str(self.folder)], 180)
        self._pip = [self.executable, "-m", "pip"]
        if lent is not None:
            self._pip = [self.python, "-m", "pip", "--python", self.executable]
            if lent:
                self._run([*self._pip, "install", "--no-index", "--no-deps", "--no-compile", *lent], 180)

    def install(self, pins: Mapping[str, str]) -> None:
        """Install exactly these versions from wheels, without dependencies. Raise InstallFailed."""
        wanted = self.folder / "pins.txt"
        wanted.write_text("".join(f"{name}=={version}\n" for name, version in pins.items()))
        report = self.folder / "report.json"
        command = [*self._pip, "install", "--no-deps", "--only-binary", ":all:", "-r", str(wanted)]
        if self._reports():
            command += ["--report", str(report)]
        self._run(command, 1800)
        if report.exists():
            self._read_digests(json.loads(report.read_text("utf-8")))

    def resolve(self, requirements: Sequence[str]) -> None:
        """Install what pip chooses for these requirements, with dependencies, from wheels only. Raise InstallFailed."""
        command = [*self._pip, "install", "--quiet", "--only-binary", ":all:", "--", *requirements]
        self._run(command, 900)

    def versions(self) -> dict[NormalizedName, str]:
        """Return the version of each installed distribution."""
        listed = json.loads(self._run([*self._pip, "list", "--format", "json"], 60))
        return {canonicalize_name(one["name"]): one["version"] for one in listed}

    def check(self) -> list[str]:
        """Return what `pip check` complains about."""
        done = self._start([*self._pip, "check"], 180)
        return [] if done.returncode == 0 else done.stdout.strip().splitlines()

    def modules(self) -> dict[str, list[str]]:
        """Return the top-level modules of each installed distribution, by its name."""
        found: dict[str, list[str]] = json.loads(self._run([self.executable, "-I", "-c", _LIST_MODULES], 60))
        return found

    def dependents(self) -> dict[NormalizedName, list[str]]:
        """Return the installed distributions that name each package in their requirements, by its normalised name."""
        found: dict[NormalizedName, list[str]] = json.loads(
            self._run([self.executable, "-I", "-c", _LIST_DEPENDENTS], 60)
        )
        return found

    def _reports(self) -> bool:
        """Return whether pip knows --report, which came with 22.2 and left its trial state in 23.0."""
        version = self._pip_version or self._run([*self._pip, "--version"], 60).split()[1]
        return _release(version) >= (23, 0)

    def _lent(self) -> list[str] | None:
        """Return the wheels that belong into each environment of this interpreter; None if it cannot lend its pip.

        It needs --python, which came with pip 22.3.
        """
        done = self._start([self.python, "-I", "-c", _LENDS], 60)
        if done.returncode:
            return None
        found = json.loads(done.stdout)
        if _release(found["pip"]) < (22, 3) or (found["old"] and not found["setuptools"]):
            return None
        self._pip_version = found["pip"]
        wheels: list[str] = found["setuptools"]
        return wheels[:1]

    def _read_digests(self, report: Mapping[str, object]) -> None:
        installed = report.get("install")
        for one in installed if isinstance(installed, list) else []:
            digest = one.get("download_info", {}).get("archive_info", {}).get("hashes", {}).get("sha256")
            if digest:
                self.digests[one["metadata"]["name"]] = digest

    def _run(self, command: Sequence[str], seconds: float) -> str:
        done = self._start(command, seconds)
        if done.returncode:
            raise InstallFailed((done.stderr or done.stdout).strip()[-_TAIL:])
        return done.stdout

    def _start(self, command: Sequence[str], seconds: float) -> subprocess.CompletedProcess[str]:
        primary, *others = self.index
        environment = {
            **os.environ,
            "PIP_INDEX_URL": primary,
            "PIP_EXTRA_INDEX_URL": " ".join(others),
            "PIP_FIND_LINKS": "",
            "PIP_CONSTRAINT": "",
            "PIP_REQUIRE_VIRTUALENV": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INPUT": "1",
        }
        try:
            return subprocess.run(  # noqa: S603  the interpreter that the user chose
                command,
                capture_output=True,
                text=True,
                timeout=seconds,
                env=environment,
                cwd=self.folder if self.folder.exists() else None,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise InstallFailed(f"{command[0]} took longer than {seconds:.0f} seconds") from error


def _release(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")[:2]))
