"""What the risk table filters cells by, beside their state: facts about one package on one target."""

from __future__ import annotations

from enum import IntFlag

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.reasons import ReasonKind
from scanner.domain.files.builds import COMPILED, PURE, build_kind
from scanner.domain.matching.availability import Availability


class Trait(IntFlag):
    """Facts about one cell, stored as one number."""

    DIRECT = 1
    TRANSITIVE = 2
    COMPILED = 4
    PURE = 8
    BY_WHEEL = 16
    BY_BUILD = 32
    KNOWN_BREAK = 64
    STATED_NEEDS = 128
    DECLARED = 256


_WHEELS = {Availability.NATIVE, Availability.ABI3, Availability.PURE, Availability.FALLBACK}
_BUILDS = {COMPILED: Trait.COMPILED, PURE: Trait.PURE}


def traits_of(package: PackageResult) -> Trait:
    """Return the traits of a result. What its files list without saying so is neither direct nor transitive."""
    found = Trait(0)
    if package.provenance.direct is not None and package.is_needed:
        found |= Trait.DIRECT if package.provenance.direct else Trait.TRANSITIVE
    match package.availability:
        case Availability.NATIVE | Availability.ABI3 | Availability.FALLBACK | Availability.NONE:
            found |= Trait.COMPILED
        case Availability.PURE:
            found |= Trait.PURE
        case Availability.SOURCE:
            found |= _BUILDS.get(build_kind(package.build_detail), Trait(0))
    if package.verdict.installs:
        found |= Trait.BY_WHEEL if package.availability in _WHEELS else Trait.BY_BUILD
    if package.reason.kind is ReasonKind.KNOWN_BREAK:
        found |= Trait.KNOWN_BREAK
    if package.has_stated_needs:
        found |= Trait.STATED_NEEDS
    if package.evidence.declaration.is_declared:
        found |= Trait.DECLARED
    return found


def gained_on(package: PackageResult) -> str:
    """Return the day (YYYY-MM-DD, UTC) of the upload that makes the package installable on the target, or ""."""
    if package.verdict.installs:
        moment = package.uploaded_at
    else:
        moment = package.first_available.uploaded_at if package.first_available else None
    return moment.isoformat()[:10] if moment else ""
