"""The systems whose glibc is new enough for a wheel, and those whose glibc is not."""

from __future__ import annotations

from msgspec import Struct

from scanner.domain.matching.reason import MismatchKind, WheelMismatch
from scanner.domain.targets.platform_tags import System
from scanner.domain.targets.runtimes import RUNTIMES
from scanner.domain.targets.target import Target


class GlibcSystem(Struct, frozen=True):
    """A system that people run, with the minor version of its glibc 2."""

    name: str
    minor: int


class GlibcRequirement(Struct, frozen=True):
    """The minor version of glibc 2 that the wheels of a release need.

    `lowest_enough` is the system with the lowest glibc that suffices, `highest_short` the one with the highest that
    does not; None where no known system is on that side.
    """

    minor: int
    lowest_enough: GlibcSystem | None
    highest_short: GlibcSystem | None


def glibc_requirement(mismatch: WheelMismatch | None, target: Target) -> GlibcRequirement | None:
    """Return what the wheels need when a newer glibc is all that the target lacks, else None."""
    platform = target.platform
    if mismatch is None or mismatch.kind is not MismatchKind.FLOOR or mismatch.floor is None:
        return None
    if platform.system is not System.GLIBC:
        return None
    needed = mismatch.floor[1]
    systems = [
        GlibcSystem(runtime.name, runtime.platform.floor[1])
        for runtime in RUNTIMES
        if (runtime.platform.system, runtime.platform.architecture) == (System.GLIBC, platform.architecture)
    ]
    enough = [system for system in systems if system.minor >= needed]
    short = [system for system in systems if system.minor < needed]
    return GlibcRequirement(needed, min(enough, key=_minor, default=None), max(short, key=_minor, default=None))


def _minor(system: GlibcSystem) -> int:
    return system.minor
