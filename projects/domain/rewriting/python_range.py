"""A range of Pythons that changes just far enough to admit one more, as people write it: ">=3.11,<3.14" to "<3.15"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from projects.domain.dependency_files.pep508 import MalformedRequirement
from projects.domain.dependency_files.poetry_versions import alternatives

_NUMBER = re.compile(r"\d+(?:\.\d+){0,2}")
_CLAUSE = re.compile(r"(?P<operator>\^|~=|~|===|==|=|!=|<=|>=|<|>)?[ \t]*(?P<version>[^\s,^~=!<>|]+)")


def admit_python(text: str, release: Version) -> str | None:
    """Return `text` (PEP 440, a Poetry constraint, or the plain number of a Pipfile) changed to admit a Python.

    An upper bound moves behind its minor version and a lower bound down to it; a range of one minor version becomes
    one that reaches from the old to the new. None where no such text is found.
    """
    minor = f"{release.major}.{release.minor}"
    if _admits(text, release):
        return text
    if _NUMBER.fullmatch(text.strip()):
        return str(release) if text.count(".") == 2 else minor
    if "|" in text:
        changed = f"{text.rstrip()} || ~{minor}"
    else:
        position, parts = 0, []
        for found in _CLAUSE.finditer(text):
            parts += [text[position : found.start()], _clause(found, release)]
            position = found.end()
        changed = _without_gaps("".join((*parts, text[position:])))
    return changed if _admits(changed, release) else None


def _clause(found: re.Match[str], release: Version) -> str:
    """Return one clause that admits the release; empty for an exclusion that has to go."""
    clause, operator = found[0], found["operator"] or ""
    low, high = f"{release.major}.{release.minor}", f"{release.major}.{release.minor + 1}"
    if _admits(clause, release):
        return clause
    space = " " if re.match(r"\S+?[ \t]", clause) and operator else ""
    match operator:
        case "<" | "<=":
            return f"<{space}{high}"
        case ">" | ">=":
            return f">={space}{low}"
        case "!=":
            return ""
    bounds = list(_bounds(clause))
    if not bounds:
        return clause
    lowest, end = bounds[0]
    return f">={low}{f',<{end}' if end else ''}" if release < Version(lowest) else f">={lowest},<{high}"


def _bounds(clause: str) -> Iterator[tuple[str, str | None]]:
    """Yield the lowest version and the end of a clause that admits a run of versions."""
    bare = re.sub(r"(?:\.[*xX])+$", "", re.sub(r"^[\^~=\s]+", "", clause))
    try:
        parsed = SpecifierSet(alternatives(clause)[0])
        Version(bare)
    except (InvalidSpecifier, MalformedRequirement, ValueError):
        return
    ends = [one.version for one in parsed if one.operator == "<"]
    yield bare, ends[0] if ends else None


def _without_gaps(text: str) -> str:
    return re.sub(r",[ \t]*(?=,|$)", "", re.sub(r"^[ \t]*,[ \t]*", "", text)).rstrip(", \t")


def _admits(text: str, release: Version) -> bool:
    if _NUMBER.fullmatch(text.strip()):
        return str(release).startswith(f"{text.strip()}.") or str(release) == text.strip()
    try:
        return any(SpecifierSet(one).contains(release, prereleases=True) for one in alternatives(text.strip()))
    except (InvalidSpecifier, MalformedRequirement):
        return False
