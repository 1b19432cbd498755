"""Which Python a place names, in any of the ways in which tools spell one."""

from __future__ import annotations

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from projects.domain.python_places.values import PlaceKind, PlaceRole, PythonPlace
from scanner.domain.targets.names import find_target
from scanner.domain.targets.pythons import PYTHONS, Implementation, Python
from scanner.domain.targets.target import Target, UnknownTarget

_DOTTED = re.compile(r"(?<![\d.])3\.(?P<minor>\d{1,2})(?P<micro>\.\d{1,2})?(?P<threads>t)?(?![\d.]*\w)")
_SHORT = re.compile(r"(?<![a-z\d])py3(?P<minor>\d{1,2})(?!\d)")


def minor_of(place: PythonPlace) -> int | None:
    """Return the minor version of the one CPython that a place names; None for a range, PyPy and an unknown text."""
    if place.role is PlaceRole.ADMITS or "pypy" in place.value.lower() or "graal" in place.value.lower():
        return None
    found = _DOTTED.search(place.value) or _SHORT.search(place.value)
    return int(found["minor"]) if found is not None else None


def admits(text: str, minor: int) -> bool | None:
    """Return whether a requires-python admits a CPython 3; None where it is not one that is understood."""
    try:
        wanted = SpecifierSet(text)
    except InvalidSpecifier:
        return None
    python = cpython(minor)
    return None if python is None else wanted.contains(python.release, prereleases=True)


def cpython(minor: int) -> Python | None:
    """Return a CPython of the catalogue."""
    fitting = (one for one in PYTHONS if one.implementation is Implementation.CPYTHON and not one.free_threaded)
    return next((one for one in fitting if one.version == (3, minor)), None)


def target_of(place: PythonPlace) -> Target | None:
    """Return the target that a place stands for, by the names that commands take; None where it names none."""
    minor = minor_of(place)
    match place.kind:
        case PlaceKind.IMAGE:
            return _find(place.context or place.value)
        case PlaceKind.SERVERLESS if minor is not None:
            return _find(f"lambda-3.{minor}")
        case PlaceKind.VERSION_FILE | PlaceKind.CONDA if minor is not None:
            return _find(f"3.{minor} on linux")
        case _:
            return None


def _find(name: str) -> Target | None:
    try:
        return find_target(name)
    except UnknownTarget:
        return None
