"""Waivers: what a team decided about one package on a target, and how that changes an assessment.

An accepted build makes the policy admit that package's builds from source. An ignored package counts as installed while
a set is searched, and stays in the result as ignored: its project is never ready because of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Self

from msgspec import Struct
from packaging.utils import NormalizedName

from scanner.domain.matching.availability import Availability, Offer, Waived, waived_offer
from scanner.domain.targets.target import Target


class WaiverKind(StrEnum):
    """What is waived."""

    ACCEPT_BUILD = "accept-build"
    IGNORE = "ignore"


class Waiver(Struct, frozen=True):
    """A decision about a package on the target with this slug; on all targets if it is empty.

    It holds up to and including the day `until` (UTC). `owner` is who answers for it.
    """

    kind: WaiverKind
    name: NormalizedName
    target: str
    reason: str
    owner: str
    until: date

    def concerns(self, target: str) -> bool:
        """Return whether it is about a target, given by its slug."""
        return self.target in ("", target)

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values, without the package and the target, which the row has."""
        return {
            "kind": self.kind.value,
            "reason": self.reason,
            "owner": self.owner,
            "until": self.until.isoformat(),
            "everywhere": not self.target,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], name: str, target: str = "") -> Self:
        """Read what `to_json` wrote."""
        return cls(
            WaiverKind(data["kind"]),
            NormalizedName(name),
            "" if data["everywhere"] else target,
            data["reason"],
            data["owner"],
            date.fromisoformat(data["until"]),
        )


def waived_offers(
    offers: Sequence[Offer], name: str, targets: Sequence[Target], waivers: Iterable[Waiver]
) -> tuple[Offer, ...]:
    """Return the offers of a release of a package on `targets` with what its waivers waive there."""
    mine = [waiver for waiver in waivers if waiver.name == name]
    return tuple(_waived(offer, target.slug, mine) for offer, target in zip(offers, targets, strict=True))


def _waived(offer: Offer, target: str, waivers: Iterable[Waiver]) -> Offer:
    kinds = {waiver.kind for waiver in waivers if waiver.concerns(target)}
    if offer.availability.installs_wheel or offer.availability is Availability.ABSENT:
        return offer
    if WaiverKind.IGNORE in kinds:
        return waived_offer(offer, Waived.LACK)
    is_built = offer.availability is Availability.SOURCE
    return waived_offer(offer, Waived.BUILD) if is_built and WaiverKind.ACCEPT_BUILD in kinds else offer
