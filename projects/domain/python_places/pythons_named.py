"""Which Python a place names, in any of the ways in which tools spell one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from projects.domain.current_runtime import find_present_target
from projects.domain.dependency_files.values import RuntimeHint
from projects.domain.python_places.values import PlaceKind, PlaceRole, PythonPlace
from scanner.domain.targets.pythons import PYTHONS, Implementation, Python
from scanner.domain.targets.target import Target

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
    """Return the target that a place stands for; None where it names none."""
    hint = _hint_of(place)
    return find_present_target([hint]) if hint is not None else None


def find_proposed_target(places: Sequence[PythonPlace]) -> Target | None:
    """Return the target on which a project runs now, by all places of its files."""
    return find_present_target([hint for place in places if (hint := _hint_of(place)) is not None])


def _hint_of(place: PythonPlace) -> RuntimeHint | None:
    """Return what a place of something that runs says of the target."""
    minor = minor_of(place)
    match place.kind:
        case PlaceKind.IMAGE:
            return RuntimeHint("image", (place.context or place.value).replace(" on ", " "), place.path, place.line)
        case PlaceKind.SERVERLESS if minor is not None:
            return RuntimeHint("image", f"lambda/python:3.{minor}", place.path, place.line)
        case PlaceKind.VERSION_FILE | PlaceKind.CONDA if minor is not None:
            return RuntimeHint("python", f"3.{minor}", place.path, place.line)
        case _:
            return None
