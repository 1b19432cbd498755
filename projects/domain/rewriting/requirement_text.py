"""One requirement as written (PEP 508), "name[extra] >= 1, < 2 ; marker": where its specifier is and how it changes."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct
from packaging.requirements import InvalidRequirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from projects.domain.rewriting.edits import PlannedVersions, TextEdit
from projects.domain.rewriting.specifiers import cap_edit, specifier_edits
from scanner.domain.parsing import parse_dependency_specifier

_HEAD = re.compile(r"\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*\(?")
_END = re.compile(r"[;)]|$")


class LocatedSpecifier(Struct, frozen=True):
    """A requirement on an index package, with the positions of its specifier in the text."""

    name: NormalizedName
    specifier: SpecifierSet
    marker: str | None
    start: int
    end: int


# Each line is looked at for the plan of each target.
@lru_cache(maxsize=4096)
def locate_specifier(text: str) -> LocatedSpecifier | None:
    """Find the specifier in `text`; None for a URL, a path, and text that is no requirement."""
    head = _HEAD.match(text)
    if head is None:
        return None
    try:
        requirement = parse_dependency_specifier(text.strip())
    except (InvalidRequirement, ValueError, RecursionError):
        return None
    if requirement.url is not None:
        return None
    end = _END.search(text, head.end())
    return LocatedSpecifier(
        canonicalize_name(requirement.name),
        requirement.specifier,
        None if requirement.marker is None else str(requirement.marker),
        head.end(),
        len(text) if end is None else end.start(),
    )


def requirement_edits(text: str, versions: PlannedVersions) -> tuple[TextEdit, ...]:
    """Return the edits that bring one requirement to the plan; none where the plan does not change it."""
    found = locate_specifier(text)
    if found is None or found.name not in versions.pins or not versions.applies(found.marker):
        return ()
    goal = versions.pins[found.name]
    if found.name not in versions.before and found.specifier.contains(goal, prereleases=True):
        return ()
    if found.name in versions.capped and found.specifier.contains(goal, prereleases=True):
        return (cap_edit(text[found.start : found.end], goal).shifted(found.start),)
    edits = specifier_edits(text[found.start : found.end], goal, rises=versions.rises(found.name))
    return tuple(edit.shifted(found.start) for edit in edits)
