"""What a file name says. Names are anybody's upload, so nothing here raises and every expansion is bounded.

A file counts for a package when installers count it: the name in front must be the package's own, and what follows a
version. Standards: the binary and source distribution formats; eggs, wininst, msi and rpm as setuptools and distutils
named them.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from packaging.utils import BuildTag, InvalidWheelFilename, NormalizedName, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

LONGEST_NAME = 512
MOST_TAGS = 1024
"""A compressed tag set multiplies out; the widest real ones give under 200 tags, a hostile one gives millions."""


class FileKind(StrEnum):
    """What sort of archive a name announces. Only wheels and sdists can be installed today."""

    WHEEL = "wheel"
    SDIST = "sdist"
    EGG = "egg"
    WININST = "wininst"
    MSI = "msi"
    RPM = "rpm"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ParsedFilename:
    """tag_set: a wheel's "py-abi-plat" as written, lower-cased, compressed; None for other kinds.

    build: a wheel's build tag, () without one; it orders wheels of equal rank.
    """

    kind: FileKind
    name: NormalizedName
    version: Version
    tag_set: str | None = None
    build: BuildTag = ()


@dataclass(frozen=True, slots=True)
class UnparsedFilename:
    """A name that counts for no release. reason: what is wrong with it, as a clause without a full stop."""

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
    """Reads one file name of a package's page.

    The package is needed: `foo-1.0-1.tar.gz` is 1.0.post1 of foo, and `foo-bar-1.0.tar.gz` on foo's page is nobody's.
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
    return UnparsedFilename(filename, "it is no archive that an installer knows")


def read_wheel_tags(filename: str) -> tuple[str, BuildTag]:
    """(tag set, build tag) of a name that `parse_filename` has taken for a wheel's, without judging it again."""
    parts = filename.removesuffix(".whl").split("-")
    match = _BUILD.match(parts[2]) if len(parts) == 6 else None
    return "-".join(parts[-3:]).lower(), (int(match[1]), match[2]) if match else ()


def _wheel(filename: str, package: NormalizedName) -> ParsedFilename | UnparsedFilename:
    parts = filename.removesuffix(".whl").split("-", 5)
    if len(parts) == 5:
        # The files of a page share their few names, versions and tags, and each part is judged by itself.
        head, tag_set = _head(parts[0], parts[1]), _tag_set("-".join(parts[2:]))
        if head is not None and tag_set is not None and head[0] == package:
            return ParsedFilename(FileKind.WHEEL, package, head[1], tag_set)
    return _any_wheel(filename, package)


@lru_cache(maxsize=4096)
def _head(name: str, version: str) -> tuple[NormalizedName, Version] | None:
    """The first two parts of a wheel's name, None where packaging refuses them."""
    try:
        return parse_wheel_filename(f"{name}-{version}-py3-none-any.whl")[:2]
    except InvalidWheelFilename:
        return None


@lru_cache(maxsize=16384)
def _tag_set(tags: str) -> str | None:
    """The last three parts of a wheel's name, lower-cased, None where packaging refuses them."""
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
        return UnparsedFilename(filename, f"its tags multiply out to {tags}, more than {MOST_TAGS}")
    try:
        name, version, build, _ = parse_wheel_filename(filename)
    except InvalidWheelFilename as error:
        return UnparsedFilename(filename, _clause(error, filename))
    if name != package:
        return UnparsedFilename(filename, f"it is named for {name}, not for {package}")
    return ParsedFilename(FileKind.WHEEL, name, version, tag_set, build)


def _clause(error: InvalidWheelFilename, filename: str) -> str:
    """packaging's message without the file name, which stands beside the reason anyway."""
    text = str(error).replace(repr(filename), "").replace(repr(filename.removesuffix(".whl")), "")
    return text.rstrip(": ").removesuffix(" in").replace("Invalid wheel filename", "not a wheel's name")


def _sdist(filename: str, stem: str, package: NormalizedName) -> ParsedFilename | UnparsedFilename:
    if filename.endswith(".zip") and "macosx10" in filename:
        # Installers refuse these: binary archives that old distutils made on macOS.
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
    """What follows the first dash before which the package's name stands, in any spelling of it."""
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
