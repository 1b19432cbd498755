"""Recorded index pages on disk: facts only, no host names, no addresses, one compressed file a package.

A package file is one JSON object in columns (the form that compresses best), xz-compressed without a timestamp, so
the same facts give the same bytes. Repeated texts (versions, Requires-Python, metadata digests) are stored once in a
table and referred to by position; -1 means "none".
"""

from __future__ import annotations

import json
import lzma
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field

Lines = tuple[tuple[str, str], ...]
# A benchmark that records much keeps it in a folder of its own, where a client that waits matters more than the size.
_OWN_FOLDER = os.environ.get("WHEELWAY_RECORDINGS")
_PRESET = 0 if _OWN_FOLDER else 9 | lzma.PRESET_EXTREME
DATA = Path(_OWN_FOLDER or Path(__file__).resolve().parent.parent / "data" / "index")


class RecordedFile(Struct, frozen=True):
    """One file of a page. `uploaded_at` as the index writes it: `2026-10-15T17:58:38.794521Z`."""

    filename: str
    version: str
    uploaded_at: str
    size: int | None = None
    sha256: str | None = None
    requires_python: str | None = None
    yanked: bool = False
    yanked_reason: str | None = None
    metadata_sha256: str | None = None


class RecordedSdist(Struct, frozen=True):
    """What an sdist contains: PKG-INFO and, of requires.txt, its lines; None where there is no such file.

    `build` is what a build needs, in the words of `scanner.domain.files.builds`.
    """

    pkg_info: Lines | None
    requires_txt: tuple[str, ...] | None
    build: str


class RecordedMetadata(Struct, frozen=True):
    """Core metadata fields that matter for a resolution, as (header, value) pairs in order.

    `releases` has one text a version, `wheels` (by file name) those of wheels that differ from it, `sdists` (by file
    name) what was found in sdists.
    """

    releases: Mapping[str, Lines] = field(default_factory=dict)
    wheels: Mapping[str, Lines] = field(default_factory=dict)
    sdists: Mapping[str, RecordedSdist] = field(default_factory=dict)

    def of(self, version: str, filename: str) -> Lines | None:
        """Return the text that a file has; None if it was not recorded."""
        sdist = self.sdists.get(filename)
        return sdist.pkg_info if sdist is not None else self.wheels.get(filename, self.releases.get(version))

    def __or__(self, other: RecordedMetadata) -> RecordedMetadata:
        """Return both, sorted by version and file name."""
        return RecordedMetadata(
            dict(sorted({**self.releases, **other.releases}.items())),
            dict(sorted({**self.wheels, **other.wheels}.items())),
            dict(sorted({**self.sdists, **other.sdists}.items())),
        )


class RecordedPackage(Struct, frozen=True):
    """Everything kept of one package's page: files in release order as the index lists them."""

    name: str
    serial: int
    files: tuple[RecordedFile, ...] = ()
    status: str = "active"
    status_reason: str | None = None
    metadata: RecordedMetadata = field(default_factory=RecordedMetadata)


class _Table:
    """Texts in order of first use, each stored once."""

    def __init__(self) -> None:
        self.texts: list[Any] = []
        self._at: dict[Any, int] = {}

    def at(self, text: Any) -> int:
        if text is None:
            return -1
        key = json.dumps(text)
        if key not in self._at:
            self._at[key] = len(self.texts)
            self.texts.append(text)
        return self._at[key]


def _runs(positions: Sequence[int]) -> list[int]:
    """A column of positions as differences to the one before: mostly zeros and ones."""
    return [now - before for before, now in zip([0, *positions], positions, strict=False)]


def _unruns(differences: Sequence[int]) -> list[int]:
    positions, total = [], 0
    for difference in differences:
        total += difference
        positions.append(total)
    return positions


