"""The names of targets that people use: "3.14 on alpine-arm64", "python:3.13-slim", "ubuntu-24.04", "lambda-3.13"."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from msgspec import Struct

from scanner.domain.targets.catalogue import CATALOGUE
from scanner.domain.targets.images import find_image, image_names
from scanner.domain.targets.platform_names import find_platform, named_platforms, platform_name
from scanner.domain.targets.pythons import PYTHON_BRANCHES, PYTHONS, Implementation, Python, find_python
from scanner.domain.targets.target import Target, UnknownTarget, parse_target
from scanner.domain.translation import gettext, in_english

_LONGEST = 200
_MOST_NEAREST = 3
_USUAL_PLATFORMS = ("linux", "macos", "windows")


class NamedTarget(Struct, frozen=True):
    """A target with its names: a Python on a platform, and those of images and systems that stand for it."""

    target: Target
    name: str
    aliases: tuple[str, ...] = ()


def find_target(text: str) -> Target:
    """Return the target of a slug or of a name that people use. Raises UnknownTarget with the nearest names.

    A system without a Python stands for the Python that it installs as its own, else for the newest final CPython.
    """
    try:
        return parse_target(text)
    except UnknownTarget as error:
        if len(text) > _LONGEST:
            raise
        is_slug = find_python(text.strip().lower().partition("-")[0]) is not None
        neither = gettext("it is neither a slug (cp313-win_amd64) nor a name (3.13 on windows)")
        reason = error.reason if is_slug else neither
    name = _normalize(text)
    found = _labels().get(name) or _find(name)
    if found is None:
        raise UnknownTarget(text, reason, _nearest(name))
    return found


def named_targets() -> tuple[NamedTarget, ...]:
    """Return the targets of the catalogue, then the others that have a name."""
    names: dict[Target, list[str]] = {target: [] for target in CATALOGUE}
    for alias in _aliases():
        names.setdefault(find_target(alias), []).append(alias)
    return tuple(NamedTarget(target, target_name(target), tuple(aliases)) for target, aliases in names.items())


def target_name(target: Target) -> str:
    """Return the name of a target as people write it: "3.14 on alpine-arm64"."""
    return f"{_python_name(target.python)} on {platform_name(target.platform)}"


def _normalize(text: str) -> str:
    return " ".join(text.lower().split())


@functools.cache
def _labels() -> Mapping[str, Target]:
    """Return the targets of the catalogue by the labels that pages show in English, in lower case."""
    with in_english():
        return MappingProxyType({_normalize(target.label): target for target in CATALOGUE})


def _find(name: str) -> Target | None:
    """Return the target of an image, of a system alone, of "3.14 on alpine-arm64" or of "cp314-alpine"."""
    image = find_image(name)
    if image is not None:
        name = f"{image.python} on {image.system}"
    system = find_platform(name, None)
    if system is not None:
        return parse_target(f"{system.python or _newest_cpython().slug}-{system.platform.slug}")
    for separator in (" on ", ", ", "-"):
        before, _, after = name.partition(separator)
        python = _find_python(before)
        platform = find_platform(after, python) if python is not None else None
        if python is not None and platform is not None:
            return parse_target(f"{python.slug}-{platform.platform.slug}")
    return None


def _python_name(python: Python) -> str:
    """Return the name of a Python in target names: "3.14t", "pypy3.11"."""
    return python.label.replace(" ", "").lower()


def _find_python(text: str) -> Python | None:
    """Return the Python of "3.14", "3.14t", "python3.14", "cp314", "pypy 3.11", "graalpy-3.12"."""
    name = text.replace(" ", "").replace("-", "").removeprefix("cpython").removeprefix("python")
    return find_python(text) or next((python for python in PYTHONS if _python_name(python) == name), None)


def _newest_cpython() -> Python:
    final = [python for python in PYTHONS if PYTHON_BRANCHES[python.version].released is not None]
    return [one for one in final if one.implementation is Implementation.CPYTHON and not one.free_threaded][-1]


def _aliases() -> Iterable[str]:
    """Yield the names that need no "on": of images, of runtimes of AWS Lambda and of systems."""
    yield from image_names()
    yield from named_platforms()


@functools.cache
def _all_names() -> tuple[str, ...]:
    pythons = [_python_name(python) for python in PYTHONS if python.implementation is Implementation.CPYTHON]
    # Other implementations are on few platforms: those of the catalogue.
    listed = (target_name(one) for one in CATALOGUE if one.python.implementation is not Implementation.CPYTHON)
    combined = (f"{python} on {platform}" for python in pythons for platform in named_platforms())
    return (*(target.slug for target in CATALOGUE), *_aliases(), *combined, *listed)


def _nearest(name: str) -> tuple[str, ...]:
    """Return the names that are most like a text, best first. Of a name that is half right, the right half is kept."""
    if _find_python(name) is not None:
        return tuple(f"{name} on {platform}" for platform in _USUAL_PLATFORMS)
    versions = [one for one in map(_python_name, PYTHONS) if name.isalpha() and one.startswith(name)]
    if versions:
        return tuple(f"{one} on {_USUAL_PLATFORMS[0]}" for one in versions[: -_MOST_NEAREST - 1 : -1])
    before, on, after = name.partition(" on ")
    if on and _find_python(before) is not None:
        return tuple(f"{before} on {one}" for one in _alike(after, named_platforms(), 0.4))
    if on and find_platform(after, None) is not None:
        return tuple(f"{one} on {after}" for one in _alike(before, map(_python_name, PYTHONS), 0.4))
    return _alike(name, _all_names(), 0.5)


def _alike(word: str, words: Iterable[str], least: float) -> tuple[str, ...]:
    return tuple(get_close_matches(word, list(words), _MOST_NEAREST, least))
