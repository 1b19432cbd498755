"""Platforms: the platform tags that a machine supports, and the values of its environment markers.

Standards: PEP 513, 571, 599, 600 (manylinux), 656 (musllinux), 730 (iOS), 738 (Android), 783 (Emscripten); macOS, iOS
and Android expand through `packaging.tags`. `packaging` has no public expansion for "a machine with glibc 2.28", so
the order here follows its private one, which is the order of pip on such a machine.
"""

import functools
from collections.abc import Iterator

from msgspec import Struct
from packaging.tags import android_platforms, ios_platforms, mac_platforms

from scanner.domain.targets.platform_tags import LEGACY_GLIBC, PlatformTag, System, parse_platform_tag
from scanner.domain.translation import gettext


class PlatformMarkers(Struct, frozen=True):
    """The environment markers (PEP 508) that depend on the platform, spelled as that platform spells them."""

    os_name: str
    sys_platform: str
    platform_system: str
    platform_machine: str


class Platform(Struct, frozen=True):
    """A system, a processor and the oldest version of the system that a target guarantees.

    `floor` is the version of glibc, musl, macOS or iOS, Pyodide's ABI year and patch, or (Android API level, 0);
    (0, 0) on Windows.
    """

    slug: str
    system: System
    architecture: str
    floor: tuple[int, int]

    def __hash__(self) -> int:
        """Return the hash of the slug: platforms are the keys of caches."""
        return hash(self.slug)

    @property
    def label(self) -> str:
        """The system and the processor: "Linux x86-64"."""
        return f"{self.system.value} {_READABLE.get(self.architecture, self.architecture)}"

    @property
    def floor_label(self) -> str:
        """The floor as text: "glibc 2.28", "musl 1.2", "14+" (macOS, iOS), "API 24+", "2025.0"; "" on Windows."""
        major, minor = self.floor
        match self.system:
            case System.GLIBC:
                return f"glibc {major}.{minor}"
            case System.MUSL:
                return f"musl {major}.{minor}"
            case System.MACOS | System.IOS:
                return f"{major}.{minor}+" if minor else f"{major}+"
            case System.ANDROID:
                return f"API {major}+"
            case System.EMSCRIPTEN:
                return f"{major}.{minor}"
            case System.WINDOWS:
                return ""

    @property
    def tags(self) -> tuple[str, ...]:
        """All platform tags of wheels that run here, best first."""
        return _tags(self.system, self.architecture, self.floor, self.slug)

    @property
    def markers(self) -> PlatformMarkers:
        """The environment markers of the platform."""
        machine = _MACHINES.get((self.system, self.architecture), self.architecture)
        match self.system:
            case System.GLIBC | System.MUSL:
                return PlatformMarkers("posix", "linux", "Linux", machine)
            case System.MACOS:
                return PlatformMarkers("posix", "darwin", "Darwin", machine)
            case System.WINDOWS:
                return PlatformMarkers("nt", "win32", "Windows", machine)
            case System.EMSCRIPTEN:
                return PlatformMarkers("posix", "emscripten", "Emscripten", machine)
            case System.IOS:
                return PlatformMarkers("posix", "ios", "iOS", machine)
            case System.ANDROID:
                return PlatformMarkers("posix", "android", "Android", machine)


_READABLE = {
    "x86_64": "x86-64",
    "aarch64": "arm64",
    "amd64": "x64",
    "win32": "32-bit",
    "arm64_iphoneos": "arm64",
    "arm64_iphonesimulator": "simulator arm64",
    "x86_64_iphonesimulator": "simulator x86-64",
    "arm64_v8a": "arm64",
    "armeabi_v7a": "armv7l",
}
_MACHINES = {
    (System.WINDOWS, "amd64"): "AMD64",
    (System.WINDOWS, "arm64"): "ARM64",
    # The value on 32-bit Windows. A 32-bit Python on 64-bit Windows has AMD64.
    (System.WINDOWS, "win32"): "x86",
    (System.IOS, "arm64_iphoneos"): "arm64",
    (System.IOS, "arm64_iphonesimulator"): "arm64",
    (System.IOS, "x86_64_iphonesimulator"): "x86_64",
    (System.ANDROID, "arm64_v8a"): "aarch64",
    (System.ANDROID, "armeabi_v7a"): "armv7l",
}
ARCHITECTURES: dict[System, tuple[str, ...]] = {
    System.GLIBC: ("x86_64", "aarch64", "i686", "armv7l", "ppc64le", "ppc64", "s390x", "riscv64", "loongarch64"),
    System.MUSL: ("x86_64", "aarch64", "i686", "armv7l", "ppc64le", "s390x", "riscv64", "loongarch64"),
    System.MACOS: ("arm64", "x86_64"),
    System.WINDOWS: ("amd64", "arm64", "win32"),
    System.EMSCRIPTEN: ("wasm32",),
    System.IOS: ("arm64_iphoneos", "arm64_iphonesimulator", "x86_64_iphonesimulator"),
    System.ANDROID: ("arm64_v8a", "armeabi_v7a", "x86_64", "x86"),
}
"""The processors of targets, by system. The index has tags of more processors, which no target supports."""


