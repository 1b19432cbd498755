"""How many packages of a target have which verdict, as clauses that pages, reports and commands share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from projects.domain.assessment.counts import UNREAD, packages_needed
from projects.domain.assessment.verdicts import Verdict
from scanner.domain.phrases import join_first
from scanner.domain.translation import gettext, ngettext

_MAX_NAMES = 3
_CLAUSES = (Verdict.UPGRADE, Verdict.BLOCKED, Verdict.HELD_BACK, Verdict.NOT_JUDGED)


def conditional_text(counts: Mapping[str, int], not_judged: Sequence[str], ignored: Sequence[str] = ()) -> str:
    """Return why a target is conditional: "3 of 61 packages need an upgrade, 1 is held back".

    `not_judged` and `ignored` are the names of the packages that are not judged, and of those that the team ignores.
    Empty where every package is ready, so that the cause is the set as a whole.
    """
    text = _need_text(counts, not_judged)
    if not ignored:
        return text
    left_out = ignored_text(ignored)
    return f"{text}; {left_out}" if text else gettext("ready except {ignored}").format(ignored=left_out)


def with_help(counts: Mapping[str, int], not_judged: Sequence[str], ignored: Sequence[str]) -> str:
    """Return what `conditional_text` does as a sentence without its period, and that upgrades help."""
    moving = counts.get(Verdict.UPGRADE, 0)
    if not moving:
        text = conditional_text(counts, not_judged, ignored)
        return f"{text[:1].upper()}{text[1:]}"
    text = conditional_text(counts, not_judged)
    helped = ngettext("it has a version that works", "all have a version that works", moving)
    parts = [f"{text[:1].upper()}{text[1:]}", helped, *([ignored_text(ignored)] if ignored else [])]
    return "; ".join(parts)


def ignored_text(names: Sequence[str]) -> str:
    """Return the packages that the team ignores: "1 ignored: orjson"."""
    return gettext("{count} ignored: {names}").format(count=len(names), names=join_first(names, _MAX_NAMES))


def some_packages(number: int, total: int) -> str:
    """Return a part of the packages: "3 of 61 packages"."""
    return ngettext("{number} of {count} package", "{number} of {count} packages", total).format(
        number=number, count=total
    )


def _need_text(counts: Mapping[str, int], not_judged: Sequence[str]) -> str:
    found = [(verdict, number) for verdict in _CLAUSES if (number := counts.get(verdict.value, 0))]
    lines = counts.get(UNREAD, 0)
    unread = ""
    if lines:
        text = ngettext(
            "{count} requirement in the files could not be read",
            "{count} requirements in the files could not be read",
            lines,
        )
        unread = text.format(count=lines)
    as_judged = gettext("ready as far as judged")
    if not found:
        return f"{as_judged}; {unread}" if unread else ""
    (verdict, first), *rest = found
    total = packages_needed(counts)
    clauses = [_clause(verdict, first, some_packages(first, total)), *(_clause(*one, str(one[1])) for one in rest)]
    joined = ", ".join(clauses)
    if not not_judged:
        return "; ".join(filter(None, (joined, unread)))
    named = f"{joined}: {join_first(not_judged, _MAX_NAMES)}"
    return "; ".join(filter(None, ("" if len(found) > 1 else as_judged, named, unread)))


def _clause(verdict: Verdict, number: int, some: str) -> str:
    """Return what the verdict says of so many packages, which `some` names: "3 of 61 packages", or "1" after those."""
    match verdict:
        case Verdict.UPGRADE:
            text = ngettext("{some} needs an upgrade", "{some} need an upgrade", number)
        case Verdict.BLOCKED:
            text = ngettext("{some} is blocked as required", "{some} are blocked as required", number)
        case Verdict.HELD_BACK:
            text = ngettext("{some} is held back", "{some} are held back", number)
        case _:
            text = ngettext("{some} is not judged", "{some} are not judged", number)
    return text.format(some=some)


def unknown_text(counts: Mapping[str, int]) -> str:
    """Return how many packages are not known: "2 of 61 packages are not known yet"; empty where all are known."""
    total = packages_needed(counts)
    if not total:
        return gettext("The files ask for no package")
    if number := counts.get(Verdict.UNKNOWN.value, 0):
        text = ngettext("{some} is not known yet", "{some} are not known yet", number)
        return text.format(some=some_packages(number, total))
    if number := counts.get(Verdict.NOT_JUDGED.value, 0):
        return _clause(Verdict.NOT_JUDGED, number, some_packages(number, total))
    return ""


def unfinished_text(counts: Mapping[str, int]) -> str:
    """Return how many required packages have no final verdict on a target that is still searched.

    "9 of 12 required packages have no final verdict yet". Empty where each has one.
    """
    total, number = packages_needed(counts), counts.get(Verdict.UNKNOWN.value, 0)
    if not total or not number:
        return ""
    some = ngettext("{number} of {count} required package", "{number} of {count} required packages", total)
    text = ngettext("{some} has no final verdict yet", "{some} have no final verdict yet", number)
    return text.format(some=some.format(number=number, count=total))
