"""What the index offers, as it was last seen: packages, releases, release files, and the changes between polls."""

from scanner.models.events import WheelEvent, WheelEventKind, WheelEventQuerySet
from scanner.models.indexes import HostGate, Index, PollTally
from scanner.models.packages import CLAIM_FOR, LONGEST_WAIT, Package, PackageQuerySet, PackageState, PagePrints
from scanner.models.releases import CoreMetadata, Release, ReleaseFile, ReleaseShape

__all__ = [
    "CLAIM_FOR",
    "LONGEST_WAIT",
    "CoreMetadata",
    "HostGate",
    "Index",
    "Package",
    "PackageQuerySet",
    "PackageState",
    "PagePrints",
    "PollTally",
    "Release",
    "ReleaseFile",
    "ReleaseShape",
    "WheelEvent",
    "WheelEventKind",
    "WheelEventQuerySet",
]
