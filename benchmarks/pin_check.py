"""Check whether a set of pins installs on a target, file by file against the recorded pages.

It shares no code with the resolver or the matcher: `packaging` reads names, markers and specifiers, and the target
only gives its tags. It also judges targets that no installer can be run for, such as free-threaded builds.
"""

import contextlib
import functools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from scanner.domain.targets.target import Target
from tests.replay.recording import Lines, RecordedFile, RecordedPackage, read

Pins = Mapping[str, Version]
_PARENTHESES = re.compile(r"\([^()]*\)")
_STAR = re.compile(r"((?:>=|<=|>|<)\s*[0-9.]*[0-9])\.\*")


def faults_of(pins: Pins, requirements: Iterable[Requirement], target: Target) -> list[str]:
    """Return why pins do not satisfy the requirements on the target, or are more than needed."""
    return [*_without_wheel(pins, target), *_unmet(pins, list(requirements), target)]


def unlisted(pinned: Iterable[tuple[Requirement, frozenset[str]]], target: Target) -> list[str]:
    """Return the pins without a listed file that fits the target: installers refuse every other file."""
    tags = frozenset(target.tags)
    missing = []
    for requirement, digests in pinned:
        if requirement.marker and not requirement.marker.evaluate(dict(target.marker_environment)):
            continue
        version = Version(next(iter(requirement.specifier)).version)
        wheels = _wheels(canonicalize_name(requirement.name)).get(version, [])
        if not any(tags & own and file.sha256 in digests for file, own in wheels):
            missing.append(str(requirement))
    return missing


def accepted(name: str, version: Version, target: Target) -> bool:
    """Return whether a wheel of a release fits the target and its Requires-Python, upper bound and all."""
    tags = frozenset(target.tags)
    python = Version(".".join(map(str, Version(target.python.full_version).release)))
    wheels = _wheels(name).get(version, [])
    return any(tags & own and _accepts(file.requires_python, python) for file, own in wheels)


def recorded_versions(name: str) -> Collection[Version]:
    """Return the versions of a package that have wheels."""
    return _wheels(name).keys()


def recorded_extras(name: str) -> dict[Version, frozenset[str]]:
    """Return the extras of the releases of a package whose metadata is recorded."""
    found = {}
    for text, lines in _recorded(name).metadata.releases.items():
        extras = (value for header, value in lines if header.lower() == "provides-extra")
        with contextlib.suppress(InvalidVersion):
            found[Version(text)] = frozenset(map(str, map(canonicalize_name, extras)))
    return found


def forget() -> None:
    """Read the recordings again from now on."""
    for cached in (_recorded, _release_needs, _releases, _wheels):
        cached.cache_clear()


def _without_wheel(pins: Pins, target: Target) -> Iterator[str]:
    for name, version in pins.items():
        if not accepted(name, version, target):
            yield f"{name} {version} has no wheel for {target.slug}"


def _unmet(pins: Pins, requirements: list[Requirement], target: Target) -> Iterator[str]:
    todo: list[tuple[str, Requirement, str]] = [("the project", one, "") for one in requirements]
    seen: set[tuple[str, str]] = set()
    while todo:
        asker, requirement, extra = todo.pop()
        if requirement.marker and not requirement.marker.evaluate({**target.marker_environment, "extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        version = pins.get(name)
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            yield f"{asker} needs {requirement}, the set has {version}"
            continue
        for wanted in ("", *map(canonicalize_name, requirement.extras)):
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                todo += [(f"{name} {version}", one, wanted) for one in needs_of(name, version, target)]
    yield from (f"nothing needs {name}" for name in pins.keys() - {name for name, _ in seen})


def needs_of(name: str, version: Version, target: Target) -> tuple[Requirement, ...]:
    """Return what the wheel that the target takes needs."""
    ranks = {tag: rank for rank, tag in enumerate(target.tags)}
    fitting = [
        (min(ranks[tag] for tag in own & ranks.keys()), file.filename)
        for file, own in _wheels(name).get(version, [])
        if own & ranks.keys()
    ]
    lines = _recorded(name).metadata.wheels.get(min(fitting)[1]) if fitting else None
    return _release_needs(name, version) if lines is None else _requirements(lines)


@functools.cache
def _recorded(name: str) -> RecordedPackage:
    return read(name)


@functools.cache
def _release_needs(name: str, version: Version) -> tuple[Requirement, ...]:
    lines = _releases(name).get(version)
    if lines is None:
        return ()
    try:
        return _requirements(lines)
    except ValueError:
        return ()


@functools.cache
def _releases(name: str) -> dict[Version, Lines]:
    found = {}
    for text, lines in _recorded(name).metadata.releases.items():
        with contextlib.suppress(InvalidVersion):
            found[Version(text)] = lines
    return found


def _requirements(lines: Lines) -> tuple[Requirement, ...]:
    # As uv and older installers read it: ">=1.0.*" means ">=1.0".
    values = (_STAR.sub(r"\1", value) for header, value in lines if header.lower() == "requires-dist")
    return tuple(map(_requirement, values))


def _requirement(text: str) -> Requirement:
    try:
        return Requirement(text)
    except InvalidRequirement:
        # Without what is no specifier, as uv reads "pytz (>dev)".
        head, mark, marker = text.partition(";")
        return Requirement(_PARENTHESES.sub("", head) + mark + marker)


@functools.cache
def _wheels(name: str) -> dict[Version, list[tuple[RecordedFile, frozenset[str]]]]:
    found: dict[Version, list[tuple[RecordedFile, frozenset[str]]]] = {}
    for file in _recorded(name).files:
        try:
            _, version, _, tags = parse_wheel_filename(file.filename)
        except (InvalidWheelFilename, InvalidVersion):
            continue
        found.setdefault(version, []).append((file, frozenset(map(str, tags))))
    return found


@functools.cache
def _accepts(requires_python: str | None, python: Version) -> bool:
    try:
        return SpecifierSet(requires_python or "").contains(python, prereleases=True)
    except InvalidSpecifier:
        return True
