"""What a change on the index takes from a project, and when that is over. Pure: rows in, decisions out.

A regression: a new release does not install where the project's version does. A yank: the version in use was withdrawn.
A status: the package was archived, deprecated or quarantined.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from projects.domain.assessment.verdicts import Severity
from scanner.domain.matching.availability import Availability, Offer

# What is taken back and comes again within this time is the same news.
REOPEN_WITHIN = timedelta(days=1)
# What a project status (PEP 792) means for whoever uses the package; others are no news.
STATUS_SEVERITY: Mapping[str, Severity] = {
    "quarantined": Severity.CRITICAL,
    "deprecated": Severity.MODERATE,
    "archived": Severity.LOW,
}


class NoteKind(StrEnum):
    """What happened upstream. In the order in which notes of equal severity are told."""

    YANK = "yank"
    REGRESSION = "regression"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class PackageUse:
    """How a project uses a package on one target, as an assessment has it.

    version: None where none could be chosen. specifier: all that limits it there, joined by commas.
    """

    target: str
    version: Version | None
    specifier: str = ""


OfferOf = Callable[[Version, str], Offer]


@dataclass(frozen=True, slots=True)
class LostTarget:
    """A target that a release lost. `admitted`: whether the requirements as written take it; None when unreadable.

    `offered` is what the release offers there instead of a wheel; `builds` whether the project accepts that.
    """

    use: PackageUse
    admitted: bool | None
    offered: Availability
    builds: bool

    @property
    def severity(self) -> Severity:
        """How much it matters."""
        if self.offered is Availability.EXCLUDED:
            # Every installer stays at the last version by itself, as its maintainers mean it.
            return Severity.LOW
        if self.builds:
            return Severity.LOW
        if self.offered is Availability.SOURCE and self.admitted is not False:
            return Severity.HIGH
        return Severity.MODERATE


def admits(specifier: str, version: Version) -> bool | None:
    """Whether the requirements as written take this version. None when they cannot be read."""
    try:
        return SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidSpecifier:
        return None


def is_pinned(specifier: str) -> bool:
    """Whether one version is asked for exactly, which installers take even when it is yanked (PEP 592)."""
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
    """Where a project would lose its wheel, or has lost it, by the release `version`, which lost these targets.

    A lost target counts when the project runs there from a wheel of a lower version, or stands at this one already,
    and none of `versions` (all there are) has brought it back for these requirements. `prereleases`: the project takes
    them. `builds`: it accepts what building this release needs.
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
    """The release by which a target that `version` lost is served again; None while it is lost.

    Requirements that take `version` take the newest release they admit, so that one must serve: a newer line beyond
    their upper bound helps nobody. Requirements that do not take it are free to move to any later one that serves.
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
    """The uses of this very version where only withdrawn files are left of it."""
    return tuple(use for use in uses if use.version == version and offer_of(version, use.target).yanked)


def yank_severity(uses: Iterable[PackageUse]) -> Severity:
    """A pin goes on installing what was withdrawn; a range moves away from it by itself."""
    return Severity.HIGH if any(is_pinned(use.specifier) for use in uses) else Severity.MODERATE


def replacement_for(
    version: Version, targets: Iterable[str], versions: Iterable[Version], offer_of: OfferOf
) -> Version | None:
    """The nearest version that serves all of these targets: the next one up, else the next one down."""
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
    """Whether what was taken back at `closed_at` and is here again flaps, rather than happened anew."""
    return now - closed_at < REOPEN_WITHIN


def is_moot(
    kind: NoteKind,
    subject: str,
    targets: Sequence[str],
    *,
    noted_at: datetime,
    uses: Sequence[PackageUse],
    chosen: Iterable[str],
    taken_at: datetime | None,
) -> bool:
    """Whether the project has moved away from what a note is about.

    `uses` are those of its newest assessment, `chosen` its targets now, `taken_at` the time of its newest
    requirements. Before new requirements came a range may have moved off a yanked version by itself, but nobody knows
    what is deployed.
    """
    kept = set(chosen)
    if not uses or (targets and not kept & set(targets)):
        return True
    if kind is not NoteKind.YANK or taken_at is None or taken_at <= noted_at:
        return False
    return all(str(use.version) != subject for use in uses if use.target in targets)


def _is_taken(offer: Offer) -> bool:
    """Whether an installer that may build takes the version there."""
    return _serves(offer) or (offer.availability is Availability.SOURCE and not offer.yanked)


def _serves(offer: Offer) -> bool:
    return offer.availability.installs_wheel and not offer.yanked
