"""Hand-written claims about packages on a target, checked against what the index offers.

A claim is understood by its words: what works or fails, what is declared, the lowest version that helps, the package
that requires it. Each of these statements is checked against the facts of today and of the day of writing: what
installs, what is known to break, what the releases declare of the target's Python, what their wheels show, and what ran
in the last proof.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from scanner.domain.evidence.declared import Declaration
from scanner.domain.matching.availability import Availability


class InvalidClaims(ValueError):
    """A claim file that cannot be used; the text is a message for the user."""


class ClaimVerdict(StrEnum):
    """The result of checking a claim.

    RIGHT: all its statements hold today. OUTDATED: they held on the day of writing only. WRONG: they held on neither
    day. UNCLEAR: it makes no statement that the index could contradict, or one about what was not looked at.
    """

    RIGHT = "right"
    WRONG = "wrong"
    OUTDATED = "outdated"
    UNCLEAR = "unclear"


class Claim(Struct, frozen=True):
    """A claim. `current` is the version in use, `min_version` the lowest that helps, where the author gave them."""

    name: str
    text: str
    current: str | None = None
    min_version: str | None = None


class MeasuredRelease(Struct, frozen=True):
    """A release on the target: its availability, the file that is installed and its upload date ("" if unknown).

    `declaration` is what it says of the target's Python, `broken` how it is known to break there, empty if it is not.
    `ran` is whether this version ran in the last proof of the target, None if none tried it; `read` is what its wheel
    shows, as a clause, empty if that was not read or nothing is against it.
    """

    version: str
    availability: Availability
    file: str
    uploaded: str
    reason: str
    declaration: Declaration = Declaration.NOT_READ
    broken: str = ""
    ran: bool | None = None
    read: str = ""

    @property
    def source(self) -> str:
        """The version with its file and date, as evidence."""
        return f"{self.version}, {self.file} of {self.uploaded}"


class PackageFacts(Struct, frozen=True):
    """The facts about one package at one time.

    - used: the release that the requirements resolve to, None when they do not lead to the package.
    - planned, plan_reason: the version to which the smallest plan moves it, and why.
    - first: the lowest release with a wheel on the target that is not known to break and did not fail in a proof, from
      the claim's current version on.
    - first_compiled: the lowest release with a compiled wheel, likewise.
    - paths: the chains of requirements that lead to it.
    - is_direct: whether the requirements name it.
    """

    used: MeasuredRelease | None
    planned: str | None
    first: MeasuredRelease | None
    first_compiled: MeasuredRelease | None
    plan_reason: str = ""
    paths: tuple[tuple[str, ...], ...] = ()
    is_direct: bool = False

    @property
    def installs_wheel(self) -> bool:
        """Whether a wheel of the version in use is installed, is not known to break, and did not fail in a proof."""
        used = self.used
        return used is not None and used.availability.installs_wheel and not used.broken and used.ran is not False


class CheckedClaim(Struct, frozen=True):
    """A claim with its verdict. `evidence` are clauses."""

    claim: Claim
    verdict: ClaimVerdict
    evidence: tuple[str, ...]


# Whether a statement holds, None if that was not looked at, and the evidence.
Check = tuple[bool | None, str]
FactsByName = Callable[[str], PackageFacts | None]

_FAILS = re.compile(r"\b(fails?|risky|must upgrade|breaks?)\b")
_WORKS = re.compile(r"\b(compatible|ok|works|likely ok)\b")
_RECOMMENDED = re.compile(r"\b(upgrade recommended|resolved in)\b")
_NEEDS = re.compile(r"needs ([a-z0-9][a-z0-9._-]*) (\d[\w.]*)")
_THROUGH = re.compile(r"(?:comes through|arrives by) ([a-z0-9][a-z0-9._-]*)")
_NOT_REQUIRED = re.compile(r"\bnot required\b")
_DECLARED = re.compile(r"\b(not |un)?declared\b")
_PURE = re.compile(r"\bpure python\b", re.IGNORECASE)
_NO_WHEEL = "no version has a wheel there"


def read_claims(entries: Sequence[Mapping[str, Any]], not_required: object = ()) -> tuple[Claim, ...]:
    """Return the claims of a file's list, then "imported but not required" for each name in `not_required`.

    Extras of a name are ignored. Raises InvalidClaims.
    """
    if not isinstance(not_required, (list, tuple)) or not all(isinstance(name, str) for name in not_required):
        raise InvalidClaims("imported_but_not_required is a list of names")
    claims = []
    for entry in entries:
        if not isinstance(entry.get("name"), str) or not isinstance(entry.get("claim"), str):
            raise InvalidClaims("each claim needs a name and a claim")
        name = canonicalize_name(entry["name"].partition("[")[0].strip())
        least = entry.get("min_version") or None
        claims.append(Claim(name, entry["claim"], entry.get("current"), least if isinstance(least, str) else None))
    claims += [Claim(canonicalize_name(name.strip()), "imported but not required") for name in not_required]
    return tuple(claims)


def check_claim(
    claim: Claim, now: PackageFacts, then: PackageFacts, others_now: FactsByName, others_then: FactsByName
) -> CheckedClaim:
    """Check a claim against the facts of today and of the day of writing.

    `others_now` and `others_then` give the facts about other packages that the claim names.
    """
    checks_now, checks_then = _checks(claim, now, others_now), _checks(claim, then, others_then)
    if not checks_now:
        return CheckedClaim(claim, ClaimVerdict.UNCLEAR, (_in_use(now),))
    evidence = _distinct(text for _, text in checks_now)
    if all(holds for holds, _ in checks_now):
        return CheckedClaim(claim, ClaimVerdict.RIGHT, evidence)
    if all(holds for holds, _ in checks_then):
        earlier = tuple(f"When it was written: {text}" for _, text in checks_then)
        return CheckedClaim(claim, ClaimVerdict.OUTDATED, (*evidence, *earlier))
    if not any(holds is False for holds, _ in checks_now):
        return CheckedClaim(claim, ClaimVerdict.UNCLEAR, evidence)
    return CheckedClaim(claim, ClaimVerdict.WRONG, _distinct(text for holds, text in checks_now if holds is False))


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts once each, without those with which a longer one begins."""
    listed = list(dict.fromkeys(texts))
    return tuple(one for one in listed if not any(other != one and other.startswith(one) for other in listed))


