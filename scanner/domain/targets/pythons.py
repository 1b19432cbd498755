"""The Pythons of targets: CPython with its free-threaded builds, PyPy and GraalPy, at the newest known patch release.

A new release is one row here (docs/adding-a-target.md). Patch releases are those of November 2026.
"""

import functools
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct
from packaging.version import Version


class Implementation(StrEnum):
    """A Python implementation; the value is its `implementation_name` marker (PEP 508)."""

    CPYTHON = "cpython"
    PYPY = "pypy"
    GRAALPY = "graalpy"


_PREFIXES = {Implementation.CPYTHON: "cp", Implementation.PYPY: "pp", Implementation.GRAALPY: "graalpy"}


class Python(Struct, frozen=True):
    """An interpreter for which wheels can be built.

    - full_version: the `python_full_version` marker, "3.13.5" or "3.16.0a2".
    - runtime_version: the `implementation_version` marker; differs from full_version on PyPy and GraalPy.
    - abi: the interpreter's own ABI tag: "cp313", "cp314t", "cp37m", "pypy311_pp80", "graalpy250_312_native".
    """

    implementation: Implementation
    version: tuple[int, int]
    free_threaded: bool
    full_version: str
    runtime_version: str
    abi: str
    slug: str
    label: str

    def __hash__(self) -> int:
        """Return the hash of the slug: Pythons are the keys of caches."""
        return hash(self.slug)

    @property
    def interpreter(self) -> str:
        """The interpreter tag of its own wheels: "cp313" (also of free-threaded builds), "pp311", "graalpy312"."""
        return f"{_PREFIXES[self.implementation]}{self.version[0]}{self.version[1]}"

    @property
    def release(self) -> Version:
        """The version that Requires-Python is compared with: three numbers, also for a pre-release.

        Installers compare `sys.version_info[:3]`, so 3.16.0a2 passes `>=3.16`.
        """
        return _release(self.full_version)

    @property
    def is_prerelease(self) -> bool:
        """Whether this Python has no final release yet."""
        return Version(self.full_version).is_prerelease

    @property
    def abi_label(self) -> str:
        """The shortest tag that identifies the ABI for readers: "cp313", "cp314t", "pp311"."""
        return f"{self.interpreter}t" if self.free_threaded else self.interpreter


class PythonBranch(Struct, frozen=True):
    """The dates of one Python version. `released` is None before the final release, `end_of_life` where none is set."""

    released: date | None
    end_of_life: date | None


@functools.cache
def _release(full_version: str) -> Version:
    return Version(".".join(map(str, Version(full_version).release)))


PYTHON_BRANCHES: MappingProxyType[tuple[int, int], PythonBranch] = MappingProxyType(
    {
        (3, 7): PythonBranch(date(2018, 6, 27), date(2023, 6, 27)),
        (3, 8): PythonBranch(date(2019, 10, 14), date(2024, 10, 7)),
        (3, 9): PythonBranch(date(2020, 10, 5), date(2025, 10, 31)),
        (3, 10): PythonBranch(date(2021, 10, 4), date(2026, 10, 31)),
        (3, 11): PythonBranch(date(2022, 10, 24), date(2027, 10, 31)),
        (3, 12): PythonBranch(date(2023, 10, 2), date(2028, 10, 31)),
        (3, 13): PythonBranch(date(2024, 10, 7), date(2029, 10, 31)),
        (3, 14): PythonBranch(date(2025, 10, 7), date(2030, 10, 31)),
        (3, 15): PythonBranch(date(2026, 10, 1), date(2031, 10, 31)),
        (3, 16): PythonBranch(None, None),
    }
)
"""The release schedules of CPython (PEPs 537 to 790). PyPy and GraalPy publish no end of life."""


def _cpython(minor: int, full_version: str, *, free_threaded: bool = False) -> Python:
    tag = f"cp3{minor}{'t' if free_threaded else ''}"
    label = f"3.{minor}{'t' if free_threaded else ''}"
    # Until 3.7 the ABI tag of the usual build ends with "m", for pymalloc.
    abi = f"{tag}m" if minor <= 7 else tag
    return Python(Implementation.CPYTHON, (3, minor), free_threaded, full_version, full_version, abi, tag, label)


def _pypy(minor: int, full_version: str, runtime_version: str, generation: str, *, older: bool = False) -> Python:
    """Return a PyPy. `generation` is the last part of its ABI tag: PyPy 8.0 loads no wheel built for 7.3 ("pp73")."""
    return Python(
        Implementation.PYPY,
        (3, minor),
        free_threaded=False,
        full_version=full_version,
        runtime_version=runtime_version,
        abi=f"pypy3{minor}_{generation}",
        slug=f"pp3{minor}_{generation}" if older else f"pp3{minor}",
        label=f"PyPy 3.{minor} v{runtime_version.rpartition('.')[0]}" if older else f"PyPy 3.{minor}",
    )


def _graalpy(minor: int, full_version: str, runtime_version: str, generation: str) -> Python:
    """Return a GraalPy. `generation` is the number of its ABI tag, which is not that of every release of GraalPy."""
    return Python(
        Implementation.GRAALPY,
        (3, minor),
        free_threaded=False,
        full_version=full_version,
        runtime_version=runtime_version,
        abi=f"graalpy{generation}_3{minor}_native",
        slug=f"graalpy3{minor}",
        label=f"GraalPy 3.{minor}",
    )


PYTHONS: tuple[Python, ...] = (
    _cpython(7, "3.7.17"),
    _cpython(8, "3.8.20"),
    _cpython(9, "3.9.25"),
    _cpython(10, "3.10.22"),
    _cpython(11, "3.11.18"),
    _cpython(12, "3.12.16"),
    _cpython(13, "3.13.18"),
    _cpython(13, "3.13.18", free_threaded=True),
    _cpython(14, "3.14.10"),
    _cpython(14, "3.14.10", free_threaded=True),
    _cpython(15, "3.15.2"),
    _cpython(15, "3.15.2", free_threaded=True),
    _cpython(16, "3.16.0a2"),
    _cpython(16, "3.16.0a2", free_threaded=True),
    _pypy(9, "3.9.19", "7.3.16", "pp73"),
    _pypy(10, "3.10.16", "7.3.19", "pp73"),
    _pypy(11, "3.11.13", "7.3.20", "pp73", older=True),
    _pypy(11, "3.11.17", "8.0.1", "pp80"),
    _pypy(12, "3.12.15", "8.0.1", "pp80"),
    # Before 25.0 sys.implementation.version is that of Python, an alpha for ever.
    _graalpy(11, "3.11.7", "3.11.7a0", "242"),
    _graalpy(12, "3.12.8", "25.0.5", "250"),
    # Its patch level is not published; the first one refuses no less than the real one.
    _graalpy(13, "3.13.0", "25.3.4", "253"),
)
"""By implementation, then version; a free-threaded build after the default build of the same version."""


@functools.cache
def _by_slug() -> dict[str, Python]:
    return {python.slug: python for python in PYTHONS}


def find_python(slug: str) -> Python | None:
    """Return the Python of a slug such as "cp314t", "pp311" or "graalpy312"; None when PYTHONS has no such row."""
    return _by_slug().get(slug)
