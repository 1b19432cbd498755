"""Poetry's version constraints as PEP 440 specifiers: caret, tilde, wildcards, bare versions, unions.

The rules are those of Poetry's documentation, "Dependency specification". A union has no PEP 440 form, so a
constraint becomes a list of alternatives, each one a specifier set.
"""

from __future__ import annotations

import re

from packaging.version import Version

from projects.domain.dependency_files.limits import MAX_ALTERNATIVES, MAX_REQUIREMENT_LENGTH
from projects.domain.dependency_files.pep508 import (
    MalformedRequirement,
    all_of,
    any_of,
    normalize_marker,
    normalize_specifier,
)

_UNION = re.compile(r"\|\|?")
_CLAUSE = re.compile(
    r"(?P<operator>\^|~=|~|===|==|=|!=|<>|<=|>=|<|>)?[ \t]*(?P<version>[^\s,^~=!<>|]+(?:![^\s,^~=!<>|]+)?)"
)
_SEPARATOR = re.compile(r"[ \t]*,?[ \t]*")


def alternatives(text: str) -> tuple[str, ...]:
    """Return alternative specifier sets; ("",) for any version. Raises MalformedRequirement.

    For example "^1.2 || ^3" gives (">=1.2,<2.0", ">=3,<4") in packaging's order of clauses.
    """
    if len(text) > MAX_REQUIREMENT_LENGTH:
        raise MalformedRequirement("the version constraint is too long")
    parts = _UNION.split(text.strip())
    if len(parts) > MAX_ALTERNATIVES:
        raise MalformedRequirement(f"a union of more than {MAX_ALTERNATIVES} parts")
    found: list[str] = []
    if len(parts) > 1 and not all(part.strip() for part in parts):
        raise MalformedRequirement(f"{text!r} is a union with an empty part")
    for part in parts:
        specifier = _conjunction(part.strip(), text)
        if specifier not in found:
            found.append(specifier)
    return ("",) if "" in found else tuple(found)


def python_marker(text: str) -> str | None:
    """Return the environment marker for a Poetry constraint on Python, None for any Python.

    Raises MalformedRequirement.
    """
    options = []
    for specifier in alternatives(text):
        clauses = [_python_clause(clause) for clause in specifier.split(",") if clause]
        if not clauses:
            return None
        options.append(" and ".join(sorted(clauses, key=lambda clause: ("<" in clause, clause))))
    return " or ".join(f"({option})" if " and " in option and len(options) > 1 else option for option in options)


def platform_marker(text: str) -> str | None:
    """Return the environment marker for a Poetry constraint on the platform, None for any platform.

    The parts of a union are separated by "||", the conditions of a part by ","; a name may have == or != before it.
    """
    parts = []
    for part in _UNION.split(text[:MAX_REQUIREMENT_LENGTH]):
        names = [name.strip() for name in part.split(",") if name.strip()]
        if "*" in names or not names:
            return None
        conditions = [
            f'sys_platform {"!=" if name.startswith("!") else "=="} "{name.lstrip("!=").strip()}"' for name in names
        ]
        parts.append(all_of(*map(normalize_marker, conditions)))
    return any_of(*parts)


def _python_clause(clause: str) -> str:
    found = re.fullmatch(r"(===|~=|==|!=|<=|>=|<|>)(.+)", clause)
    if not found:
        raise MalformedRequirement(f"{clause!r} cannot be a condition on Python")
    operator, version = found[1], found[2]
    precise = len(version.removesuffix(".*").split(".")) > 2
    return f'python_{"full_" if precise else ""}version {operator} "{version}"'


def _conjunction(text: str, whole: str) -> str:
    if text in {"", "*"}:
        return ""
    clauses: list[str] = []
    position = 0
    while position < len(text):
        found = _CLAUSE.match(text, position)
        if not found:
            raise MalformedRequirement(f"{whole!r} is not a version constraint")
        clauses.extend(_clause(found["operator"] or "", found["version"]))
        if len(clauses) > MAX_ALTERNATIVES * 2:
            raise MalformedRequirement("a version constraint of too many clauses")
        separator = _SEPARATOR.match(text, found.end())
        position = found.end() if separator is None else separator.end()
    return normalize_specifier(",".join(clauses))


def _clause(operator: str, version: str) -> list[str]:
    if version == "*" and operator in {"", "=", "==", ">=", "^", "~"}:
        return []
    wildcard = re.fullmatch(r"(.+?)(?:\.[*xX])+", version)
    if operator in {"^", "~"}:
        return _range(operator, wildcard[1] if wildcard else version)
    if wildcard:
        version = f"{wildcard[1]}.*"
        if operator in {">=", "<", "~="}:
            version = wildcard[1]
    operator = {"": "==", "=": "==", "<>": "!="}.get(operator, operator)
    if operator == "===":
        return [f"==={version}"]
    return [f"{operator}{version if wildcard else _spelled(version)}"]


def _range(operator: str, text: str) -> list[str]:
    low = _parsed(text)
    release = list(low.release)
    if operator == "~":
        keep = min(len(release), 2)
    else:
        # The caret keeps the first part that is not zero, or the last one given when all are.
        keep = next((position + 1 for position, part in enumerate(release) if part), len(release))
    high = [*release[: keep - 1], release[keep - 1] + 1, *([0] * (len(release) - keep))]
    epoch = f"{low.epoch}!" if low.epoch else ""
    return [f">={low}", f"<{epoch}{'.'.join(map(str, high))}"]


def _spelled(text: str) -> str:
    return str(_parsed(text))


def _parsed(text: str) -> Version:
    if len(text) > 300:
        raise MalformedRequirement("a version of more than 300 characters")
    try:
        return Version(text)
    except ValueError as error:
        raise MalformedRequirement(f"{text!r} is not a valid version") from error
