"""Find an interpreter on this machine that can prove a target."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from projects.domain.proof import InterpreterFacts, differences
from scanner.domain.targets.target import Target

_PROBE = """
import json, os, platform, sys, sysconfig
libc = " ".join(filter(None, platform.libc_ver())) if sys.platform == "linux" else ""
if sys.platform == "linux" and not libc.startswith("glibc"):
    libc = "musl" if "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or "") else libc
print(json.dumps({
    "executable": sys.executable,
    "implementation": sys.implementation.name,
    "version": platform.python_version(),
    "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "sys_platform": sys.platform,
    "machine": platform.machine(),
    "libc": libc,
}))
"""


class NoInterpreter(Exception):
    """No interpreter for a target. The message says what is missing, and what differs."""


def find_interpreter(target: Target, chosen: str | None = None) -> InterpreterFacts:
    """Return an interpreter that can prove the target: `chosen`, else the first of those at hand.

    Raise NoInterpreter.
    """
    if chosen is not None:
        facts = _probe(chosen)
        if facts is None:
            raise NoInterpreter(f"{chosen} is not a Python interpreter that runs here")
        wrong = _differences(facts, target)
        if wrong:
            raise NoInterpreter(f"{chosen} cannot prove {target.slug}: {'; '.join(wrong)}")
        return facts
    for path in _at_hand(target.python.version, free_threaded=target.python.free_threaded):
        facts = _probe(path)
        if facts is not None and not _differences(facts, target):
            return facts
    name = target.python.label
    raise NoInterpreter(f"no Python {name} for {target.slug} was found here: name one with --python")


def _differences(facts: InterpreterFacts, target: Target) -> list[str]:
    return differences(
        facts,
        target.marker_environment,
        free_threaded=target.python.free_threaded,
        musl=target.platform.slug.startswith("musllinux"),
    )


def interpreters_at_hand(pythons: Iterable[tuple[int, int]]) -> list[InterpreterFacts]:
    """Return one CPython of each of these Pythons and build that is on this machine, in the order of `pythons`."""
    found: list[InterpreterFacts] = []
    for python in pythons:
        for free_threaded in (False, True):
            for path in _at_hand(python, free_threaded=free_threaded):
                facts = _probe(path)
                if facts is not None and _is_build(facts, python, free_threaded=free_threaded):
                    found.append(facts)
                    break
    return found


def _is_build(facts: InterpreterFacts, python: tuple[int, int], *, free_threaded: bool) -> bool:
    is_python = facts.version.startswith(f"{python[0]}.{python[1]}.")
    return is_python and facts.implementation == "cpython" and facts.free_threaded == free_threaded


def _at_hand(python: tuple[int, int], *, free_threaded: bool) -> Iterator[str]:
    """Yield the interpreters of the version on PATH, then those of pyenv and uv, newest patch release first."""
    major, minor = python
    suffix = "t" if free_threaded else ""
    for name in (f"python{major}.{minor}{suffix}", f"python{major}.{minor}", f"pypy{major}.{minor}", "python3"):
        path = shutil.which(name)
        if path is not None:
            yield path
    folders = (Path.home() / ".pyenv/versions", Path.home() / ".local/share/uv/python")
    for folder in folders:
        for found in sorted(folder.glob(f"*{major}.{minor}*/bin/python"), reverse=True):
            yield str(found)


def _probe(executable: str) -> InterpreterFacts | None:
    try:
        done = subprocess.run(  # noqa: S603  an interpreter that the user chose or has on PATH
            [executable, "-I", "-c", _PROBE],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        return InterpreterFacts(**json.loads(done.stdout))
    except (OSError, subprocess.SubprocessError, ValueError, TypeError):
        return None
