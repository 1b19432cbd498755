"""Which targets a release serves, and which of its predecessor's it lost. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from packaging.version import Version

from scanner.domain.availability import Offer


def predecessor(version: Version, others: Iterable[Version]) -> Version | None:
    """The next lower version, as a reader of a changelog would take it; None when there is none.

    A final release follows the final release below it, whatever pre-releases stand between; a pre-release follows
    whatever is next below. So 1.26.5 follows 1.26.4 also when 2.0 is out already.
    """
    below = [other for other in others if other < version]
    if not version.is_prerelease:
        below = [other for other in below if not other.is_prerelease] or below
    return max(below, default=None)


def served(offers: Sequence[Offer]) -> frozenset[int]:
    """The places of the targets on which a wheel that is not yanked installs."""
    return frozenset(
        place for place, offer in enumerate(offers) if offer.availability.installs_wheel and not offer.yanked
    )


def lost(before: Sequence[Offer], after: Sequence[Offer]) -> frozenset[int]:
    """The places of the targets that the release before served and this one does not."""
    return served(before) - served(after)
