"""The files of releases that the dependency files let an installer take: by type, and by the hashes that they list.

pip's `--no-binary` and `--only-binary`, and the settings of uv that mean the same. A requirement
with hashes, or a lock, admits no file that it does not list: a wheel that was uploaded later is not taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Protocol

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from projects.domain.dependency_files.values import InstallerOption, ParsedRequirement
from scanner.domain.files.filenames import FileKind
from scanner.domain.resolution.model.policy import BuildPolicy

ALL = ":all:"
_NONE = ":none:"
# The option of pip that an option of uv stands for; uv has them for all packages as flags, for some as lists.
_SAME = {
    "no-build": "only-binary",
    "no-build-package": "only-binary",
    "no-binary-package": "no-binary",
}


class HasKind(Protocol):
    """A file whose type and digest are known; `sha256` is empty where the index gives none."""

    @property
    def kind(self) -> FileKind:
        """Return its type."""

    @property
    def sha256(self) -> str:
        """Return its digest as hex."""


class Exclusion(StrEnum):
    """Why files of a release do not count."""

    NO_BINARY = "no-binary"
    ONLY_BINARY = "only-binary"
    HASHES = "hashes"


class FileChoices(Struct, frozen=True):
    """The files that count. `no_binary` and `only_binary` are names of packages or ":all:"; one for a name wins.

    `digests` has, by package and version, the SHA-256 digests that the files list.
    """

    no_binary: frozenset[str] = frozenset()
    only_binary: frozenset[str] = frozenset()
    digests: Mapping[str, Mapping[Version, frozenset[str]]] = field(default_factory=dict)

    def __hash__(self) -> int:
        # A mapping has no hash; those that differ in it alone are few.
        return hash((self.no_binary, self.only_binary))

    def __bool__(self) -> bool:
        return bool(self.no_binary or self.only_binary or self.digests)

    def excludes(self, name: str) -> FileKind | None:
        """Return the type of files that is not taken of a package; None if both are."""
        for named in (name, ALL):
            if named in self.only_binary:
                return FileKind.SDIST
            if named in self.no_binary:
                return FileKind.WHEEL
        return None

    def limits_package(self, name: str) -> bool:
        """Return whether some files of some release of a package may not count."""
        return name in self.digests or self.excludes(name) is not None

    def limits(self, name: str, version: Version) -> bool:
        """Return whether some files of a release may not count."""
        return version in self.digests.get(name, {}) or self.excludes(name) is not None

    def exclusion(self, name: str, version: Version, file: HasKind) -> Exclusion | None:
        """Return why a file does not count; None if it does. A file without a known digest has one that is listed."""
        excluded = self.excludes(name)
        if file.kind is excluded:
            return Exclusion.NO_BINARY if excluded is FileKind.WHEEL else Exclusion.ONLY_BINARY
        listed = self.digests.get(name, {}).get(version)
        return Exclusion.HASHES if listed is not None and file.sha256 and file.sha256 not in listed else None


def file_choices_of(options: Iterable[InstallerOption], requirements: Iterable[ParsedRequirement]) -> FileChoices:
    """Return what the options and the hashes of the files say. As in pip, later options correct earlier ones."""
    only: set[str] = set()
    none: set[str] = set()
    for option in options:
        name = _SAME.get(option.name, option.name)
        if name in {"only-binary", "no-binary"}:
            one, other = (only, none) if name == "only-binary" else (none, only)
            _add(ALL if option.value == "true" else option.value, one, other)
    return FileChoices(frozenset(none), frozenset(only), _digests(requirements))


def policy_under(policy: BuildPolicy, options: Iterable[InstallerOption]) -> BuildPolicy:
    """Return the policy with what the files admit as well: pip's `--pre`, uv's `prerelease = "allow"`."""
    pre = any(one.name == "pre" or (one.name, one.value) == ("prerelease", "allow") for one in options)
    return replace(policy, prereleases=policy.prereleases or pre)


def _add(value: str, one: set[str], other: set[str]) -> None:
    """Apply one option to its own set of names and that of the opposite option, as pip does."""
    names = [name.strip() for name in value.split(",") if name.strip()]
    while ALL in names:
        other.clear()
        one.clear()
        one.add(ALL)
        del names[: names.index(ALL) + 1]
        # Without a ":none:", what follows ":all:" says nothing more.
        if _NONE not in names:
            return
    for name in names:
        if name == _NONE:
            one.clear()
        else:
            one.add(canonicalize_name(name))
            other.discard(canonicalize_name(name))


def _digests(requirements: Iterable[ParsedRequirement]) -> dict[str, dict[Version, frozenset[str]]]:
    """Return the digests by package and pinned version. Lines of one version list their files together."""
    found: dict[str, dict[Version, set[str]]] = {}
    incomplete: set[tuple[str, Version]] = set()
    for one in requirements:
        if one.pinned is None or not one.hashes:
            continue
        try:
            version = Version(one.pinned)
        except InvalidVersion:
            continue
        digests = [text.partition(":")[2] for text in one.hashes if text.startswith("sha256:")]
        if len(digests) < len(one.hashes):
            # A file may be listed by a digest that the index does not give.
            incomplete.add((one.name, version))
        found.setdefault(one.name, {}).setdefault(version, set()).update(digests)
    return {
        name: {version: frozenset(listed) for version, listed in versions.items() if (name, version) not in incomplete}
        for name, versions in found.items()
    }