def _checks(claim: Claim, facts: PackageFacts, others: FactsByName) -> list[Check]:
    text = claim.text.lower()
    found: list[Check] = []
    if through := _THROUGH.search(text):
        found.append(_check_through(claim.name, canonicalize_name(through[1]), facts))
    if _NOT_REQUIRED.search(text):
        found.append(_check_not_required(facts))
    if _RECOMMENDED.search(text):
        found.append(_check_lowest(claim, facts))
    elif _FAILS.search(text):
        found.append(_check_fails(facts))
        if claim.min_version:
            found.append(_check_lowest(claim, facts))
    elif _WORKS.search(text) and facts.used is not None:
        found.append(_check_works(facts, facts.used))
    if (declared := _DECLARED.search(text)) and facts.used is not None:
        found.append(_check_declared(facts.used, denied=bool(declared[1])))
    if _PURE.search(text) and facts.used is not None:
        found.append((facts.used.availability is Availability.PURE, _in_use(facts)))
    for name, version in _NEEDS.findall(text):
        needed = others(canonicalize_name(name))
        if needed is not None and needed.first is not None:
            found.append((_is_same(needed.first.version, version), f"{name}: {_first_wheel(needed.first)}"))
    return found


def _check_works(facts: PackageFacts, used: MeasuredRelease) -> Check:
    """Check that the version in use installs, is not known to break, did not fail, and stays.

    It is no tick for metadata that was not read, unless a proof shows that it ran.
    """
    if not facts.installs_wheel or facts.planned is not None:
        return False, _in_use(facts)
    return True if used.ran or used.declaration is not Declaration.NOT_READ else None, _in_use(facts)


