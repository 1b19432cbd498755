"""Check a claim against the facts of today and of the day of writing.

A claim is understood by its words: what works or fails, what is declared, the lowest version that helps, the package
that requires it. Each of these statements is checked against the facts of both days: what installs, what is known to
break, what the releases declare of the target's Python, what their wheels show, and what ran in the last proof.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import StrEnum

from msgspec import Struct
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from projects.domain.claims.claim import Claim
from projects.domain.claims.evidence import declared_text, first_wheel, in_use, required_through
from projects.domain.claims.facts import MeasuredRelease, PackageFacts
from scanner.domain.evidence.declared import Declaration
from scanner.domain.matching.availability import Availability


class ClaimVerdict(StrEnum):
    """The result of checking a claim.

    RIGHT: all its statements hold today. OUTDATED: they held on the day of writing only. WRONG: they held on neither
    day. UNCLEAR: it makes no statement that the index could contradict, or one about what was not looked at.
    """

    RIGHT = "right"
    WRONG = "wrong"
    OUTDATED = "outdated"
    UNCLEAR = "unclear"


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


def check_claim(
    claim: Claim, now: PackageFacts, then: PackageFacts, others_now: FactsByName, others_then: FactsByName
) -> CheckedClaim:
    """Check a claim against the facts of today and of the day of writing.

    `others_now` and `others_then` give the facts about other packages that the claim names.
    """
    checks_now, checks_then = _checks(claim, now, others_now), _checks(claim, then, others_then)
    if not checks_now:
        return CheckedClaim(claim, ClaimVerdict.UNCLEAR, (in_use(now),))
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
        found.append((facts.used.availability is Availability.PURE, in_use(facts)))
    for name, version in _NEEDS.findall(text):
        needed = others(canonicalize_name(name))
        if needed is not None and needed.first is not None:
            found.append((_is_same(needed.first.version, version), f"{name}: {first_wheel(needed.first)}"))
    return found


def _check_works(facts: PackageFacts, used: MeasuredRelease) -> Check:
    """Check that the version in use installs, is not known to break, did not fail, and stays.

    It is no tick for metadata that was not read, unless a proof shows that it ran.
    """
    if not facts.installs_wheel or facts.planned is not None:
        return False, in_use(facts)
    return True if used.ran or used.declaration is not Declaration.NOT_READ else None, in_use(facts)


def _check_declared(used: MeasuredRelease, *, denied: bool) -> Check:
    if used.declaration is Declaration.NOT_READ:
        return None, declared_text(used)
    return used.declaration.is_declared is not denied, f"{used.version} {declared_text(used)}"


def _check_fails(facts: PackageFacts) -> Check:
    if facts.used is None and facts.first is not None:
        return False, f"{in_use(facts)}; it has wheels there since {facts.first.source}"
    return not facts.installs_wheel or facts.planned is not None, in_use(facts)


def _check_lowest(claim: Claim, facts: PackageFacts) -> Check:
    """Check that the claimed version is the lowest that helps.

    That is the planned version of a package that moves, else the lowest with a wheel, or with a compiled wheel where a
    pure Python wheel serves already.
    """
    text = in_use(facts)
    falls_back = facts.used is not None and facts.used.availability is Availability.FALLBACK
    if facts.planned is not None:
        lowest = facts.planned
        if facts.first is not None and facts.first.version == lowest:
            text = f"{text}; {first_wheel(facts.first)}"
    elif falls_back and facts.first_compiled is not None:
        lowest = facts.first_compiled.version
        text = f"{text}; the first compiled wheel is in {facts.first_compiled.source}"
    elif facts.installs_wheel and claim.current:
        return False, f"{text}; no upgrade is needed"
    elif facts.first is not None:
        lowest, text = facts.first.version, first_wheel(facts.first)
    else:
        return False, _NO_WHEEL
    return claim.min_version is not None and _is_same(lowest, claim.min_version), text


def _check_through(name: str, through: str, facts: PackageFacts) -> Check:
    for path in facts.paths:
        if any(step.partition("[")[0] == through for step in path[:-1]):
            return True, required_through(path)
    if facts.paths:
        return False, f"{required_through(facts.paths[0])}, not through {through}"
    return False, f"no requirement leads to {name}: {through} needs it with an extra only, or not at all"


def _check_not_required(facts: PackageFacts) -> Check:
    if facts.is_direct:
        return False, "the requirements name it"
    if facts.paths:
        return True, f"the requirements do not name it; {required_through(facts.paths[0])}"
    added = first_wheel(facts.first) if facts.first else _NO_WHEEL
    return True, f"the requirements neither name it nor lead to it; {added}"


def _is_same(one: str, other: str) -> bool:
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other
