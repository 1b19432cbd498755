"""Changes on the index that affect a project, and when they are over.

A regression is a new release without a wheel where the project's version has one. A yank is about the version in use
(PEP 592). A status is about a package that was archived, deprecated or quarantined (PEP 792).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from projects.domain.assessment.verdicts import Severity
from scanner.domain.matching.availability import Availability, Offer

# A change that is undone and happens again within this time reopens its note.
REOPEN_WITHIN = timedelta(days=1)
# Severity of each project status (PEP 792). Other statuses make no note.
STATUS_SEVERITY: Mapping[str, Severity] = {
    "quarantined": Severity.CRITICAL,
    "deprecated": Severity.MODERATE,
    "archived": Severity.LOW,
}


class NoteKind(StrEnum):
    """The kind of change."""

    YANK = "yank"
    REGRESSION = "regression"
    STATUS = "status"


class PackageUse(Struct, frozen=True):
    """How a project uses a package on one target, from an assessment.

    `version` is None where none was chosen; `specifier` is the combined version specifier of all requirements.
    """

    target: str
    version: Version | None
    specifier: str = ""


OfferOf = Callable[[Version, str], Offer]


class LostTarget(Struct, frozen=True):
    """A target that a release lost. `admitted`: whether the requirements admit the release; None if unparsable.

    `offered` is what the release offers there instead of a wheel, `builds` whether the policy accepts that.
    """

    use: PackageUse
    admitted: bool | None
    offered: Availability
    builds: bool

    @property
    def severity(self) -> Severity:
        """Severity of the loss for the project."""
        if self.offered is Availability.EXCLUDED:
            # Every installer stays at the last version, as its maintainers intend.
            return Severity.LOW
        if self.builds:
            return Severity.LOW
        if self.offered is Availability.SOURCE and self.admitted is not False:
            return Severity.HIGH
        return Severity.MODERATE


def admits(specifier: str, version: Version) -> bool | None:
    """Return whether a version specifier admits this version. None if it cannot be parsed."""
    try:
        return SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidSpecifier:
        return None


def is_pinned(specifier: str) -> bool:
    """Return whether the specifier pins one version, which installers take even if it is yanked (PEP 592)."""
    try:
        clauses = list(SpecifierSet(specifier))
    except InvalidSpecifier:
        return False
    return any(
        clause.operator == "===" or (clause.operator == "==" and not clause.version.endswith(".*"))
        for clause in clauses
    )


def find_regression(
    version: Version,
    lost: Collection[str],
    uses: Iterable[PackageUse],
    versions: Collection[Version],
    offer_of: OfferOf,
    *,
    prereleases: bool,
    builds: bool,
) -> tuple[LostTarget, ...]:
    """Return the targets where a project loses its wheel by the release `version`, which lost the targets `lost`.

    A target counts if the project uses a lower version there that has a wheel, or this version already, and none of
    `versions` (all of the package) restores it for these requirements. `prereleases`: the project's policy accepts
    them. `builds`: the policy accepts building this release.
    """
    places = []
    for use in uses:
        if use.target not in lost or use.version is None or use.version > version:
            continue
        if version.is_prerelease and not (prereleases or use.version == version):
            continue
        if use.version != version and not _serves(offer_of(use.version, use.target)):
            continue
        if restored_by(version, use.target, use.specifier, versions, offer_of) is None:
            offered = offer_of(version, use.target).availability
            accepted = builds and offered is Availability.SOURCE
            places.append(LostTarget(use, admits(use.specifier, version), offered, accepted))
    return tuple(places)


def restored_by(
    version: Version, target: str, specifier: str, versions: Iterable[Version], offer_of: OfferOf
) -> Version | None:
    """Return the release that restores a target which `version` lost, or None.

    Requirements that admit `version` lead to the newest release they admit, so that one must have a wheel: a release
    beyond their upper bound does not help. Requirements that do not admit it can move to any later release with one.
    """
    later = sorted(
        other
        for other in versions
        if other >= version and (not other.is_prerelease or other == version) and _is_taken(offer_of(other, target))
    )
    if admits(specifier, version):
        later = [other for other in later if admits(specifier, other)][-1:]
    return next((other for other in later if _serves(offer_of(other, target))), None)


def yanked_uses(version: Version, uses: Iterable[PackageUse], offer_of: OfferOf) -> tuple[PackageUse, ...]:
    """Return the uses of this version on targets where all of its files that fit are yanked."""
    return tuple(use for use in uses if use.version == version and offer_of(version, use.target).yanked)


def yank_severity(uses: Iterable[PackageUse]) -> Severity:
    """Return the severity of a yank: high if the version is pinned, since installers still take it (PEP 592)."""
    return Severity.HIGH if any(is_pinned(use.specifier) for use in uses) else Severity.MODERATE


def replacement_for(
    version: Version, targets: Iterable[str], versions: Iterable[Version], offer_of: OfferOf
) -> Version | None:
    """Return the nearest version with a wheel on all of these targets: the next higher one, else the next lower."""
    wanted = list(targets)
    fitting = sorted(
        other
        for other in versions
        if other != version
        and (not other.is_prerelease or version.is_prerelease)
        and all(_serves(offer_of(other, target)) for target in wanted)
    )
    above = [other for other in fitting if other > version]
    return above[0] if above else (fitting[-1] if fitting else None)


def is_reopened(closed_at: datetime, now: datetime) -> bool:
    """Return whether a change that was undone at `closed_at` and is back reopens its note."""
    return now - closed_at < REOPEN_WITHIN


def is_over(
    kind: NoteKind,
    subject: str,
    targets: Sequence[str],
    *,
    noted_at: datetime,
    uses: Sequence[PackageUse],
    chosen: Iterable[str],
    taken_at: datetime | None,
) -> bool:
    """Return whether a note does not concern the project any more.

    `uses` are those of its newest assessment, `chosen` its targets now, `taken_at` the time of its newest snapshot. A
    yank stays until a new snapshot: before that a range may resolve to another version, but the yanked one may still be
    deployed.
    """
    kept = set(chosen)
    if not uses or (targets and not kept & set(targets)):
        return True
    if kind is not NoteKind.YANK or taken_at is None or taken_at <= noted_at:
        return False
    return all(str(use.version) != subject for use in uses if use.target in targets)


def _is_taken(offer: Offer) -> bool:
    """Return whether an installer that may build takes the version there."""
    return _serves(offer) or (offer.availability is Availability.SOURCE and not offer.yanked)


def _serves(offer: Offer) -> bool:
    return offer.availability.installs_wheel and not offer.yanked
