"""The targets for which the availability of every package is computed in the background.

Importing this module parses the targets; their tags are expanded when the first file is matched.
"""

from collections.abc import Iterable
from itertools import product

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
_GRAALPY = ("manylinux_2_28_x86_64", "manylinux_2_28_aarch64", "macosx_14_0_arm64", "win_amd64")
_MOBILE = ("ios_13_0_arm64_iphoneos", "android_24_arm64_v8a", "android_24_x86_64")
# Each ABI year of Pyodide belongs to one Python. PEP 783 changed the name of the tag.
_PYODIDE = ("cp312-pyodide_2024_0_wasm32", "cp313-pyodide_2025_0_wasm32", "cp314-pyemscripten_2026_0_wasm32")


def _is_published(python: Python, platform: str) -> bool:
    """Return whether that Python is published for the platform. Targets outside the catalogue can be named, too."""
    if platform.startswith("macosx") and platform.endswith("arm64"):
        return python.version >= (3, 8)
    if platform == "win_arm64":
        return python.version >= (3, 11)
    if platform in _MOBILE:
        return python.version >= (3, 13) and not python.free_threaded
    return True


def _targets(pythons: Iterable[Python], platforms: Iterable[str]) -> tuple[Target, ...]:
    grid = product(pythons, platforms)
    return tuple(
        parse_target(f"{python.slug}-{platform}") for python, platform in grid if _is_published(python, platform)
    )


def _of(implementation: Implementation) -> tuple[Python, ...]:
    return tuple(python for python in PYTHONS if python.implementation is implementation)


CATALOGUE: tuple[Target, ...] = (
    *_targets(_of(Implementation.CPYTHON), (*_GLIBC, *_MUSL, *_MACOS, *_WINDOWS, *_MOBILE)),
    *_targets(_of(Implementation.PYPY), _PYPY),
    *_targets(_of(Implementation.GRAALPY), _GRAALPY),
    *(parse_target(slug) for slug in _PYODIDE),
)
"""Every Python on every platform for which it is published, by Python, then platform.

New rows change no stored result: what is stored by position names the catalogue it belongs to (`catalogue_digest`).
"""

SERVER_PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_28_aarch64", "musllinux_1_2_x86_64")
DESKTOP_PLATFORMS = ("macosx_14_0_arm64", "win_amd64", "win_arm64")


def _named(pythons: Iterable[str], platforms: Iterable[str]) -> tuple[Target, ...]:
    return tuple(parse_target(f"{python}-{platform}") for python, platform in product(pythons, platforms))


SAMPLE_TARGETS: tuple[Target, ...] = _named(
    ("cp311", "cp312", "cp313", "cp314", "cp314t", "cp315"), (*SERVER_PLATFORMS, *DESKTOP_PLATFORMS)
)
"""The heat map of the sample project: six Pythons on six platforms."""

DEFAULT_TARGETS: tuple[Target, ...] = _named(
    ("cp313", "cp314", "cp315"),
    ("manylinux_2_28_x86_64", "manylinux_2_28_aarch64", "macosx_14_0_arm64", "win_amd64"),
)
"""The targets when none is named: the three newest Pythons on the platforms of most services and developers."""
