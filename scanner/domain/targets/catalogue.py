"""The targets that every package is judged for, and what people call the machines behind them.

Importing this makes the targets' names only; tags are made when the first file is matched.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from scanner.domain.targets.platform_tags import System
from scanner.domain.targets.pythons import PYTHONS, Implementation, Python
from scanner.domain.targets.target import Target, parse_target

_GLIBC = (
    *(f"manylinux_2_{minor}_{arch}" for arch in ("x86_64", "aarch64") for minor in (17, 28, 34, 39)),
    # The floors of the oldest systems in service that still ship a Python for these.
    "manylinux_2_28_i686",
    "manylinux_2_31_armv7l",
    "manylinux_2_28_ppc64le",
    "manylinux_2_28_s390x",
    "manylinux_2_39_riscv64",
)
_MUSL = ("musllinux_1_2_x86_64", "musllinux_1_2_aarch64")
_MACOS = ("macosx_11_0_arm64", "macosx_14_0_arm64", "macosx_26_0_arm64", "macosx_11_0_x86_64", "macosx_14_0_x86_64")
_WINDOWS = ("win_amd64", "win_arm64", "win32")
_PYPY = (
    "manylinux_2_28_x86_64",
    "manylinux_2_28_aarch64",
    "manylinux_2_28_i686",
    "macosx_14_0_arm64",
    "macosx_14_0_x86_64",
    "win_amd64",
)
_MOBILE = ("ios_13_0_arm64_iphoneos", "android_24_arm64_v8a", "android_24_x86_64")
# Each Pyodide ABI year belongs to one Python; the tag's name changed when PEP 783 was accepted.
_PYODIDE = ("cp312-pyodide_2024_0_wasm32", "cp313-pyodide_2025_0_wasm32", "cp314-pyemscripten_2026_0_wasm32")


def _makes_sense(python: Python, platform: str) -> bool:
    """Whether somebody publishes that Python there. A target outside the catalogue can still be asked for."""
    if platform == "win_arm64":
        return python.version >= (3, 11)
    if platform in _MOBILE:
        return python.version >= (3, 13) and not python.free_threaded
    return True


def _targets(pythons: Iterable[Python], platforms: Iterable[str]) -> tuple[Target, ...]:
    grid = product(pythons, platforms)
    return tuple(
        parse_target(f"{python.slug}-{platform}") for python, platform in grid if _makes_sense(python, platform)
    )


def _of(implementation: Implementation) -> tuple[Python, ...]:
    return tuple(python for python in PYTHONS if python.implementation is implementation)


CATALOGUE: tuple[Target, ...] = (
    *_targets(_of(Implementation.CPYTHON), (*_GLIBC, *_MUSL, *_MACOS, *_WINDOWS, *_MOBILE)),
    *_targets(_of(Implementation.PYPY), _PYPY),
    *(parse_target(slug) for slug in _PYODIDE),
)
"""Every Python on every platform where both are published, by Python, then platform. New rows change no old answer."""

_EVERYDAY = ("manylinux_2_28_x86_64", "manylinux_2_28_aarch64", "musllinux_1_2_x86_64")
_DESKTOPS = ("macosx_14_0_arm64", "win_amd64", "win_arm64")


def _named(pythons: Iterable[str], platforms: Iterable[str]) -> tuple[Target, ...]:
    return tuple(parse_target(f"{python}-{platform}") for python, platform in product(pythons, platforms))


SAMPLE_TARGETS: tuple[Target, ...] = _named(
    ("cp311", "cp312", "cp313", "cp314", "cp314t", "cp315"), (*_EVERYDAY, *_DESKTOPS)
)
"""The heat map of the sample project: six Pythons on six platforms."""

DEFAULT_TARGETS: tuple[Target, ...] = _named(
    ("cp313", "cp314", "cp315"),
    ("manylinux_2_28_x86_64", "manylinux_2_28_aarch64", "macosx_14_0_arm64", "win_amd64"),
)
"""What is judged when nobody names a target: the three newest Pythons where most services and developers run them."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """Something people run. platform: the slug of the platform that it is, at the floor that it promises."""

    label: str
    platform: str
    system: System


def _linux(label: str, glibc: int, architectures: Iterable[str] = ("x86_64", "aarch64")) -> tuple[Runtime, ...]:
    on = {"x86_64": "x86-64", "aarch64": "arm64", "armv7l": "32-bit Arm"}
    return tuple(
        Runtime(f"{label} on {on[arch]}", f"manylinux_2_{glibc}_{arch}", System.GLIBC) for arch in architectures
    )


RUNTIMES: tuple[Runtime, ...] = (
    *_linux("python:3.X and python:3.X-slim (Debian 13)", 41),
    *_linux("python:3.X-bookworm (Debian 12)", 36),
    Runtime("python:3.X-alpine on x86-64", "musllinux_1_2_x86_64", System.MUSL),
    Runtime("python:3.X-alpine on arm64", "musllinux_1_2_aarch64", System.MUSL),
    *_linux("Debian 11", 31),
    *_linux("Ubuntu 20.04", 31),
    *_linux("Ubuntu 22.04", 35),
    *_linux("Ubuntu 24.04", 39),
    *_linux("RHEL 7, CentOS 7", 17, ("x86_64",)),
    *_linux("RHEL 8, Rocky 8, Alma 8", 28),
    *_linux("RHEL 9, Rocky 9, Alma 9", 34),
    *_linux("RHEL 10, Rocky 10, Alma 10", 39),
    *_linux("Amazon Linux 2, AWS Lambda up to Python 3.11", 26),
    *_linux("Amazon Linux 2023, AWS Lambda from Python 3.12", 34),
    *_linux("Raspberry Pi OS 12, 32-bit", 36, ("armv7l",)),
    Runtime("macOS 14 on Apple silicon", "macosx_14_0_arm64", System.MACOS),
    Runtime("macOS 15 on Apple silicon", "macosx_15_0_arm64", System.MACOS),
    Runtime("macOS 26 on Apple silicon", "macosx_26_0_arm64", System.MACOS),
    Runtime("macOS 14 on Intel", "macosx_14_0_x86_64", System.MACOS),
    Runtime("macOS 15 on Intel", "macosx_15_0_x86_64", System.MACOS),
    Runtime("Windows 10 or 11 on x64", "win_amd64", System.WINDOWS),
    Runtime("Windows 11 on arm64", "win_arm64", System.WINDOWS),
    Runtime("Windows, 32-bit Python", "win32", System.WINDOWS),
)
"""What people run, each with its libc or system floor. One row a processor, oldest floors first within a family."""
