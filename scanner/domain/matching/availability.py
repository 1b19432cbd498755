"""The availability of a release on a target, and what decides it of each file. The rules are in docs/matching.md."""

import functools
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from itertools import product

from msgspec import Struct
from msgspec.structs import replace
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import BuildTag
from packaging.version import Version

from scanner.domain.files.filenames import FileKind
from scanner.domain.files.release_profile import ProfileFile, ReleaseProfile
from scanner.domain.targets.abis import AbiPair, TagPriority


class Availability(StrEnum):
    """How a release is available on a target. The values are those of the assessment schema.

    Matching never returns INACTIVE (the marker of the requirement is false) or UNKNOWN (the package was not polled).
    """

    NATIVE = "native"
    ABI3 = "abi3"
    PURE = "pure"
    FALLBACK = "fallback"
    SOURCE = "source"
    EXCLUDED = "excluded"
    NONE = "none"
    ABSENT = "absent"
    INACTIVE = "inactive"
    UNKNOWN = "unknown"

    @property
    def installs_wheel(self) -> bool:
        """Whether `pip install --only-binary :all:` of this version would succeed."""
        return self in _WHEELS


_WHEELS = frozenset({Availability.NATIVE, Availability.ABI3, Availability.PURE, Availability.FALLBACK})


class Waived(StrEnum):
    """What the reader of an offer does not hold against it: that it is built, or that it does not install at all."""

    NOTHING = ""
    BUILD = "build"
    LACK = "lack"


class Offer(Struct, frozen=True):
    """The availability of a release on a target.

    `yanked`: only yanked files fit, so installers take the version only for an exact pin (PEP 592).
    """

    availability: Availability
    yanked: bool
    waived: Waived = Waived.NOTHING


@functools.cache
def waived_offer(offer: Offer, waived: Waived) -> Offer:
    """Return an offer without what is waived. Equal ones are the same object, as those of releases are."""
    return replace(offer, waived=waived)


_BY_PRIORITY = {
    TagPriority.OWN_ABI: Availability.NATIVE,
    TagPriority.OWN_STABLE: Availability.ABI3,
    TagPriority.OWN_NO_ABI: Availability.NATIVE,
    TagPriority.OLDER_STABLE: Availability.ABI3,
    TagPriority.NO_ABI: Availability.NATIVE,
}


def wheel_availability(priority: TagPriority, *, compiled: bool) -> Availability:
    """Return the availability that a wheel with a tag of this priority gives.

    `compiled`: the release has wheels for specific platforms.
    """
    if priority is TagPriority.ANYWHERE:
        return Availability.FALLBACK if compiled else Availability.PURE
    return _BY_PRIORITY[priority]


@functools.lru_cache(maxsize=8192)
def expand_tag_set(tag_set: str) -> tuple[tuple[AbiPair, ...], frozenset[str]]:
    """Expand a compressed tag set into its pairs and its platform tags. `parse_filename` has limited its size."""
    interpreters, abis, platforms = (component.split(".") for component in tag_set.split("-"))
    return tuple(product(interpreters, abis)), frozenset(platforms)


def is_compiled(tag_set: str | None) -> bool:
    """Return whether a file with these tags is a wheel for specific platforms."""
    return tag_set is not None and tag_set.rpartition("-")[2] != "any"


@functools.lru_cache(maxsize=65536)
def accepts_python(requires_python: str | None, release: Version) -> bool:
    """Return whether Requires-Python accepts a Python. As in installers, an invalid one accepts all."""
    specifiers = _specifiers(requires_python)
    return specifiers is None or specifiers.contains(release, prereleases=True)


def is_valid_requires_python(requires_python: str | None) -> bool:
    """Return whether a Requires-Python is missing or a valid specifier (PEP 440)."""
    return requires_python is None or _specifiers(requires_python) is not None


@functools.lru_cache(maxsize=8192)
def _specifiers(requires_python: str | None) -> SpecifierSet | None:
    if requires_python is None:
        return None
    try:
        return SpecifierSet(requires_python)
    except InvalidSpecifier:
        return None


class ReleaseFileFacts(Struct, frozen=True):
    """A file of a release as `explain_cell` reads it.

    `tag_set` and `build` are those of ParsedFilename; `uploaded_at` is in UTC; `sha256` is empty where the index gives
    none.
    """

    filename: str
    kind: FileKind
    tag_set: str | None = None
    build: BuildTag = ()
    requires_python: str | None = None
    yanked: bool = False
    uploaded_at: datetime | None = None
    sha256: str = ""
    yanked_reason: str = ""

    @property
    def profile_file(self) -> ProfileFile:
        """The part of the file that a profile holds."""
        return ProfileFile(self.tag_set, self.kind, self.requires_python, self.yanked)

    @property
    def installable(self) -> bool:
        """Whether installers take files of this type. Eggs, wininst, msi and rpm files are stored and shown only."""
        return self.kind in {FileKind.WHEEL, FileKind.SDIST}


def profile_of(files: Iterable[ReleaseFileFacts]) -> ReleaseProfile:
    """Return the profile under which these files are matched and stored."""
    return ReleaseProfile.of(file.profile_file for file in files)
