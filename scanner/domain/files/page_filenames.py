"""The file names of a whole page, parsed together: they share few names, versions and tag sets, each parsed once."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from scanner.domain.files.filenames import LONGEST_NAME, FileKind, ParsedFilename, parse_filename, parse_wheel_version

_SDIST_ENDING = ".tar.gz"
_SDIST = (FileKind.SDIST.value, None)
_OTHER = (FileKind.OTHER.value, None)


class PageFilenames(Struct, frozen=True):
    """The parts of the file names of one page, in the page's order.

    - versions: normalised, None for a file that belongs to no release.
    - kinds: the value of each file's kind, and the tag set of a wheel.
    - parsed: each version by its normalised text.
    """

    versions: list[str | None] = field(default_factory=list)
    kinds: list[tuple[str, str | None]] = field(default_factory=list)
    parsed: dict[str, Version] = field(default_factory=dict)


def parse_filenames(filenames: Iterable[str], package: NormalizedName) -> PageFilenames:
    """Parse the file names of a package's page as `parse_filename` does."""
    found, known = PageFilenames(), _Known()
    for filename in filenames:
        head = filename.rsplit("-", 3)[0]
        version: str | None = known.wheels.get(head)
        kind = known.tag_sets.get(filename[len(head) :])
        if kind is not None and version is None and head.count("-") == 1:
            version = _wheel_version(head, package, found.parsed, known)
        if version is None or kind is None or len(filename) > LONGEST_NAME:
            version, kind = known.sdist(filename) or _parse(filename, package, found.parsed, known)
        found.versions.append(version)
        found.kinds.append(kind)
    return found


_Kind = tuple[str, str | None]


class _Known(Struct):
    """The parts of the names before.

    - wheels: the normalised version by name and version, of wheels with five parts.
    - tag_sets: by what follows these.
    - names: the package's name as sdists spell it.
    - numbers: the normalised versions, by version as written.
    """

    wheels: dict[str, str] = field(default_factory=dict)
    tag_sets: dict[str, _Kind] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    numbers: dict[str, str] = field(default_factory=dict)

    def sdist(self, filename: str) -> tuple[str, _Kind] | None:
        if filename.endswith(_SDIST_ENDING) and len(filename) <= LONGEST_NAME:
            name, _, number = filename[: -len(_SDIST_ENDING)].rpartition("-")
            if name in self.names and (version := self.numbers.get(number)) is not None:
                return version, _SDIST
        return None

    def add(self, filename: str, package: NormalizedName, version: str, kind: _Kind) -> None:
        if kind is _SDIST and filename.endswith(_SDIST_ENDING):
            name, _, number = filename[: -len(_SDIST_ENDING)].rpartition("-")
            # Else the version is written with a dash.
            if canonicalize_name(name) == package:
                self.names.add(name)
                self.numbers[number] = version
        elif kind[1] is not None and filename.count("-") == 4:
            head = filename.rsplit("-", 3)[0]
            self.wheels[head], self.tag_sets[filename[len(head) :]] = version, kind
            self.numbers[head.partition("-")[2]] = version


def _wheel_version(head: str, package: NormalizedName, parsed: dict[str, Version], known: _Known) -> str | None:
    """Return the version of a wheel that begins like this and ends like one before."""
    name, _, number = head.partition("-")
    version = parse_wheel_version(name, number, package)
    if version is None:
        return None
    text = known.wheels[head] = known.numbers[number] = str(version)
    parsed.setdefault(text, version)
    return text


def _parse(
    filename: str, package: NormalizedName, parsed: dict[str, Version], known: _Known
) -> tuple[str | None, _Kind]:
    read = parse_filename(filename, package)
    if not isinstance(read, ParsedFilename):
        return None, _OTHER
    version = str(read.version)
    parsed.setdefault(version, read.version)
    kind = _SDIST if read.kind is FileKind.SDIST else (read.kind.value, read.tag_set)
    known.add(filename, package, version, kind)
    return version, kind
