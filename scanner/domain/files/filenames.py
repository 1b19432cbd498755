"""File names of distributions, parsed. Names are untrusted: nothing here raises, and every expansion is bounded.

A file belongs to a package when installers take it for one of the package: its name starts with the package's, followed
by a version. Rules: the binary and source distribution formats (PEPs 427, 491, 625); eggs, wininst, msi and rpm as
setuptools and distutils named them.
"""

import re
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct
from packaging.utils import BuildTag, InvalidWheelFilename, NormalizedName, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

LONGEST_NAME = 512
MOST_TAGS = 1024
"""A compressed tag set stands for the product of its parts: under 200 tags in real names, millions in hostile ones."""


class FileKind(StrEnum):
    """The type of a distribution, by its file name. Installers take wheels and sdists only."""

    WHEEL = "wheel"
    SDIST = "sdist"
    EGG = "egg"
    WININST = "wininst"
    MSI = "msi"
    RPM = "rpm"
    OTHER = "other"


class ParsedFilename(Struct, frozen=True):
    """The parts of a file name.

    - tag_set: the "python-abi-platform" tags of a wheel, lower-cased and compressed; None for other types.
    - build: the build tag of a wheel, () without one. It orders wheels of equal rank.
    """

    kind: FileKind
    name: NormalizedName
    version: Version
    tag_set: str | None = None
    build: BuildTag = ()


class UnparsedFilename(Struct, frozen=True):
    """A file name that belongs to no release. `reason` is a clause without a full stop."""

    filename: str
    reason: str


# The endings that pip unpacks.
_TARS = (".tar.gz", ".tar.bz2", ".tar.xz", ".tar.lzma", ".tar.lz", ".tgz", ".tbz", ".txz", ".tlz", ".tar")
_SDIST_ENDINGS = (*_TARS, ".zip")
_PLATFORM = r"(?:linux|macosx|darwin|win32|win-amd64|win-arm64|win-ia64|cygwin|freebsd|openbsd|solaris|sunos|aix)"
_PLATFORM_BUILD = re.compile(rf"(?P<version>[^-]+?)\.{_PLATFORM}(?:[-_.].*)?", re.IGNORECASE)
_EGG = re.compile(r"(?P<version>[^-]+)(?:-py[^-]+(?:-.+)?)?")
# The build tag begins with its number (binary distribution format).
_BUILD = re.compile(r"(\d+)(.*)", re.ASCII | re.DOTALL)
_RPM = re.compile(r"(?P<version>.+)-[^-]+\.[^.-]+")
_OTHER_ENDINGS = {
    ".egg": (FileKind.EGG, _EGG),
    ".exe": (FileKind.WININST, _PLATFORM_BUILD),
    ".msi": (FileKind.MSI, _PLATFORM_BUILD),
    ".rpm": (FileKind.RPM, _RPM),
}


def parse_filename(filename: str, package: NormalizedName) -> ParsedFilename | UnparsedFilename:
    """Parse one file name of a package's index page.

    The package decides: `foo-1.0-1.tar.gz` is 1.0.post1 of foo, and `foo-bar-1.0.tar.gz` is not a file of foo.
    """
    if len(filename) > LONGEST_NAME:
        return UnparsedFilename(filename[:LONGEST_NAME], f"its name is longer than {LONGEST_NAME} characters")
    if filename.endswith(".whl"):
        return _wheel(filename, package)
    for ending in _SDIST_ENDINGS:
        if filename.endswith(ending):
            return _sdist(filename, filename.removesuffix(ending), package)
    for ending, (kind, pattern) in _OTHER_ENDINGS.items():
        if filename.endswith(ending):
            return _legacy(filename, filename.removesuffix(ending), package, kind, pattern)
    return UnparsedFilename(filename, "it is not an archive that installers know")


def parse_wheel_version(name: str, version: str, package: NormalizedName) -> Version | None:
    """Return the version of a wheel whose name begins with these parts; None if it is not one of the package."""
    head = _head(name, version)
    return head[1] if head is not None and head[0] == package else None


def read_wheel_tags(filename: str) -> tuple[str, BuildTag]:
    """Return the tag set and the build tag of a name that `parse_filename` has accepted as a wheel's."""
    parts = filename.removesuffix(".whl").split("-")
    match = _BUILD.match(parts[2]) if len(parts) == 6 else None
    return "-".join(parts[-3:]).lower(), (int(match[1]), match[2]) if match else ()


