"""Which targets a release serves, and which of its predecessor's it lost. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from packaging.version import Version

from scanner.domain.matching.availability import Availability, Offer


def predecessor(version: Version, others: Iterable[Version]) -> Version | None:
    """The next lower version, as a reader of a changelog would take it; None when there is none.

    A final release follows the final release below it, whatever pre-releases stand between; a pre-release follows
    whatever is next below. So 1.26.5 follows 1.26.4 also when 2.0 is out already.
    """
    below = [other for other in others if other < version]
    if not version.is_prerelease:
        below = [other for other in below if not other.is_prerelease] or below
    return max(below, default=None)


def served_targets(offers: Sequence[Offer]) -> frozenset[int]:
    """The places of the targets on which a wheel that is not yanked installs."""
    return frozenset(place for place, offer in enumerate(offers) if _serves(offer))


def lost_targets(before: Sequence[Offer], after: Sequence[Offer]) -> frozenset[int]:
    """The places of the targets that the release before served and this one does not.

    A yank takes back what was there and is told as a yank: a place where only yanked files serve is not lost, nor is
    any place of a release that was withdrawn whole.
    """
    if is_withdrawn(after):
        return frozenset()
    return frozenset(place for place in served_targets(before) if not (_serves(after[place]) or after[place].yanked))


def is_withdrawn(offers: Sequence[Offer]) -> bool:
    """Whether every file of a release that serves any of these targets is yanked, and there is one."""
    yanked = [offer.yanked for offer in offers if offer.availability in _OFFERS]
    return bool(yanked) and all(yanked)


def _serves(offer: Offer) -> bool:
    return offer.availability.installs_wheel and not offer.yanked


_OFFERS = frozenset(found for found in Availability if found.installs_wheel) | {Availability.SOURCE}
