"""The proof of a set as text."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from projects.domain.proof import ImportOutcome, Proof
from scanner.domain.phrases import count, join_words


def proof_text(proof: Proof) -> str:
    """Return a proof as lines: the answer first, then what failed with the end of its error."""
    return "\n".join(_lines(proof)) + "\n"


def _lines(proof: Proof) -> Iterator[str]:
    where = f"{proof.target}, {proof.interpreter.implementation} {proof.interpreter.version}"
    if proof.install_error:
        yield f"✕ {where}: the set does not install."
        yield _indented(proof.install_error)
        return
    imported = f"{count(len(proof.pins), 'package')}, {count(len(proof.imports), 'module')}"
    yield f"✓ {where}: ran. {imported}." if proof.ran else f"✕ {where}: does not run. {imported}."
    for one in proof.failed:
        what = "took too long" if one.outcome is ImportOutcome.TIMED_OUT else "failed"
        yield f"✕ import {one.module} ({one.package} {_version(proof, one.package)}) {what}"
        if one.tail:
            yield _indented("\n".join(one.tail.splitlines()[-3:]))
    for line in proof.conflicts:
        yield f"✕ pip check: {line}"
    if proof.tests_passed is not None:
        yield "✓ tests passed" if proof.tests_passed else "✕ tests failed"
        if not proof.tests_passed:
            yield _indented("\n".join(proof.tests.splitlines()[-15:]))
    if proof.gil_enabled_by:
        yield f"! the GIL was enabled again by {join_words(proof.gil_enabled_by)}"
    if proof.unproven:
        yield f"~ not tried, for lack of a wheel here: {join_words(list(proof.unproven))}"
    yield f"Isolation: {proof.isolation}."


def _version(proof: Proof, package: str) -> str:
    return proof.pins.get(canonicalize_name(package), "")


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
