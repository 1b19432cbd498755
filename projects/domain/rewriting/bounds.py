"""A version specifier that is moved just far enough to admit a version, in the style in which it is written.

Clauses of PEP 440, and with `poetry` also "^", "~" and bare versions. A pin becomes another pin, a lower bound rises
to the version, a cap is lifted to the next number of its own precision ("<2.7" to "<2.9" for 2.8.1), "~=", "^" and
wildcards keep how many numbers they give. White space and the order of clauses stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from projects.domain.dependency_files.pep508 import MalformedRequirement
from projects.domain.dependency_files.poetry_versions import alternatives
from projects.domain.rewriting.moves import Edit, apply

_CLAUSE = re.compile(r"(?P<operator>~=|===|==|!=|<=|>=|<|>)\s*(?P<version>[^\s,;()]+)")
_POETRY_CLAUSE = re.compile(r"(?P<operator>\^|~=|~|===|==|=|!=|<=|>=|<|>)?[ \t]*(?P<version>[^\s,^~=!<>|]+)")
_UNION = re.compile(r"\|\|?")


def move_edits(specifier: str, goal: Version, *, rises: bool) -> tuple[Edit, ...]:
    """The edits of a PEP 440 specifier after which it admits `goal`; none when it does and `rises` is false.

    `rises`: the package moves upward, so lower bounds rise with it. Positions count from the specifier's start.
    """
    if not specifier.strip():
        return ()
    return _move(specifier, goal, _CLAUSE, _admits, rises=rises)


def move_poetry(constraint: str, goal: Version, *, rises: bool) -> str:
    """A Poetry constraint that admits `goal`. Of a union that does not, the last part is moved."""
    parts = _UNION.split(constraint)
    if len(parts) > 1:
        if any(_admits_poetry(part, goal) for part in parts):
            return constraint
        moved = move_poetry(parts[-1], goal, rises=True)
        return constraint.removesuffix(parts[-1]) + moved
    if constraint.strip() in {"", "*"}:
        return constraint
    return apply(constraint, _move(constraint, goal, _POETRY_CLAUSE, _admits_poetry, rises=rises))


def _move(
    text: str, goal: Version, clause: re.Pattern[str], admits: Callable[[str, Version], bool], *, rises: bool
) -> tuple[Edit, ...]:
    if admits(text, goal) and not rises:
        return ()
    edits: list[Edit] = []
    for found in clause.finditer(text):
        operator, version = found["operator"] or "", found["version"]
        moved = _moved(operator, version, goal)
        if moved is None:
            continue
        if moved[0] != operator:
            edits.append(Edit(found.start(), found.end(), "".join(moved)))
        elif moved[1] != version:
            edits.append(Edit(found.start("version"), found.end("version"), moved[1]))
    if admits(apply(text, edits), goal):
        return tuple(edits)
    # No clause of this form can be moved on its own: the plan's version is at least true.
    start = len(text) - len(text.lstrip())
    return (Edit(start, len(text.rstrip()), f"=={goal}"),)


def _moved(operator: str, text: str, goal: Version) -> tuple[str, str] | None:
    """The clause for `goal` as operator and version; None where the clause says nothing about it or stays."""
    if re.search(r"\.[*xX]$", text):
        bare = re.split(r"\.[*xX]", text, maxsplit=1)[0]
        kept = _same_length(bare, goal)
        return None if operator == "!=" or kept is None else (operator, kept + text[len(bare) :])
    try:
        version = Version(text)
    except InvalidVersion:
        return (operator, str(goal)) if operator == "===" else None
    match operator:
        case "" | "=" | "==" | "===":
            return operator, text if version == goal else str(goal)
        case "~=" | "^" | "~":
            kept = _same_length(text, goal)
            return operator, text if version == goal or kept is None else kept
        case ">=":
            return operator, text if version == goal else str(goal)
        case ">":
            return ">=", str(goal)
        case "<=":
            return operator, text if goal <= version else str(goal)
        case "<":
            return operator, text if goal < version else _next_cap(version, goal)
    return None


def _same_length(text: str, goal: Version) -> str | None:
    """The goal with as many numbers as `text` gives; in full where it is no final version."""
    try:
        length = len(Version(text).release)
    except InvalidVersion:
        return None
    if goal.is_prerelease or goal.is_postrelease:
        return str(goal)
    return _spelled(goal, _padded(goal.release, length))


def _next_cap(cap: Version, goal: Version) -> str:
    """The lowest cap above the goal that counts in the same number as the old one: 2.7 → 2.9, 2.0.0 → 3.0.0."""
    length = len(cap.release)
    significant = max((position + 1 for position, number in enumerate(cap.release) if number), default=1)
    numbers = list(_padded(goal.release, significant))
    numbers[-1] += 1
    return _spelled(goal, _padded(numbers, length))


def _padded(numbers: Sequence[int], length: int) -> tuple[int, ...]:
    return (*numbers[:length], *([0] * (length - len(numbers))))


def _spelled(goal: Version, numbers: Sequence[int]) -> str:
    epoch = f"{goal.epoch}!" if goal.epoch else ""
    return epoch + ".".join(map(str, numbers))


def _admits(specifier: str, version: Version) -> bool:
    try:
        return SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidSpecifier:
        return False


def _admits_poetry(constraint: str, version: Version) -> bool:
    try:
        return any(_admits(one, version) for one in alternatives(constraint.strip()))
    except MalformedRequirement:
        return False
