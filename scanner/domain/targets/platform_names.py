"""The names of platforms that people use: "alpine-arm64", "ubuntu-24.04", "rhel-8", "windows", "macos-14"."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from scanner.domain.targets.catalogue import CATALOGUE
from scanner.domain.targets.platform_tags import System
from scanner.domain.targets.platforms import Platform, UnknownPlatform, parse_platform
from scanner.domain.targets.pythons import Python
from scanner.domain.targets.runtimes import RUNTIMES

# Names beside those of RUNTIMES. Lists show the first name of a platform.
_PLATFORMS = {
    "linux": "manylinux_2_28_x86_64",
    "linux-arm64": "manylinux_2_28_aarch64",
    "linux-i686": "manylinux_2_28_i686",
    "linux-armv7l": "manylinux_2_31_armv7l",
    "linux-ppc64le": "manylinux_2_28_ppc64le",
    "linux-s390x": "manylinux_2_28_s390x",
    "linux-riscv64": "manylinux_2_39_riscv64",
    "macos": "macosx_14_0_arm64",
    "macos-intel": "macosx_14_0_x86_64",
    "macos-11": "macosx_11_0_arm64",
    "macos-11-intel": "macosx_11_0_x86_64",
    "ios": "ios_13_0_arm64_iphoneos",
    "android": "android_24_arm64_v8a",
    "android-x86_64": "android_24_x86_64",
}
# Its ABI, and so its platform, depends on the Python.
_PYODIDE = "pyodide"
_WINDOWS = re.compile(r"windows-1[01]")
_PROCESSORS = (
    (re.compile(r"aarch64|apple-silicon"), "arm64"),
    (re.compile(r"x86-64|amd64|x64"), "x86_64"),
)


class NamedPlatform(Struct, frozen=True):
    """A platform with the slug of the Python that the system installs as its own; empty where it has none."""

    platform: Platform
    python: str = ""


@functools.cache
def named_platforms() -> Mapping[str, NamedPlatform]:
    """Return the platforms by name."""
    known = {name: NamedPlatform(parse_platform(slug)) for name, slug in _PLATFORMS.items()}
    known |= {name: NamedPlatform(one.platform, one.python) for one in RUNTIMES for name in one.names}
    return MappingProxyType(known)


def platform_name(platform: Platform) -> str:
    """Return the name of a platform that lists show: the first of its names, else its slug."""
    return _PYODIDE if platform.system is System.EMSCRIPTEN else _shown().get(platform.slug, platform.slug)


def find_platform(text: str, python: Python | None) -> NamedPlatform | None:
    """Return the platform of a name or slug in lower case; the one for `python` where it depends on that."""
    key = re.sub(r"[ ,]+", "-", text.strip().replace(" on ", " "))
    for pattern, word in _PROCESSORS:
        key = pattern.sub(word, key)
    key = _WINDOWS.sub("windows", key)
    # The processor of most machines is not part of a name.
    if key.startswith("macos"):
        key = key.removesuffix("-arm64").replace("-x86_64", "-intel")
    elif not key.startswith("android"):
        key = key.removesuffix("-x86_64")
    if key == _PYODIDE:
        return _pyodide(python)
    try:
        return named_platforms().get(key) or NamedPlatform(parse_platform(text))
    except UnknownPlatform:
        return None


@functools.cache
def _shown() -> Mapping[str, str]:
    first: dict[str, str] = {}
    for name, named in named_platforms().items():
        first.setdefault(named.platform.slug, name)
    return MappingProxyType(first)


def _pyodide(python: Python | None) -> NamedPlatform | None:
    """Return the platform of the newest Pyodide, or of the one with that Python."""
    known = [target for target in CATALOGUE if target.platform.system is System.EMSCRIPTEN]
    fitting = [target for target in known if python is None or target.python == python]
    return NamedPlatform(fitting[-1].platform, fitting[-1].python.slug) if fitting else None