# Below these floors a target would support no wheel, or no Python of the catalogue runs.
_OLDEST = {
    System.GLIBC: (2, 17),
    System.MUSL: (1, 0),
    System.MACOS: (10, 9),
    System.WINDOWS: (0, 0),
    System.EMSCRIPTEN: (2024, 0),
    System.IOS: (12, 0),
    System.ANDROID: (16, 0),
}
_OLDEST_ON = {
    (System.GLIBC, "x86_64"): (2, 5),
    (System.GLIBC, "i686"): (2, 5),
    (System.MACOS, "arm64"): (11, 0),
}


def _oldest(system: System, architecture: str) -> tuple[int, int]:
    return _OLDEST_ON.get((system, architecture), _OLDEST[system])


# Slugs are untrusted, and each floor is expanded tag by tag.
_NEWEST = {
    System.GLIBC: (2, 99),
    System.MUSL: (1, 99),
    System.MACOS: (99, 99),
    System.WINDOWS: (0, 0),
    System.EMSCRIPTEN: (2099, 99),
    System.IOS: (99, 99),
    System.ANDROID: (99, 0),
}


class UnknownPlatform(ValueError):
    """A slug that names no platform; the text says why."""


def parse_platform(slug: str) -> Platform:
    """Return the platform of a slug ("manylinux_2_28_x86_64", "win_amd64", …) at any floor. Raises UnknownPlatform."""
    tag = parse_platform_tag(slug)
    if tag is None:
        raise UnknownPlatform(gettext("{name} is not a platform that a target can have").format(name=repr(slug)))
    architecture = tag.architectures[0]
    if len(tag.architectures) > 1 or architecture not in ARCHITECTURES[tag.system]:
        text = gettext("{system} targets have one of {architectures}")
        names = ", ".join(ARCHITECTURES[tag.system])
        raise UnknownPlatform(text.format(system=tag.system.value, architectures=names))
    if not _oldest(tag.system, architecture) <= tag.floor <= _NEWEST[tag.system]:
        floor = f"{tag.floor[0]}.{tag.floor[1]}"
        text = gettext("no Python runs on {system} {version} on {architecture}")
        raise UnknownPlatform(text.format(system=tag.system.value, version=floor, architecture=architecture))
    return Platform(_canonical(slug, tag), tag.system, architecture, tag.floor)


def _canonical(slug: str, tag: PlatformTag) -> str:
    """Return the one slug of a platform: "manylinux2014_x86_64" becomes "manylinux_2_17_x86_64"."""
    major, minor = tag.floor
    match tag.system:
        case System.WINDOWS:
            return slug
        case System.ANDROID:
            return f"android_{major}_{tag.architectures[0]}"
        case System.GLIBC:
            return f"manylinux_{major}_{minor}_{tag.architectures[0]}"
        case _:
            return f"{slug.partition('_')[0]}_{major}_{minor}_{tag.architectures[0]}"


@functools.cache
def _tags(system: System, architecture: str, floor: tuple[int, int], slug: str) -> tuple[str, ...]:
    match system:
        case System.GLIBC:
            return (f"linux_{architecture}", *_glibc_tags(architecture, floor))
        case System.MUSL:
            musl = (f"musllinux_{floor[0]}_{minor}_{architecture}" for minor in range(floor[1], -1, -1))
            return (f"linux_{architecture}", *musl)
        case System.MACOS:
            return tuple(mac_platforms(floor, architecture))
        case System.IOS:
            return tuple(ios_platforms(floor, architecture))
        case System.ANDROID:
            return tuple(android_platforms(floor[0], architecture))
        case System.EMSCRIPTEN | System.WINDOWS:
            return (slug,)


def _glibc_tags(architecture: str, floor: tuple[int, int]) -> Iterator[str]:
    """Yield the tags, newest first, each legacy alias directly after the version that it means (PEP 600)."""
    aliases = {version: f"manylinux{generation}" for generation, version in LEGACY_GLIBC.items()}
    for minor in range(floor[1], _oldest(System.GLIBC, architecture)[1] - 1, -1):
        yield f"manylinux_{floor[0]}_{minor}_{architecture}"
        if alias := aliases.get((floor[0], minor)):
            yield f"{alias}_{architecture}"