def write_pages(package: RecordedPackage, folder: Path = DATA) -> Path:
    """Writes NAME.json.xz (without core metadata, see write_metadata)."""
    versions, pythons, digests = _Table(), _Table(), _Table()
    files = package.files
    document = {
        "name": package.name,
        "serial": package.serial,
        "status": package.status,
        "status_reason": package.status_reason,
        "filename": [file.filename for file in files],
        "version_at": _runs([versions.at(file.version) for file in files]),
        "uploaded_at": [file.uploaded_at for file in files],
        "size": [file.size for file in files],
        "requires_python_at": _runs([pythons.at(file.requires_python) for file in files]),
        "yanked": {file.filename: file.yanked_reason for file in files if file.yanked},
        "metadata_at": _runs([digests.at(file.metadata_sha256) for file in files]),
        "versions": versions.texts,
        "requires_python": pythons.texts,
        "metadata": digests.texts,
        "sha256": [file.sha256 for file in files],
    }
    return _dump(document, folder / f"{package.name}.json.xz")


def write_metadata(name: str, metadata: RecordedMetadata, folder: Path = DATA) -> Path:
    """Writes metadata/NAME.json.xz: every header line once, each text a list of positions."""
    lines, texts = _Table(), _Table()

    def text_at(fields: Lines | None) -> int:
        return -1 if fields is None else texts.at([lines.at([header, value]) for header, value in fields])

    document: dict[str, Any] = {
        "name": name,
        "lines": lines.texts,
        "texts": texts.texts,
        "releases": {version: text_at(fields) for version, fields in metadata.releases.items()},
    }
    if metadata.wheels:
        document["wheels"] = {filename: text_at(fields) for filename, fields in metadata.wheels.items()}
    if metadata.sdists:
        document["sdists"] = {
            filename: [text_at(sdist.pkg_info), sdist.requires_txt, sdist.build]
            for filename, sdist in metadata.sdists.items()
        }
    return _dump(document, folder / "metadata" / f"{name}.json.xz")


def read(name: str, folder: Path = DATA) -> RecordedPackage:
    """One package with its metadata, if any was recorded. FileNotFoundError for a name that was not."""
    page = _load(folder / f"{name}.json.xz")
    versions, pythons, digests = page["versions"], page["requires_python"], page["metadata"]
    yanked: dict[str, str | None] = page["yanked"]
    rows = zip(
        page["filename"],
        _unruns(page["version_at"]),
        page["uploaded_at"],
        page["size"],
        page["sha256"],
        _unruns(page["requires_python_at"]),
        _unruns(page["metadata_at"]),
        strict=True,
    )
    files = tuple(
        RecordedFile(
            filename=filename,
            version=versions[version],
            uploaded_at=uploaded_at,
            size=size,
            sha256=sha256,
            requires_python=None if python < 0 else pythons[python],
            yanked=filename in yanked,
            yanked_reason=yanked.get(filename),
            metadata_sha256=None if digest < 0 else digests[digest],
        )
        for filename, version, uploaded_at, size, sha256, python, digest in rows
    )
    return RecordedPackage(
        page["name"], page["serial"], files, page["status"], page["status_reason"], read_metadata(name, folder)
    )


def read_metadata(name: str, folder: Path = DATA) -> RecordedMetadata:
    """What was recorded of a package's files; empty when nothing was."""
    path = folder / "metadata" / f"{name}.json.xz"
    if not path.exists():
        return RecordedMetadata()
    document = _load(path)
    lines = [(header, value) for header, value in document["lines"]]
    texts = [tuple(lines[at] for at in text) for text in document["texts"]]
    return RecordedMetadata(
        {version: texts[at] for version, at in document["releases"].items()},
        {filename: texts[at] for filename, at in document.get("wheels", {}).items()},
        {
            filename: RecordedSdist(None if at < 0 else texts[at], None if requires is None else tuple(requires), build)
            for filename, (at, requires, build) in document.get("sdists", {}).items()
        },
    )


def recorded_names(folder: Path = DATA) -> tuple[str, ...]:
    """Every recorded package, sorted."""
    return tuple(sorted(path.name.removesuffix(".json.xz") for path in folder.glob("*.json.xz")))


def _dump(document: Mapping[str, Any], path: Path) -> Path:
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lzma.compress(text.encode(), preset=_PRESET))
    return path


def _load(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(lzma.decompress(path.read_bytes()))
    return document