def _wheel(filename: str, package: NormalizedName) -> ParsedFilename | UnparsedFilename:
    parts = filename.removesuffix(".whl").split("-", 5)
    if len(parts) == 5:
        # The files of a page share few names, versions and tag sets, so each part is parsed by itself and cached.
        head, tag_set = _head(parts[0], parts[1]), _tag_set("-".join(parts[2:]))
        if head is not None and tag_set is not None and head[0] == package:
            return ParsedFilename(FileKind.WHEEL, package, head[1], tag_set)
    return _any_wheel(filename, package)


@lru_cache(maxsize=4096)
def _head(name: str, version: str) -> tuple[NormalizedName, Version] | None:
    """Parse the first two parts of a wheel's name; None where `packaging` refuses them."""
    package, number = _wheel_name(name), _version(version)
    return (package, number) if package is not None and number is not None else None


@lru_cache(maxsize=1024)
def _wheel_name(name: str) -> NormalizedName | None:
    try:
        return parse_wheel_filename(f"{name}-0-py3-none-any.whl")[0]
    except InvalidWheelFilename:
        return None


@lru_cache(maxsize=16384)
def _tag_set(tags: str) -> str | None:
    """Return the last three parts of a wheel's name, lower-cased; None where `packaging` refuses them."""
    tag_set = tags.lower()
    if _number_of_tags(tag_set) > MOST_TAGS:
        return None
    try:
        parse_wheel_filename(f"x-0-{tags}.whl")
    except InvalidWheelFilename:
        return None
    return tag_set


def _number_of_tags(tag_set: str) -> int:
    tags = 1
    for component in tag_set.split("-"):
        tags *= component.count(".") + 1
    return tags


def _any_wheel(filename: str, package: NormalizedName) -> ParsedFilename | UnparsedFilename:
    tag_set = "-".join(filename.removesuffix(".whl").rsplit("-", 3)[1:]).lower()
    tags = _number_of_tags(tag_set)
    if tags > MOST_TAGS:
        return UnparsedFilename(filename, f"its compressed tag set stands for {tags} tags, more than {MOST_TAGS}")
    try:
        name, version, build, _ = parse_wheel_filename(filename)
    except InvalidWheelFilename as error:
        return UnparsedFilename(filename, _clause(error, filename))
    if name != package:
        return UnparsedFilename(filename, f"it is named for {name}, not for {package}")
    return ParsedFilename(FileKind.WHEEL, name, version, tag_set, build)


def _clause(error: InvalidWheelFilename, filename: str) -> str:
    """Return the message of `packaging` without the file name, which is shown beside the reason."""
    text = str(error).replace(repr(filename), "").replace(repr(filename.removesuffix(".whl")), "")
    return text.rstrip(": ").removesuffix(" in").replace("Invalid wheel filename", "not a wheel's name")


def _sdist(filename: str, stem: str, package: NormalizedName) -> ParsedFilename | UnparsedFilename:
    if filename.endswith(".zip") and "macosx10" in filename:
        # Installers refuse these: binary archives that distutils made on old macOS.
        return UnparsedFilename(filename, "it is a binary archive for macOS 10, not an sdist")
    rest = _after_name(stem, package)
    if rest is None:
        return UnparsedFilename(filename, f"it is not named for {package}")
    if version := _version(rest):
        return ParsedFilename(FileKind.SDIST, package, version)
    if (match := _PLATFORM_BUILD.fullmatch(rest)) and (version := _version(match["version"])):
        # `bdist_dumb`: built files for one machine in an archive that only looks like an sdist.
        return ParsedFilename(FileKind.OTHER, package, version)
    return UnparsedFilename(filename, f"{rest!r} is not a version")


def _legacy(
    filename: str, stem: str, package: NormalizedName, kind: FileKind, pattern: re.Pattern[str]
) -> ParsedFilename | UnparsedFilename:
    rest = _after_name(stem, package)
    if rest is None:
        return UnparsedFilename(filename, f"it is not named for {package}")
    match = pattern.fullmatch(rest)
    # Eggs and rpms write the dash of a version as an underscore.
    version = _version(match["version"].replace("_", "-")) if match else None
    if version is None:
        return UnparsedFilename(filename, f"{rest!r} does not begin with a version")
    return ParsedFilename(kind, package, version)


def _after_name(stem: str, package: NormalizedName) -> str | None:
    """Return what follows the package's name, in any spelling, and a dash; None when the stem does not start so."""
    dash = stem.find("-")
    while dash > 0:
        if _canonical(stem[:dash]) == package:
            return stem[dash + 1 :]
        dash = stem.find("-", dash + 1)
    return None


@lru_cache(maxsize=1024)
def _canonical(name: str) -> NormalizedName:
    return canonicalize_name(name)


@lru_cache(maxsize=4096)
def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
