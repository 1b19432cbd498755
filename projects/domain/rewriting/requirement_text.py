"""One requirement as written, "name[extra] >= 1, < 2 ; marker": where its specifier stands, and how it moves."""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from projects.domain.rewriting.bounds import move_edits
from projects.domain.rewriting.moves import Edit, Moves

_HEAD = re.compile(r"\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*\(?")
_END = re.compile(r"[;)]|$")


@dataclass(frozen=True, slots=True)
class Written:
    """A requirement of a package on the index. `start` and `end` enclose its specifier."""

    name: NormalizedName
    specifier: SpecifierSet
    marker: str | None
    start: int
    end: int


def find(text: str) -> Written | None:
    """Where everything is in `text`; None for a URL, a path, and what is no requirement."""
    head = _HEAD.match(text)
    if head is None:
        return None
    try:
        requirement = Requirement(text.strip())
    except (InvalidRequirement, ValueError, RecursionError):
        return None
    if requirement.url is not None:
        return None
    end = _END.search(text, head.end())
    return Written(
        canonicalize_name(requirement.name),
        requirement.specifier,
        None if requirement.marker is None else str(requirement.marker),
        head.end(),
        len(text) if end is None else end.start(),
    )


def edits_of(text: str, moves: Moves) -> tuple[Written, tuple[Edit, ...]] | None:
    """What the plan changes in one requirement; None where it changes nothing."""
    written = find(text)
    if written is None or written.name not in moves.pins or not moves.wanted(written.marker):
        return None
    goal = moves.pins[written.name]
    if written.name not in moves.before and written.specifier.contains(goal, prereleases=True):
        return None
    edits = move_edits(text[written.start : written.end], goal, rises=moves.rises(written.name))
    if not edits:
        return None
    return written, tuple(Edit(edit.start + written.start, edit.end + written.start, edit.text) for edit in edits)
