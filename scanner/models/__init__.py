"""The contents of the indexes as last polled: packages, releases, release files, and the changes between polls."""

from scanner.models.brought_modules import StoredModules
from scanner.models.events import WheelEvent, WheelEventKind, WheelEventQuerySet
from scanner.models.indexes import HostThrottle, Index, PollStats
from scanner.models.packages import CLAIM_FOR, LONGEST_WAIT, Package, PackageQuerySet, PackageState, RowChecksums
from scanner.models.releases import CoreMetadata, Release, ReleaseFile, StoredProfile, StoredReleaseColumns
from scanner.models.wheel_readings import StoredWheelReading

__all__ = [
    "CLAIM_FOR",
    "LONGEST_WAIT",
    "CoreMetadata",
    "HostThrottle",
    "Index",
    "Package",
    "PackageQuerySet",
    "PackageState",
    "PollStats",
    "Release",
    "ReleaseFile",
    "RowChecksums",
    "StoredModules",
    "StoredProfile",
    "StoredReleaseColumns",
    "StoredWheelReading",
    "WheelEvent",
    "WheelEventKind",
    "WheelEventQuerySet",
]