def _check_declared(used: MeasuredRelease, *, denied: bool) -> Check:
    if used.declaration is Declaration.NOT_READ:
        return None, _declared_text(used)
    return used.declaration.is_declared is not denied, f"{used.version} {_declared_text(used)}"


def _check_fails(facts: PackageFacts) -> Check:
    if facts.used is None and facts.first is not None:
        return False, f"{_in_use(facts)}; it has wheels there since {facts.first.source}"
    return not facts.installs_wheel or facts.planned is not None, _in_use(facts)


def _check_lowest(claim: Claim, facts: PackageFacts) -> Check:
    """Check that the claimed version is the lowest that helps.

    That is the planned version of a package that moves, else the lowest with a wheel, or with a compiled wheel where a
    pure Python wheel serves already.
    """
    text = _in_use(facts)
    falls_back = facts.used is not None and facts.used.availability is Availability.FALLBACK
    if facts.planned is not None:
        lowest = facts.planned
        if facts.first is not None and facts.first.version == lowest:
            text = f"{text}; {_first_wheel(facts.first)}"
    elif falls_back and facts.first_compiled is not None:
        lowest = facts.first_compiled.version
        text = f"{text}; the first compiled wheel is in {facts.first_compiled.source}"
    elif facts.installs_wheel and claim.current:
        return False, f"{text}; no upgrade is needed"
    elif facts.first is not None:
        lowest, text = facts.first.version, _first_wheel(facts.first)
    else:
        return False, _NO_WHEEL
    return claim.min_version is not None and _is_same(lowest, claim.min_version), text


def _check_through(name: str, through: str, facts: PackageFacts) -> Check:
    for path in facts.paths:
        if any(step.partition("[")[0] == through for step in path[:-1]):
            return True, _required_through(path)
    if facts.paths:
        return False, f"{_required_through(facts.paths[0])}, not through {through}"
    return False, f"no requirement leads to {name}: {through} needs it with an extra only, or not at all"


def _check_not_required(facts: PackageFacts) -> Check:
    if facts.is_direct:
        return False, "the requirements name it"
    if facts.paths:
        return True, f"the requirements do not name it; {_required_through(facts.paths[0])}"
    added = _first_wheel(facts.first) if facts.first else _NO_WHEEL
    return True, f"the requirements neither name it nor lead to it; {added}"


def _required_through(path: Sequence[str]) -> str:
    return f"it is required through {' → '.join(path)}" if len(path) > 1 else "it is required by name"


def _in_use(facts: PackageFacts) -> str:
    used = facts.used
    if used is None:
        return "no requirement leads to it"
    if not used.availability.installs_wheel:
        return f"{used.version}: {used.reason}"
    text = f"{used.version} installs from {used.file} of {used.uploaded}"
    text += f", but is known to break: {used.broken}" if used.broken else f" and {_declared_text(used)}"
    if used.ran is not None:
        text += ", and ran in the last proof" if used.ran else ", but failed in the last proof"
    if used.read and not used.broken:
        text += f"; its wheel: {used.read}"
    if facts.planned is None:
        return text
    why = f", because {facts.plan_reason}" if facts.plan_reason else ""
    return f"{text}; the smallest plan moves it to {facts.planned}{why}"


def _declared_text(release: MeasuredRelease) -> str:
    match release.declaration:
        case Declaration.CLASSIFIER | Declaration.REQUIRES_PYTHON:
            return "declares this Python"
        case Declaration.UNDECLARED:
            return "does not declare this Python"
        case Declaration.NOT_STATED:
            return "declares no Python"
        case Declaration.NOT_READ:
            return "what it declares was not read"


def _first_wheel(release: MeasuredRelease) -> str:
    return f"the first wheel is in {release.source}"


def _is_same(one: str, other: str) -> bool:
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other
