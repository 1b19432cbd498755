"""What the Python files of a wheel import that a Python may lack, with file and line, and whether the import runs.

`wheel_reader` finds two things: modules that the standard library has lost, and `pkg_resources`, which comes with
setuptools only. An import counts against the release where importing its package certainly runs it: it stands at the
top level, nothing catches its failure, and the top-level module leads to its file by imports of the same kind.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Self

from msgspec import Struct
from msgspec.structs import replace
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from scanner.domain.evidence.compiled_modules import CompiledReading
from scanner.domain.evidence.known_breaks import KnownBreak, Partner
from scanner.domain.releases.python_changes import REMOVED_MODULES, PythonVersion
from scanner.domain.stored_text import StoredSentences
from scanner.domain.translation import noop

# The Pythons for which conditions are worked out; later ones are taken to be like the last.
PYTHONS = tuple((3, minor) for minor in range(7, 18))
_REMOVED_IN: Mapping[str, PythonVersion] = {row.name: row.removed_in for row in REMOVED_MODULES}
# Packages that bring a module which the standard library has lost.
_BRINGERS: Mapping[str, tuple[str, ...]] = {
    "distutils": ("setuptools",),
    "asynchat": ("pyasynchat", "standard-asynchat"),
    "asyncore": ("pyasyncore", "standard-asyncore"),
    "audioop": ("audioop-lts",),
    "cgi": ("legacy-cgi", "standard-cgi"),
    "cgitb": ("legacy-cgi", "standard-cgitb"),
    "crypt": ("crypt-r", "legacycrypt", "standard-crypt"),
    "imp": ("zombie-imp",),
}
_NAME = re.compile(r"\s*[A-Za-z0-9][A-Za-z0-9._-]*")


class ImportGuard(StrEnum):
    """What happens where an imported module is missing. The comments say when."""

    CERTAIN = "certain"  # importing the package fails
    OTHER_MODULE = "other-module"  # importing one of its other modules fails
    CALL = "call"  # a function fails when it is called
    SCRIPT = "script"  # only the file as a program fails
    POSSIBLE = "possible"  # it depends on a condition that no target decides, or on another import that failed
    CAUGHT = "caught"  # nothing: the failure is caught
    BROUGHT = "brought"  # nothing: a package that the release requires brings the module


class WheelImport(Struct, frozen=True):
    """An import in a wheel of a module that a Python may lack.

    `package` is the top-level module of the file, `path` and `line` are its place. `not_on` are the Pythons on which
    its conditions, such as one of `sys.version_info`, leave it out.
    """

    module: str
    package: str
    path: str
    line: int
    guard: ImportGuard
    not_on: frozenset[PythonVersion] = frozenset()

    def fails_on(self, python: PythonVersion, pins: Mapping[NormalizedName, Version]) -> bool:
        """Return whether the module is missing on a Python, beside these versions of packages."""
        if min(python, PYTHONS[-1]) in self.not_on or not is_missing(self.module, python):
            return False
        return not any(one.is_in(pins) for one in bringers(self.module))

    @property
    def pythons(self) -> SpecifierSet:
        """The Pythons on which the module is missing where the import runs."""
        return _only(failing_pythons(self.module, self.not_on))

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "module": self.module,
            "package": self.package,
            "path": self.path,
            "line": self.line,
            "guard": self.guard.value,
            "not_on": [minor for _, minor in sorted(self.not_on)],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(
            *(data["module"], data["package"], data["path"], data["line"], ImportGuard(data["guard"])),
            frozenset((3, minor) for minor in data["not_on"]),
        )


class WheelReading(Struct, frozen=True):
    """What was read of one wheel: its top-level modules, and imports of modules that a Python may lack.

    `files` counts the Python files that were read, `unread` those that were not: they are not Python 3, or a limit was
    reached. `compiled` is None where its compiled modules were not read.
    """

    modules: tuple[str, ...] = ()
    imports: tuple[WheelImport, ...] = ()
    files: int = 0
    unread: int = 0
    compiled: CompiledReading | None = None


def is_missing(module: str, python: PythonVersion) -> bool:
    """Return whether a Python without other packages lacks a module."""
    if module == "pkg_resources":
        # A virtual environment before 3.12 has setuptools from the start, yet no installer is bound to that.
        return python >= (3, 12)
    removed = _REMOVED_IN.get(module)
    return removed is not None and python >= removed


# Where a fact was read, which is stored in English.
_SOURCE = noop("{path} line {line} of {file}")
_SOURCES = StoredSentences((_SOURCE,))


def source_text(stored: str) -> str:
    """Return where a fact was read, in the language spoken; what a person wrote or measured stays as it is."""
    return _SOURCES.say(stored)


def bringers(module: str) -> tuple[Partner, ...]:
    """Return the packages that bring a module which a Python may lack."""
    if module == "pkg_resources":
        return (Partner(canonicalize_name("setuptools"), SpecifierSet("<82")),)
    named = _BRINGERS.get(module, (f"standard-{module.partition('.')[0]}",))
    return tuple(Partner(canonicalize_name(name), SpecifierSet()) for name in named)


def certain_breaks(reading: WheelReading, package: NormalizedName, version: Version, file: str) -> list[KnownBreak]:
    """Return the facts that follow from a wheel: importing the package fails on some Pythons, whatever is called."""
    found: dict[str, KnownBreak] = {}
    for one in reading.imports:
        if one.guard is not ImportGuard.CERTAIN or one.module in found:
            continue
        failing = failing_pythons(one.module, one.not_on)
        if not failing:
            continue
        found[one.module] = KnownBreak(
            package=package,
            versions=SpecifierSet(f"=={version}"),
            pythons=_only(failing),
            action=f"import {one.package}",
            symptom=f"ModuleNotFoundError: No module named '{one.module}'",
            source=_SOURCE.format(path=one.path, line=one.line, file=file),
            unless=bringers(one.module),
        )
    return list(found.values())


def failing_pythons(module: str, not_on: Collection[PythonVersion]) -> list[PythonVersion]:
    """Return the Pythons that lack a module, without those on which its import is left out."""
    return [python for python in PYTHONS if is_missing(module, python) and python not in not_on]


def _only(pythons: Sequence[PythonVersion]) -> SpecifierSet:
    """Return the specifier of these Pythons, ascending, and of those after the last that is known."""
    (major, first), (_, last) = pythons[0], pythons[-1]
    end = [] if pythons[-1] == PYTHONS[-1] else [f"<{major}.{last + 1}"]
    gaps = [f"!={major}.{minor}" for minor in range(first, last) if (major, minor) not in pythons]
    return SpecifierSet(",".join([f">={major}.{first}", *end, *gaps]))


def with_requirements(reading: WheelReading, package: NormalizedName, requires_dist: Iterable[str]) -> WheelReading:
    """Return a reading in which the modules that the package or its own requirements bring do not count."""
    named = (_NAME.match(text) for text in requires_dist if "extra" not in text)
    names = {package, *(canonicalize_name(match[0].strip()) for match in named if match is not None)}
    return replace(
        reading,
        imports=tuple(
            replace(one, guard=ImportGuard.BROUGHT) if {by.name for by in bringers(one.module)} & names else one
            for one in reading.imports
        ),
    )
