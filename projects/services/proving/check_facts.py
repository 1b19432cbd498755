"""Check known breaks: install the releases that an entry names on an interpreter at hand, and do what fails."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from projects.domain.fact_check import (
    CheckOutcome,
    FactCheck,
    happens_on,
    requirements_of,
    requirements_of_first_good,
    shows_symptom,
)
from projects.domain.proof import InterpreterFacts
from projects.services.proving.environment import InstallFailed, ProofEnvironment
from projects.services.proving.imports import run_isolated
from projects.services.proving.isolation import find_isolation
from scanner.domain.evidence.known_breaks import KnownBreak

ACTION_SECONDS = 120.0


def check_fact(fact: KnownBreak, interpreters: Sequence[InterpreterFacts], index: Sequence[str]) -> FactCheck:
    """Try one entry on the first of these interpreters that it is about, where its releases install.

    On the oldest Python of an entry nothing else has broken yet; a partner may begin with a later one. It runs the code
    of the packages.
    """
    last: FactCheck | None = None
    for interpreter in interpreters:
        major, minor = map(int, interpreter.version.split(".")[:2])
        if happens_on(fact, (major, minor), free_threaded=interpreter.free_threaded):
            last = _check_on(fact, interpreter, index)
            if last.outcome is not CheckOutcome.NOT_INSTALLED:
                return last
    return last or FactCheck(fact, CheckOutcome.NO_INTERPRETER)


def _check_on(fact: KnownBreak, interpreter: InterpreterFacts, index: Sequence[str]) -> FactCheck:
    try:
        installed, tail = _try(fact.action, requirements_of(fact), fact, interpreter, index)
    except InstallFailed as error:
        return FactCheck(fact, CheckOutcome.NOT_INSTALLED, interpreter.version, tail=str(error))
    if tail is None:
        return FactCheck(fact, CheckOutcome.RUNS, interpreter.version, installed)
    if not shows_symptom(fact.symptom, tail):
        return FactCheck(fact, CheckOutcome.OTHER_SYMPTOM, interpreter.version, installed, tail)
    if fact.first_good:
        try:
            good, failure = _try(fact.action, requirements_of_first_good(fact), fact, interpreter, index)
        except InstallFailed:
            # That the release does not install here is what the index says, no contradiction.
            return FactCheck(fact, CheckOutcome.HOLDS, interpreter.version, installed)
        if failure is not None:
            return FactCheck(fact, CheckOutcome.FIRST_GOOD_FAILS, interpreter.version, good, failure)
    return FactCheck(fact, CheckOutcome.HOLDS, interpreter.version, installed)


def _try(
    action: str, requirements: Sequence[str], fact: KnownBreak, interpreter: InterpreterFacts, index: Sequence[str]
) -> tuple[tuple[str, ...], str | None]:
    """Return the releases of the entry that were installed, and the error of its action; None if it ran."""
    with tempfile.TemporaryDirectory(prefix="wheelway-check-") as name:
        environment = ProofEnvironment(interpreter.executable, Path(name), index)
        environment.create()
        environment.resolve(requirements)
        named = {fact.package, *((fact.partner.name,) if fact.partner is not None else ())}
        versions = environment.versions()
        installed = tuple(f"{one} {versions[one]}" for one in sorted(named & versions.keys()))
        done = run_isolated(environment.executable, find_isolation(name), action, seconds=ACTION_SECONDS)
        if done is None:
            return installed, f"the action took longer than {ACTION_SECONDS:.0f} seconds"
        return installed, done.stderr.strip()[-4000:] or "it failed without a message" if done.returncode else None
