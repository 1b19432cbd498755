"""Facts about a package as clauses: the evidence of a checked claim."""

from __future__ import annotations

from collections.abc import Sequence

from projects.domain.claims.facts import MeasuredRelease, PackageFacts
from scanner.domain.evidence.declared import Declaration


def in_use(facts: PackageFacts) -> str:
    """Return what is known of the version in use, and where the smallest plan moves it."""
    used = facts.used
    if used is None:
        return "no requirement leads to it"
    if not used.availability.installs_wheel:
        return f"{used.version}: {used.reason}"
    text = f"{used.version} installs from {used.file} of {used.uploaded}"
    text += f", but is known to break: {used.broken}" if used.broken else f" and {declared_text(used)}"
    if used.ran is not None:
        text += ", and ran in the last proof" if used.ran else ", but failed in the last proof"
    if used.read and not used.broken:
        text += f"; its wheel: {used.read}"
    if facts.planned is None:
        return text
    why = f", because {facts.plan_reason}" if facts.plan_reason else ""
    return f"{text}; the smallest plan moves it to {facts.planned}{why}"


def declared_text(release: MeasuredRelease) -> str:
    """Return what a release says of the target's Python."""
    match release.declaration:
        case Declaration.CLASSIFIER | Declaration.REQUIRES_PYTHON:
            return "declares this Python"
        case Declaration.UNDECLARED:
            return "does not declare this Python"
        case Declaration.NOT_STATED:
            return "declares no Python"
        case Declaration.NOT_READ:
            return "what it declares was not read"


def first_wheel(release: MeasuredRelease) -> str:
    """Return which release has the first wheel."""
    return f"the first wheel is in {release.source}"


def required_through(path: Sequence[str]) -> str:
    """Return how a chain of requirements leads to a package."""
    return f"it is required through {' → '.join(path)}" if len(path) > 1 else "it is required by name"
