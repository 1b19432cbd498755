"""How many packages of a target have which verdict, as clauses that pages, reports and commands share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from projects.domain.assessment.counts import UNREAD, packages_needed
from projects.domain.assessment.verdicts import Verdict
from scanner.domain.phrases import agree, count, join_first

_MAX_NAMES = 3
_CLAUSES = (
    (Verdict.UPGRADE, "needs an upgrade", "need an upgrade"),
    (Verdict.BLOCKED, "is blocked as required", "are blocked as required"),
    (Verdict.HELD_BACK, "is held back", "are held back"),
    (Verdict.NOT_JUDGED, "is not judged", "are not judged"),
)


def conditional_text(counts: Mapping[str, int], not_judged: Sequence[str], ignored: Sequence[str] = ()) -> str:
    """Return why a target is conditional: "3 of 61 packages need an upgrade, 1 is held back".

    `not_judged` and `ignored` are the names of the packages that are not judged, and of those that the team ignores.
    Empty where every package is ready, so that the cause is the set as a whole.
    """
    text = _need_text(counts, not_judged)
    if not ignored:
        return text
    return f"{text}; {ignored_text(ignored)}" if text else f"ready except {ignored_text(ignored)}"


def with_help(counts: Mapping[str, int], not_judged: Sequence[str], ignored: Sequence[str]) -> str:
    """Return what `conditional_text` does as a sentence without its period, and that upgrades help."""
    moving = counts.get(Verdict.UPGRADE, 0)
    if not moving:
        text = conditional_text(counts, not_judged, ignored)
        return f"{text[:1].upper()}{text[1:]}"
    text = conditional_text(counts, not_judged)
    helped = agree(moving, "it has a version that works", "all have a version that works")
    parts = [f"{text[:1].upper()}{text[1:]}", helped, *([ignored_text(ignored)] if ignored else [])]
    return "; ".join(parts)


def ignored_text(names: Sequence[str]) -> str:
    """Return the packages that the team ignores: "1 ignored: orjson"."""
    return f"{len(names)} ignored: {join_first(names, _MAX_NAMES)}"


def _need_text(counts: Mapping[str, int], not_judged: Sequence[str]) -> str:
    found = [
        (number, agree(number, one, several))
        for verdict, one, several in _CLAUSES
        if (number := counts.get(verdict.value, 0))
    ]
    lines = counts.get(UNREAD, 0)
    unread = f"{count(lines, 'requirement')} in the files could not be read" if lines else ""
    if not found:
        return f"ready as far as judged; {unread}" if unread else ""
    (first, text), *rest = found
    total = count(packages_needed(counts), "package")
    clauses = ", ".join([f"{first} of {total} {text}", *(f"{number} {clause}" for number, clause in rest)])
    if not not_judged:
        return "; ".join(filter(None, (clauses, unread)))
    named = f"{clauses}: {join_first(not_judged, _MAX_NAMES)}"
    return "; ".join(filter(None, ("" if len(found) > 1 else "ready as far as judged", named, unread)))


def unknown_text(counts: Mapping[str, int]) -> str:
    """Return how many packages are not known: "2 of 61 packages are not known yet"; empty where all are known."""
    if not packages_needed(counts):
        return "The files ask for no package"
    for verdict, ending in ((Verdict.UNKNOWN, "not known yet"), (Verdict.NOT_JUDGED, "not judged")):
        if number := counts.get(verdict.value, 0):
            return f"{number} of {count(packages_needed(counts), 'package')} {agree(number, 'is', 'are')} {ending}"
    return ""
