"""Prove that a set runs on a target: install it, check it, import everything, run the project's tests if asked to."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from projects.domain.proof import InterpreterFacts, Proof, without_lacking, without_unused
from projects.services.proving.environment import InstallFailed, ProofEnvironment
from projects.services.proving.imports import import_all
from projects.services.proving.isolation import find_isolation

_TAIL = 8000
IMPORT_SECONDS = 120.0
TEST_SECONDS = 3600.0


def prove(
    target: str,
    interpreter: InterpreterFacts,
    pins: Mapping[str, str],
    index: Sequence[str],
    *,
    unproven: Sequence[str] = (),
    tests: Sequence[str] | None = None,
    project: Path | None = None,
    log: Callable[[str], None] = lambda line: None,
) -> Proof:
    """Install `pins` from wheels of the indexes and import all their modules. Nothing of it stays on the disk.

    `tests` are the arguments of pytest, run in `project`; None runs no tests. The tests are not isolated: they are the
    project's own.
    """
    with tempfile.TemporaryDirectory(prefix="wheelway-proof-") as name:
        environment = ProofEnvironment(interpreter.executable, Path(name), index)
        isolation = find_isolation(name)
        proof = Proof(target, interpreter, isolation.description, pins, unproven)
        log(f"Installing {len(pins)} packages for {interpreter.version}…")
        try:
            environment.create()
            environment.install(pins)
            conflicts, modules = environment.check(), environment.modules()
            dependents = environment.dependents()
        except InstallFailed as error:
            return replace(proof, install_error=str(error))
        chosen = {package: names for package, names in modules.items() if canonicalize_name(package) in pins}
        log(f"Importing {sum(map(len, chosen.values()))} modules, isolation: {isolation.description}…")
        imports = import_all(
            environment.executable,
            chosen,
            isolation,
            free_threaded=interpreter.free_threaded,
            seconds=IMPORT_SECONDS,
            dependents=dependents,
        )
        proof = replace(proof, conflicts=conflicts, imports=imports, digests=environment.digests)
        proof = without_unused(without_lacking(proof, dependents), dependents)
        if tests is not None and project is not None:
            log("Running the tests…")
            passed, tail = _run_tests(environment.executable, tests, project)
            proof = replace(proof, tests=tail, tests_passed=passed)
        return proof


def _run_tests(executable: str, arguments: Sequence[str], project: Path) -> tuple[bool, str]:
    try:
        done = subprocess.run(  # noqa: S603  the project's own tests, which the user asked for
            [executable, "-m", "pytest", *arguments],
            cwd=project,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=TEST_SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False, f"the tests took longer than {TEST_SECONDS:.0f} seconds"
    return done.returncode == 0, done.stdout.strip()[-_TAIL:]
