"""Import modules, each in a process of its own, with a time limit and without the network."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from packaging.utils import NormalizedName, canonicalize_name

from projects.domain.proof import ImportOutcome, ModuleImport
from projects.services.proving.isolation import Isolation

_IMPORT = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(getattr(sys, "_is_gil_enabled", lambda: True)())
"""
_TAIL = 4000
# Packages that put a folder of their own tests beside the module.
_NOT_MODULES = {"test", "tests", "testing", "docs", "doc", "examples", "example", "benchmarks", "scripts"}


def import_all(
    executable: str,
    modules: Mapping[str, Sequence[str]],
    isolation: Isolation,
    *,
    free_threaded: bool,
    seconds: float,
    dependents: Mapping[NormalizedName, Sequence[str]] | None = None,
) -> list[ModuleImport]:
    """Import each module of each package, in the order of the packages. `seconds` is the limit of one import.

    A module that fails alone is tried again after the modules of each package that requires it (`dependents`): what
    belongs to another package may refuse to come first, as psycopg_binary does.
    """
    pairs = [(package, module) for package, names in modules.items() for module in _worth_importing(names)]
    one = partial(_import, executable, isolation, free_threaded, seconds)
    with ThreadPoolExecutor(os.cpu_count() or 2) as threads:
        tried = list(threads.map(lambda pair: one(*pair), pairs))
    requiring = dependents or {}
    return [
        _import_after(one, found, requiring.get(canonicalize_name(found.package), ()), modules)
        if found.outcome is ImportOutcome.FAILED
        else found
        for found in tried
    ]


def _import_after(
    one: Callable[..., ModuleImport],
    failed: ModuleImport,
    packages: Iterable[str],
    modules: Mapping[str, Sequence[str]],
) -> ModuleImport:
    """Return the import of a module after that of a package that requires it, if one helps, else the failed one."""
    for package in packages:
        first = _worth_importing(modules.get(package, ()))
        again = one(failed.package, failed.module, before=first) if first else failed
        if again.outcome is ImportOutcome.RAN:
            return again
    return failed


def run_isolated(
    executable: str, isolation: Isolation, code: str, *arguments: str, seconds: float
) -> subprocess.CompletedProcess[str] | None:
    """Run Python code of the environment in a process of its own; return None if it took longer than `seconds`."""
    try:
        return subprocess.run(  # noqa: S603  what these commands are for
            [*isolation.prefix, executable, "-I", "-c", code, *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            stdin=subprocess.DEVNULL,
            cwd="/" if os.name == "posix" else None,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None


def _worth_importing(names: Iterable[str]) -> list[str]:
    return [name for name in names if name.partition(".")[0].lower() not in _NOT_MODULES]


def _import(
    executable: str,
    isolation: Isolation,
    free_threaded: bool,
    seconds: float,
    package: str,
    module: str,
    *,
    before: Sequence[str] = (),
) -> ModuleImport:
    began = time.monotonic()
    done = run_isolated(executable, isolation, _IMPORT, *before, module, seconds=seconds)
    if done is None:
        return ModuleImport(package, module, ImportOutcome.TIMED_OUT, time.monotonic() - began)
    outcome = ImportOutcome.RAN if done.returncode == 0 else ImportOutcome.FAILED
    tail = done.stderr.strip()[-_TAIL:]
    if outcome is ImportOutcome.FAILED and not tail:
        tail = f"the interpreter ended with status {done.returncode}"
    gil = done.stdout.strip().endswith("True") if free_threaded and outcome is ImportOutcome.RAN else None
    return ModuleImport(
        package, module, outcome, time.monotonic() - began, tail if outcome is not ImportOutcome.RAN else "", gil
    )
