"""Platform tags: the system, the processors and the floor that the last part of a wheel's tags requires.

Standards: PEP 513, 571, 599, 600 (manylinux), 656 (musllinux), 730 (iOS), 738 (Android), 783 (Emscripten).
"""

import functools
import re
from enum import StrEnum

from msgspec import Struct


class System(StrEnum):
    """An operating system with its libc; binaries of one do not run on another. The value is the name on pages."""

    GLIBC = "Linux"
    MUSL = "Alpine"
    MACOS = "macOS"
    WINDOWS = "Windows"
    EMSCRIPTEN = "Pyodide"
    IOS = "iOS"
    ANDROID = "Android"


class PlatformTag(Struct, frozen=True):
    """A parsed platform tag. `floor` is the oldest version of the system that it supports, (0, 0) where none is set."""

    system: System
    architectures: tuple[str, ...]
    floor: tuple[int, int] = (0, 0)


LEGACY_GLIBC = {"1": (2, 5), "2010": (2, 12), "2014": (2, 17)}
"""The glibc that manylinux1, manylinux2010 and manylinux2014 mean (PEP 600)."""

_FAT_MACOS = {
    "universal2": ("arm64", "x86_64"),
    "intel": ("x86_64", "i386"),
    "fat64": ("x86_64", "ppc64"),
    "fat3": ("x86_64", "i386", "ppc"),
    "universal": ("x86_64", "i386", "ppc64", "ppc"),
}
_VERSIONED = re.compile(
    r"(?P<family>manylinux|musllinux|macosx|ios|pyodide|pyemscripten)_(?P<major>\d{1,4})_(?P<minor>\d{1,4})_(?P<arch>\w+)"
)
_LEGACY = re.compile(r"manylinux(?P<generation>1|2010|2014)_(?P<arch>\w+)")
_ANDROID = re.compile(r"android_(?P<level>\d{1,4})_(?P<arch>\w+)")
_SYSTEMS = {
    "manylinux": System.GLIBC,
    "musllinux": System.MUSL,
    "macosx": System.MACOS,
    "ios": System.IOS,
    "pyodide": System.EMSCRIPTEN,
    "pyemscripten": System.EMSCRIPTEN,
}
_WINDOWS = {"win_amd64": "amd64", "win_arm64": "arm64", "win32": "win32"}


@functools.lru_cache(maxsize=4096)
def parse_platform_tag(tag: str) -> PlatformTag | None:
    """Parse a platform tag; None for "any" and for systems that no target has (plain linux, old Unix systems).

    Never raises: tags come from file names, which are untrusted.
    """
    if tag in _WINDOWS:
        return PlatformTag(System.WINDOWS, (_WINDOWS[tag],))
    if match := _LEGACY.fullmatch(tag):
        return PlatformTag(System.GLIBC, (match["arch"],), LEGACY_GLIBC[match["generation"]])
    if match := _ANDROID.fullmatch(tag):
        return PlatformTag(System.ANDROID, (match["arch"],), (int(match["level"]), 0))
    if match := _VERSIONED.fullmatch(tag):
        system = _SYSTEMS[match["family"]]
        architectures = _FAT_MACOS.get(match["arch"]) if system is System.MACOS else None
        return PlatformTag(system, architectures or (match["arch"],), (int(match["major"]), int(match["minor"])))
    return None
