"""The targets that a release supports, and those that it dropped since the release before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from packaging.version import Version

from scanner.domain.matching.availability import Availability, Offer


def predecessor(version: Version, others: Iterable[Version]) -> Version | None:
    """Return the next lower version as in a changelog; None when there is none.

    A final release follows the final release below it, a pre-release follows any release below it. So 1.26.5 follows
    1.26.4 also when 2.0 was released before it.
    """
    below = [other for other in others if other < version]
    if not version.is_prerelease:
        below = [other for other in below if not other.is_prerelease] or below
    return max(below, default=None)


def served_targets(offers: Sequence[Offer]) -> frozenset[int]:
    """Return the positions of the targets on which a wheel that is not yanked installs."""
    return frozenset(index for index, offer in enumerate(offers) if _serves(offer))


def lost_targets(before: Sequence[Offer], after: Sequence[Offer]) -> frozenset[int]:
    """Return the positions of the targets that the release before supports and this one does not.

    Yanks are reported as yanks: a target on which only yanked files fit is not lost, nor is any target of a release
    that was yanked as a whole.
    """
    if is_withdrawn(after):
        return frozenset()
    return frozenset(index for index in served_targets(before) if not (_serves(after[index]) or after[index].yanked))


def is_withdrawn(offers: Sequence[Offer]) -> bool:
    """Return whether files of the release fit some of the targets, and all of these files are yanked."""
    yanked = [offer.yanked for offer in offers if offer.availability in _OFFERS]
    return bool(yanked) and all(yanked)


def _serves(offer: Offer) -> bool:
    return offer.availability.installs_wheel and not offer.yanked


_OFFERS = frozenset(found for found in Availability if found.installs_wheel) | {Availability.SOURCE}
