"""A package's releases by targets, and the searches over them.

Releases are not monotonic: 1.2 may have a wheel that 1.3 lacks and 1.4 has again. So every search looks at every
release; nothing here bisects.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from packaging.version import Version

from scanner.domain.availability import Availability, Offer
from scanner.domain.matching import Matcher
from scanner.domain.shapes import Shape


@dataclass(frozen=True, slots=True)
class ReleaseOffer:
    """One release: offers[i] is what the matcher's targets[i] is offered."""

    version: Version
    offers: tuple[Offer, ...]


Accepts = Callable[[ReleaseOffer, Offer], bool]
"""Whether a policy installs this release on this offer. Yanked offers and pre-releases are sorted out before it."""


def wheels_only(release: ReleaseOffer, offer: Offer) -> bool:
    """The strictest policy, and the default: what installs without a build."""
    return offer.availability.installs_wheel


def build_matrix(shapes: Mapping[Version, Shape], matcher: Matcher) -> tuple[ReleaseOffer, ...]:
    """Every release judged, lowest version first. Costs one look-up a release once its shape is known."""
    return tuple(ReleaseOffer(version, matcher.offers(shapes[version])) for version in sorted(shapes))


def first_available(
    releases: Iterable[ReleaseOffer],
    column: int,
    *,
    current: Version | None = None,
    prereleases: bool = False,
    accepts: Accepts = wheels_only,
) -> ReleaseOffer | None:
    """The lowest version, not below `current`, that `accepts` takes on the target in this column; None without one.

    Yanked releases are never offered. Pre-releases are when asked for, when `current` is one, or when the package
    has published nothing else. The order of `releases` does not matter.
    """
    found = _available(list(releases), column, current, prereleases, accepts)
    return min(found, key=lambda release: release.version, default=None)


def latest_available(
    releases: Iterable[ReleaseOffer],
    column: int,
    *,
    current: Version | None = None,
    prereleases: bool = False,
    accepts: Accepts = wheels_only,
) -> ReleaseOffer | None:
    """The highest version under the same rules; so it is None exactly when first_available is."""
    found = _available(list(releases), column, current, prereleases, accepts)
    return max(found, key=lambda release: release.version, default=None)


def _available(
    releases: Sequence[ReleaseOffer], column: int, current: Version | None, prereleases: bool, accepts: Accepts
) -> list[ReleaseOffer]:
    wanted = prereleases or (current is not None and current.is_prerelease) or not _has_final(releases)
    found = []
    for release in releases:
        offer = release.offers[column]
        if offer.yanked or (current is not None and release.version < current):
            continue
        if (wanted or not release.version.is_prerelease) and accepts(release, offer):
            found.append(release)
    return found


def _has_final(releases: Iterable[ReleaseOffer]) -> bool:
    """Whether any release that is no pre-release has files left that are not yanked."""
    return any(
        not release.version.is_prerelease
        and any(offer.availability is not Availability.ABSENT and not offer.yanked for offer in release.offers)
        for release in releases
    )
