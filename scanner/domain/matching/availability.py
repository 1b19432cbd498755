"""What the index can offer a target, and the facts about one file that decide it. The rules are in docs/matching.md."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import product

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import BuildTag
from packaging.version import Version

from scanner.domain.files.filenames import FileKind
from scanner.domain.files.release_profile import ProfileFile, ReleaseProfile
from scanner.domain.targets.target import AbiPair, TagPriority


class Availability(StrEnum):
    """What the index offers one candidate on one target. The values are those of the assessment's schema.

    `inactive` and `unknown` never come from matching: the requirement's marker and the poll decide them.
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
        """Whether `pip install --only-binary :all:` of this very version would succeed."""
        return self in _WHEELS


_WHEELS = frozenset({Availability.NATIVE, Availability.ABI3, Availability.PURE, Availability.FALLBACK})


@dataclass(frozen=True, slots=True)
class Offer:
    """yanked: only yanked files serve, so no resolver takes this version unless it is pinned exactly (PEP 592)."""

    availability: Availability
    yanked: bool


_BY_LAYER = {
    TagPriority.OWN_ABI: Availability.NATIVE,
    TagPriority.OWN_STABLE: Availability.ABI3,
    TagPriority.OWN_NO_ABI: Availability.NATIVE,
    TagPriority.OLDER_STABLE: Availability.ABI3,
    TagPriority.NO_ABI: Availability.NATIVE,
}


def wheel_availability(layer: TagPriority, *, compiled: bool) -> Availability:
    """What a wheel that fits in this layer means; compiled: the release has wheels for particular platforms."""
    if layer is TagPriority.ANYWHERE:
        return Availability.FALLBACK if compiled else Availability.PURE
    return _BY_LAYER[layer]


@functools.lru_cache(maxsize=8192)
def expand_tag_set(tag_set: str) -> tuple[tuple[AbiPair, ...], frozenset[str]]:
    """A compressed triple as its pairs and its platform tags. File names were bounded when they were parsed."""
    interpreters, abis, platforms = (component.split(".") for component in tag_set.split("-"))
    return tuple(product(interpreters, abis)), frozenset(platforms)


def is_compiled(tag_set: str | None) -> bool:
    """Whether a file with these tags is a wheel for particular platforms."""
    return tag_set is not None and tag_set.rpartition("-")[2] != "any"


@functools.lru_cache(maxsize=65536)
def accepts_python(requires_python: str | None, release: Version) -> bool:
    """Requires-Python as installers read it: an unreadable one counts as none (docs/matching.md)."""
    specifiers = _specifiers(requires_python)
    return specifiers is None or specifiers.contains(release, prereleases=True)


def is_valid_requires_python(requires_python: str | None) -> bool:
    return requires_python is None or _specifiers(requires_python) is not None


@functools.lru_cache(maxsize=8192)
def _specifiers(requires_python: str | None) -> SpecifierSet | None:
    if requires_python is None:
        return None
    try:
        return SpecifierSet(requires_python)
    except InvalidSpecifier:
        return None


@dataclass(frozen=True, slots=True)
class ReleaseFileFacts:
    """One file of a release with what its proof needs. tag_set and build as in ParsedName; uploaded_at in UTC."""

    filename: str
    kind: FileKind
    tag_set: str | None = None
    build: BuildTag = ()
    requires_python: str | None = None
    yanked: bool = False
    uploaded_at: datetime | None = None

    @property
    def profile_file(self) -> ProfileFile:
        return ProfileFile(self.tag_set, self.kind, self.requires_python, self.yanked)

    @property
    def installable(self) -> bool:
        """Eggs, installers and rpms are kept and shown, and no installer of today takes them."""
        return self.kind in {FileKind.WHEEL, FileKind.SDIST}


def profile_of(files: Iterable[ReleaseFileFacts]) -> ReleaseProfile:
    """The shape under which these files are matched and stored."""
    return ReleaseProfile.of(file.profile_file for file in files)
