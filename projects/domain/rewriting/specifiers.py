"""A version specifier that changes just far enough to admit a version, in the style in which it is written.

Clauses of PEP 440 and, for Poetry, also "^", "~" and bare versions. A pin becomes another pin, a lower bound rises to
the version, an upper bound goes to the next number of its own precision ("<2.7" to "<2.9" for 2.8.1), "~=", "^" and
wildcards keep how many numbers they give. White space and the order of clauses stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from projects.domain.dependency_files.pep508 import MalformedRequirement
from projects.domain.dependency_files.poetry_versions import alternatives
from projects.domain.rewriting.edits import TextEdit, apply_edits

_CLAUSE = re.compile(r"(?P<operator>~=|===|==|!=|<=|>=|<|>)\s*(?P<version>[^\s,;()]+)")
_POETRY_CLAUSE = re.compile(r"(?P<operator>\^|~=|~|===|==|=|!=|<=|>=|<|>)?[ \t]*(?P<version>[^\s,^~=!<>|]+)")
_UNION = re.compile(r"\|\|?")


def specifier_edits(specifier: str, goal: Version, *, rises: bool) -> tuple[TextEdit, ...]:
    """Return the edits of a PEP 440 specifier after which it admits `goal`; none when it does and `rises` is false.

    `rises`: the package gets a higher version, so lower bounds rise too. Positions count from the specifier's start.
    """
    if not specifier.strip():
        return ()
    return _clause_edits(specifier, goal, _CLAUSE, _admits, rises=rises)


def cap_edit(specifier: str, goal: Version) -> TextEdit:
    """Return the edit that adds an upper bound at `goal`, before the white space that ends the specifier."""
    end = len(specifier.rstrip())
    written = specifier.strip()
    if written in {"", "*"}:
        return TextEdit(end - len(written), end, f"<={goal}")
    return TextEdit(end, end, f",<={goal}")


def rewrite_poetry(constraint: str, goal: Version, *, rises: bool) -> str:
    """Return a Poetry constraint that admits `goal`. Of a union that does not, the last part changes."""
    parts = _UNION.split(constraint)
    if len(parts) > 1:
        if any(_admits_poetry(part, goal) for part in parts):
            return constraint
        changed = rewrite_poetry(parts[-1], goal, rises=True)
        return constraint.removesuffix(parts[-1]) + changed
    if constraint.strip() in {"", "*"}:
        return constraint
    return apply_edits(constraint, _clause_edits(constraint, goal, _POETRY_CLAUSE, _admits_poetry, rises=rises))


def _clause_edits(
    text: str, goal: Version, clause: re.Pattern[str], admits: Callable[[str, Version], bool], *, rises: bool
) -> tuple[TextEdit, ...]:
    if admits(text, goal) and not rises:
        return ()
    edits: list[TextEdit] = []
    for found in clause.finditer(text):
        operator, version = found["operator"] or "", found["version"]
        changed = _changed_clause(operator, version, goal)
        if changed is None:
            continue
        if changed[0] != operator:
            edits.append(TextEdit(found.start(), found.end(), "".join(changed)))
        elif changed[1] != version:
            edits.append(TextEdit(found.start("version"), found.end("version"), changed[1]))
    if admits(apply_edits(text, edits), goal):
        return tuple(edits)
    # No clause of this form can be changed on its own; a pin to the plan's version is always right.
    start = len(text) - len(text.lstrip())
    return (TextEdit(start, len(text.rstrip()), f"=={goal}"),)


def _changed_clause(operator: str, text: str, goal: Version) -> tuple[str, str] | None:
    """Return the clause for `goal` as operator and version; None where it stays."""
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
            return operator, text if goal < version else _next_bound(version, goal)
    return None


def _same_length(text: str, goal: Version) -> str | None:
    """Return the goal with as many numbers as `text` gives; in full where it is no final release."""
    try:
        length = len(Version(text).release)
    except InvalidVersion:
        return None
    if goal.is_prerelease or goal.is_postrelease:
        return str(goal)
    return _spelled(goal, _padded(goal.release, length))


def _next_bound(bound: Version, goal: Version) -> str:
    """Return the lowest upper bound above the goal at the old one's precision: 2.7 → 2.9, 2.0.0 → 3.0.0."""
    length = len(bound.release)
    significant = max((position + 1 for position, number in enumerate(bound.release) if number), default=1)
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
