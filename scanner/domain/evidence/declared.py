"""The Pythons that a release declares to support: what its maintainers say, which no index checks.

Two statements count: a classifier of a minor version ("Programming Language :: Python :: 3.13"), and a Requires-Python
that ends between two minor versions of Python 3 ("<3.14"), because someone decided which is the last. "Programming
Language :: Python :: 3" and "<4" name no minor version and say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Self

from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import Version

from scanner.domain.targets.pythons import Python

Minor = tuple[int, int]

_PYTHON = re.compile(r"Programming Language :: Python :: 3\.(\d{1,2})", re.ASCII)
_FREE_THREADING = re.compile(r"Programming Language :: Python :: Free Threading :: ([1-4]) - ")
# Requires-Python is asked for these; a bound beyond them ends between no two of them.
_NEWEST_MINOR = 30
_MINORS = tuple((3, minor) for minor in range(6, _NEWEST_MINOR + 1))
_NOTHING = "-"
_UPPER = frozenset({"<", "<=", "~=", "=="})


class Declaration(StrEnum):
    """What a release says of one Python."""

    CLASSIFIER = "classifier"
    REQUIRES_PYTHON = "requires-python"
    UNDECLARED = "undeclared"
    NOT_STATED = "not-stated"
    NOT_READ = "not-read"

    @property
    def is_declared(self) -> bool:
        """Whether the release names the Python."""
        return self in {Declaration.CLASSIFIER, Declaration.REQUIRES_PYTHON}


class DeclaredPythons(Struct, frozen=True):
    """The minor versions that a release names, ascending, and the level of its free-threading classifier (1 to 4).

    `bounded` are those that its Requires-Python admits, if that ends between two of them.
    """

    classified: tuple[Minor, ...] = ()
    bounded: tuple[Minor, ...] = ()
    free_threading: int | None = None

    @classmethod
    def of(cls, classifiers: Iterable[str], requires_python: str = "") -> Self:
        """Read the classifiers and the Requires-Python of core metadata. Others are ignored; nothing raises."""
        named: set[Minor] = set()
        level: int | None = None
        for text in classifiers:
            match = _PYTHON.fullmatch(text)
            if match is not None and int(match[1]) <= _NEWEST_MINOR:
                named.add((3, int(match[1])))
            elif (match := _FREE_THREADING.match(text)) is not None:
                level = max(int(match[1]), level or 0)
        return cls(tuple(sorted(named)), _bounded(requires_python), level)

    def on(self, python: Python) -> Declaration:
        """Return what the release says of a Python, its GIL aside."""
        if python.version in self.classified:
            return Declaration.CLASSIFIER
        if python.version in self.bounded:
            return Declaration.REQUIRES_PYTHON
        return Declaration.UNDECLARED if self.classified or self.bounded else Declaration.NOT_STATED

    @property
    def newest(self) -> Minor | None:
        """The newest Python that the release names."""
        return max((*self.classified, *self.bounded), default=None)

    def __or__(self, other: DeclaredPythons) -> DeclaredPythons:
        """Return what either says: the wheels of one release."""
        levels = [one for one in (self.free_threading, other.free_threading) if one is not None]
        return DeclaredPythons(
            tuple(sorted({*self.classified, *other.classified})),
            tuple(sorted({*self.bounded, *other.bounded})),
            max(levels, default=None),
        )

    def to_text(self) -> str:
        """Return the form in which it is stored: "3.12 3.13 <3.11 <3.12 t2", "-" for nothing; never empty."""
        parts = [f"{major}.{minor}" for major, minor in self.classified]
        parts += [f"<{major}.{minor}" for major, minor in self.bounded]
        if self.free_threading is not None:
            parts.append(f"t{self.free_threading}")
        return " ".join(parts) or _NOTHING

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what `to_text` wrote."""
        classified: list[Minor] = []
        bounded: list[Minor] = []
        level: int | None = None
        for part in text.split():
            if part == _NOTHING:
                continue
            if part.startswith("t"):
                level = int(part[1:])
                continue
            major, _, minor = part.removeprefix("<").partition(".")
            (bounded if part.startswith("<") else classified).append((int(major), int(minor)))
        return cls(tuple(classified), tuple(bounded), level)


NOTHING_DECLARED = DeclaredPythons()


@lru_cache(maxsize=4096)
def _bounded(requires_python: str) -> tuple[Minor, ...]:
    try:
        specifiers = SpecifierSet(requires_python)
    except InvalidSpecifier:
        return ()
    if not any(map(_ends_between_minors, specifiers)):
        return ()
    # Of "<=3.11.2" and ">3.9.1" a patch release in the middle of the minor version tells nothing: its ends do.
    return tuple(
        (major, minor)
        for major, minor in _MINORS
        if specifiers.contains(f"{major}.{minor}.0") or specifiers.contains(f"{major}.{minor}.99")
    )


def _ends_between_minors(clause: Specifier) -> bool:
    if clause.operator not in _UPPER:
        return False
    release = Version(clause.version.removesuffix(".*")).release
    if clause.operator == "~=":
        # ~=3.9 ends before 4, ~=3.9.1 before 3.10.
        return len(release) > 2
    return release[0] == 3 and len(release) > 1


@lru_cache(maxsize=8192)
def read_declared(text: str) -> DeclaredPythons:
    """Return what a release declares from its stored form. Thousands of releases say the same."""
    return DeclaredPythons.from_text(text)
