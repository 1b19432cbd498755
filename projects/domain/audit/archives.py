"""Reading of source archives in memory: zip, and tar as it is or compressed. Call it in a child process.

Nothing is written to a disk. Links, devices, and names that leave the archive are passed over; archives in archives are
not opened.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import IO

from scanner.domain.translation import noop

# What an archive holds at most, and what is read of it.
MAX_MEMBERS = 100_000
MAX_UNPACKED = 512 * 1024 * 1024
MAX_READ = 64 * 1024 * 1024
_LONGEST_PATH = 300
_MAGIC: tuple[tuple[bytes, Callable[[IO[bytes]], io.BufferedIOBase]], ...] = (
    (b"\x1f\x8b", lambda file: gzip.GzipFile(fileobj=file)),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ\x00", lzma.LZMAFile),
)
_DAMAGED = (
    *(zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, struct.error),
    *(OSError, EOFError, ValueError, OverflowError, LookupError),
)
_Member = tuple[str, Callable[[int], bytes]]


class UnreadableArchive(Exception):
    """An archive that cannot be read. The text is a clause that says why."""


def list_archive(content: bytes) -> list[str]:
    """Return the paths of the regular files, without the one folder that holds all. Raises UnreadableArchive."""
    with _refusing():
        paths = list(dict.fromkeys(path for path, _ in _members(content)))
    if not paths:
        raise UnreadableArchive(noop("it has no files"))
    top = _top(paths)
    return [path.removeprefix(top) for path in paths]


def read_archive(content: bytes, wanted: Collection[str], largest: int) -> dict[str, bytes]:
    """Return the contents of these paths, as `list_archive` returns them; files above `largest` bytes are left out.

    Raises UnreadableArchive, also where they are more than 64 MiB together.
    """
    with _refusing():
        return _read(content, frozenset(wanted), largest)


def _read(content: bytes, wanted: frozenset[str], largest: int) -> dict[str, bytes]:
    top = _top([path for path, _ in _members(content)])
    found: dict[str, bytes] = {}
    size = 0
    for path, read in _members(content):
        name = path.removeprefix(top)
        if name not in wanted:
            continue
        data = read(largest + 1)
        size += len(data)
        if size > MAX_READ:
            raise UnreadableArchive(f"its Python files and settings are more than {MAX_READ // 2**20} MiB")
        if len(data) <= largest:
            found[name] = data
    return found


@contextmanager
def _refusing() -> Iterator[None]:
    """Raise UnreadableArchive for whatever the libraries raise of an archive."""
    try:
        yield
    except RuntimeError as error:
        raise UnreadableArchive(noop("it is encrypted, or compressed in a way that is not read")) from error
    except _DAMAGED as error:
        raise UnreadableArchive(noop("it is damaged, or neither a zip nor a tar")) from error


def _members(content: bytes) -> Iterator[_Member]:
    """Yield the path of each regular file with a function that reads its first bytes while it is the current one."""
    is_zip = content.startswith((b"PK\x03\x04", b"PK\x05\x06"))
    for number, member in enumerate(_zip(content) if is_zip else _tar(content)):
        if number >= MAX_MEMBERS:
            raise UnreadableArchive(f"it has more than {MAX_MEMBERS:,} files")
        if _is_safe(member[0]):
            yield member


def _zip(content: bytes) -> Iterator[_Member]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            if not info.is_dir() and kind in (0, stat.S_IFREG):
                yield _clean(info.filename), _reader(archive, info)


def _reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[int], bytes]:
    def read(most: int) -> bytes:
        with archive.open(info) as file:
            return file.read(most)

    return read


def _tar(content: bytes) -> Iterator[_Member]:
    plain = io.BytesIO(content)
    unpack = next((unpack for magic, unpack in _MAGIC if content.startswith(magic)), None)
    stream = _Bounded(unpack(plain) if unpack is not None else plain)
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for info in archive:
            if not 0 <= info.size <= MAX_UNPACKED:
                # It would be skipped block by block, also behind the end.
                raise UnreadableArchive(f"it unpacks to more than {MAX_UNPACKED // 2**20} MiB")
            if info.isreg():
                yield _clean(info.name), _tar_reader(archive, info)


def _tar_reader(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Callable[[int], bytes]:
    def read(most: int) -> bytes:
        file = archive.extractfile(info)
        return file.read(most) if file is not None else b""

    return read


class _Bounded(io.RawIOBase):
    """A stream that ends with an error where an archive unpacks to too much."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        super().__init__()
        self._stream = stream
        self._left = MAX_UNPACKED

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(min(size, self._left + 1) if size >= 0 else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableArchive(f"it unpacks to more than {MAX_UNPACKED // 2**20} MiB")
        return data


def _clean(path: str) -> str:
    return path.removeprefix("./")


def _is_safe(path: str) -> bool:
    parts = path.split("/")
    is_plain = path.isprintable() and "\\" not in path and ":" not in parts[0] and len(path) <= _LONGEST_PATH
    return is_plain and not {"", ".", ".."} & set(parts)


def _top(paths: list[str]) -> str:
    """Return the one folder in which all files are, with its slash; empty where there are several."""
    tops = {path.partition("/")[:2] for path in paths}
    return "".join(next(iter(tops))) if len(tops) == 1 and next(iter(tops))[1] else ""
