"""Claims that somebody wrote down about packages on a target, held against what the index says. Pure.

A claim is read by its words: what fits or fails, by which lowest version, through which other package. Each thing that
it says is tested against the facts of today and of the day of writing: right, wrong, outdated (it was right then), or
unclear where it says nothing that the index could contradict.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version


class BadClaims(ValueError):
    """A claim file that cannot be read; the text is a message for the user."""


class Holds(StrEnum):
    """What becomes of a claim."""

    RIGHT = "right"
    WRONG = "wrong"
    OUTDATED = "outdated"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Claim:
    """One line of a claim file. `current` and `min_version` are None where the author gave none."""

    name: str
    text: str
    current: str | None = None
    min_version: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimedRelease:
    """What one version offers on the target: how, by which file, since when ("" where that is not known)."""

    version: str
    availability: str
    file: str
    uploaded: str
    reason: str

    @property
    def wheel(self) -> bool:
        """Whether a wheel installs."""
        return self.availability in {"native", "abi3", "pure", "fallback"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What was measured for one package at one time.

    `used` is the version that the requirements lead to, None where nothing leads to the package; `moves_to` what the
    smallest plan moves it to, and `why`. `first` is the lowest version with a wheel there (from the claim's current one
    on, where it names one), `compiled` the lowest with a compiled one. `paths` are the ways by which it arrives;
    `named` says that the requirements name it themselves.
    """

    used: ClaimedRelease | None
    moves_to: str | None
    first: ClaimedRelease | None
    compiled: ClaimedRelease | None
    why: str = ""
    paths: tuple[tuple[str, ...], ...] = ()
    named: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim with what becomes of it. `because` are sentences."""

    claim: Claim
    holds: Holds
    because: tuple[str, ...]


# Says of one package at one time whether a statement holds, and the evidence.
Tested = tuple[bool, str]
Other = Callable[[str], Facts | None]

_FAILS = re.compile(r"\b(fails?|risky|must upgrade|breaks?)\b")
_WORKS = re.compile(r"\b(compatible|ok|works|likely ok)\b")
_RECOMMENDED = re.compile(r"\b(upgrade recommended|resolved in)\b")
_NEEDS = re.compile(r"needs ([a-z0-9][a-z0-9._-]*) (\d[\w.]*)")
_THROUGH = re.compile(r"(?:comes through|arrives by) ([a-z0-9][a-z0-9._-]*)")
_UNREQUIRED = re.compile(r"\bnot required\b")
_PURE = re.compile(r"\bpure python\b", re.IGNORECASE)


def read_claims(entries: Sequence[Mapping[str, Any]], unrequired: object = ()) -> tuple[Claim, ...]:
    """The claims of a file's list, then one for each name in `unrequired`: "imported but not required".

    Extras of a name are left to the requirements. Raises BadClaims.
    """
    if not isinstance(unrequired, (list, tuple)) or not all(isinstance(name, str) for name in unrequired):
        raise BadClaims("imported_but_not_required is a list of names")
    claims = []
    for entry in entries:
        if not isinstance(entry.get("name"), str) or not isinstance(entry.get("claim"), str):
            raise BadClaims("each claim needs a name and a claim")
        name = canonicalize_name(entry["name"].partition("[")[0].strip())
        claims.append(Claim(name, entry["claim"], entry.get("current"), _version(entry.get("min_version"))))
    claims += [Claim(canonicalize_name(name.strip()), "imported but not required") for name in unrequired]
    return tuple(claims)


def judge_claim(claim: Claim, now: Facts, then: Facts, other_now: Other, other_then: Other) -> Judged:
    """Hold one claim against the facts of today and of the day of writing; `other_…` gives those of other packages."""
    tested_now, tested_then = _test(claim, now, other_now), _test(claim, then, other_then)
    if not tested_now:
        return Judged(claim, Holds.UNCLEAR, (_said(now),))
    because = tuple(dict.fromkeys(said for _, said in tested_now))
    if all(holds for holds, _ in tested_now):
        return Judged(claim, Holds.RIGHT, because)
    if all(holds for holds, _ in tested_then):
        was = tuple(f"When it was written: {said}" for _, said in tested_then)
        return Judged(claim, Holds.OUTDATED, (*because, *was))
    return Judged(claim, Holds.WRONG, tuple(dict.fromkeys(said for holds, said in tested_now if not holds)))


def _test(claim: Claim, facts: Facts, other: Other) -> list[Tested]:
    text = claim.text.lower()
    found: list[Tested] = []
    if through := _THROUGH.search(text):
        found.append(_through(claim.name, canonicalize_name(through[1]), facts))
    if _UNREQUIRED.search(text):
        found.append(_unrequired(facts))
    if _RECOMMENDED.search(text):
        found.append(_lowest(claim, facts))
    elif _FAILS.search(text):
        found.append(_fails(facts))
        if claim.min_version:
            found.append(_lowest(claim, facts))
    elif _WORKS.search(text) and facts.used is not None:
        found.append(_works(facts))
    if _PURE.search(text) and facts.used is not None:
        found.append((facts.used.availability == "pure", _said(facts)))
    for name, version in _NEEDS.findall(text):
        needed = other(canonicalize_name(name))
        if needed is not None and needed.first is not None:
            found.append(
                (_same(needed.first.version, version), f"{name}: {_told(needed.first, 'the first wheel is in')}")
            )
    return found


def _works(facts: Facts) -> Tested:
    used = facts.used
    works = used is not None and used.wheel and facts.moves_to is None
    return works, _said(facts)


def _fails(facts: Facts) -> Tested:
    used = facts.used
    if used is None and facts.first is not None:
        return False, f"{_said(facts)}; {_told(facts.first, 'and it has wheels there since')}"
    fails = used is None or not used.wheel or facts.moves_to is not None
    return fails, _said(facts)


def _lowest(claim: Claim, facts: Facts) -> Tested:
    """That the claimed version is the lowest that helps: of a package that moves, else of its (compiled) wheels."""
    lowest = facts.moves_to
    told = _said(facts) if lowest else ""
    if lowest is None:
        first = facts.first
        if facts.used is not None and facts.used.availability == "fallback" and facts.compiled is not None:
            first = facts.compiled
            told = f"{_said(facts)}; {_told(first, 'the first compiled wheel is in')}"
        elif facts.used is not None and facts.used.wheel and claim.current:
            return False, f"{_said(facts)}; no upgrade is needed"
        elif first is not None:
            told = _told(first, "the first wheel is in")
        lowest = first.version if first is not None else None
    elif facts.first is not None and facts.first.version == lowest:
        told = f"{_said(facts)}; {_told(facts.first, 'the first wheel is in')}"
    if lowest is None:
        return False, "no version has a wheel there"
    return claim.min_version is not None and _same(lowest, claim.min_version), told


def _through(name: str, through: str, facts: Facts) -> Tested:
    if any(step.partition("[")[0] == through for path in facts.paths for step in path[:-1]):
        return True, f"it arrives by {' → '.join(facts.paths[0])}"
    if facts.paths:
        return False, f"it arrives by {' → '.join(facts.paths[0])}, not through {through}"
    return (
        False,
        f"nothing in the requirements leads to {name}: {through} asks for it only with an extra, or not at all",
    )


def _unrequired(facts: Facts) -> Tested:
    """That the requirements do not name a package, and what would come of naming it."""
    if facts.named:
        return False, "the requirements name it"
    if facts.paths:
        return True, f"the requirements do not name it; it arrives by {' → '.join(facts.paths[0])}"
    added = _told(facts.first, "the first wheel is in") if facts.first else "no version has a wheel there"
    return True, f"the requirements do not name it and nothing leads to it; {added}"


def _said(facts: Facts) -> str:
    used = facts.used
    if used is None:
        return "nothing in the requirements leads to it"
    why = f", because {facts.why}" if facts.why else ""
    moving = f"; the smallest plan moves it to {facts.moves_to}{why}" if facts.moves_to and used.wheel else ""
    if not used.wheel:
        return f"{used.version}: {used.reason}"
    return f"{used.version} installs by {used.file} of {used.uploaded}{moving}"


def _told(offered: ClaimedRelease, words: str) -> str:
    return f"{words} {offered.version}, {offered.file} of {offered.uploaded}"


def _same(one: str, other: str) -> bool:
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other


def _version(text: object) -> str | None:
    return text if isinstance(text, str) and text else None
