"""Read core metadata from archives without downloading them whole: wheels by range requests, sdists as streams.

Nothing is written to disk and nothing is run. Archives may be hostile: every read has a limit.
"""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import unquote, urlsplit

from packaging.utils import canonicalize_name

from scanner.domain.index_address import without_credentials
from scanner.index.archives.remote_file import RemoteFile
from scanner.index.errors import InvalidArchive, InvalidIndexPage
from scanner.index.http.bodies import bounded, unpacked

if TYPE_CHECKING:
    from scanner.index.transport import Reply, Transport

_T = TypeVar("_T")


class SdistDocuments(NamedTuple):
    """The metadata in an sdist. `requires` is None where it has no requires.txt, and where PKG-INFO was enough."""

    pkg_info: bytes
    requires: bytes | None


_MAX_MEMBERS = 200_000
# Sources compress well, and what makes an sdist large does not: unpacked bytes of a small one may be four times as many
# as of an archive, those of a large one a quarter more than were sent.
_UNPACKED_OF_SMALL, _UNPACKED_OF_LARGE = 4, 1.25
_BROKEN_ZIP = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError, IndexError,
    OverflowError, KeyError,
)  # fmt: skip
_BROKEN_TAR = (tarfile.TarError, zlib.error, struct.error, EOFError, ValueError, IndexError, OverflowError, KeyError)


class MetadataReader:
    """A reader of archives through a transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._limits = transport.limits

    def wheel(self, url: str) -> bytes:
        """Return METADATA of the wheel's dist-info folder."""
        shown = without_credentials(url)
        stem = canonicalize_name(_basename(url).split("-")[0])

        def is_metadata(path: str) -> bool:
            folder, _, rest = path.partition("/")
            return (
                rest == "METADATA"
                and folder.endswith(".dist-info")
                and (canonicalize_name(folder.split("-")[0]) == stem)
            )

        return self._from_zip(url, shown, is_metadata, "METADATA")

    def wheel_paths(self, url: str) -> list[str]:
        """Return the paths of the files in a wheel. Only the archive's directory is read."""
        shown = without_credentials(url)
        try:
            with zipfile.ZipFile(io.BufferedReader(RemoteFile(self._transport, url), 8192)) as archive:
                entries = archive.infolist()
        except _BROKEN_ZIP as error:
            raise InvalidArchive(shown, f"not a readable zip archive ({type(error).__name__})") from None
        if len(entries) > _MAX_MEMBERS:
            raise InvalidArchive(shown, f"more than {_MAX_MEMBERS:,} members")
        return [entry.filename for entry in entries if not entry.is_dir()]

    def sdist(self, url: str, is_enough: Callable[[bytes], bool]) -> SdistDocuments:
        """Return PKG-INFO of the sdist's top folder and, unless that is enough, requires.txt of its egg-info folder."""
        stem = canonicalize_name(_basename(url).rpartition("-")[0])
        collect = partial(_Collector, stem, is_enough)
        return self._read_sdist(
            url, partial(self._documents_of_tar, collect=collect), partial(self._documents_of_zip, collect=collect)
        )

    def sdist_view(self, url: str, wanted: Collection[str]) -> tuple[list[str], dict[str, bytes]]:
        """Return (paths below the top folder, contents of those in `wanted`)."""
        return self._read_sdist(
            url, partial(self._view_of_tar, wanted=wanted), partial(self._view_of_zip, wanted=wanted)
        )

    def _read_sdist(self, url: str, read_tar: Callable[[Reply, str], _T], read_zip: Callable[[str, str], _T]) -> _T:
        shown, name = without_credentials(url), _basename(url).lower()
        if name.endswith(".zip"):
            return read_zip(url, shown)
        if not name.endswith((".tar.gz", ".tgz")):
            raise InvalidArchive(shown, "only .tar.gz, .tgz and .zip sdists are read")
        with self._transport.get(url, {"Accept": "*/*", "Accept-Encoding": "identity"}) as reply:
            if reply.status != 200:
                raise InvalidArchive(shown, f"status {reply.status} was not asked for")
            try:
                return read_tar(reply, shown)
            except InvalidIndexPage as error:
                raise InvalidArchive(shown, error.message) from None
            except _BROKEN_TAR as error:
                raise InvalidArchive(shown, f"not a readable tar.gz ({type(error).__name__})") from None

    def _view_of_tar(self, reply: Reply, shown: str, wanted: Collection[str]) -> tuple[list[str], dict[str, bytes]]:
        names, texts = [], {}
        with tarfile.open(fileobj=self._stream(reply, shown), mode="r|") as archive:
            for number, member in enumerate(archive):
                if number >= _MAX_MEMBERS:
                    raise InvalidArchive(shown, f"more than {_MAX_MEMBERS:,} members")
                path = _below_top(member.name)
                if not member.isreg() or path is None:
                    continue
                names.append(path)
                if path in wanted and member.size <= self._limits.metadata:
                    content = archive.extractfile(member)
                    texts[path] = content.read() if content is not None else b""
        return names, texts

    def _view_of_zip(self, url: str, shown: str, wanted: Collection[str]) -> tuple[list[str], dict[str, bytes]]:
        names, texts = [], {}
        try:
            with zipfile.ZipFile(io.BufferedReader(RemoteFile(self._transport, url), 8192)) as archive:
                for entry in archive.infolist()[:_MAX_MEMBERS]:
                    path = _below_top(entry.filename)
                    if path is None or entry.is_dir():
                        continue
                    names.append(path)
                    if path in wanted and entry.file_size <= self._limits.metadata:
                        with archive.open(entry) as member:
                            texts[path] = member.read(self._limits.metadata)
        except _BROKEN_ZIP as error:
            raise InvalidArchive(shown, f"not a readable zip archive ({type(error).__name__})") from None
        return names, texts

    def _stream(self, reply: Reply, shown: str) -> _Stream:
        limits = self._limits
        sent = self._transport.chunks(reply, limits.sdist, wire=limits.sdist)
        most = int(max(_UNPACKED_OF_SMALL * limits.archive, _UNPACKED_OF_LARGE * limits.sdist))
        return _Stream(bounded(unpacked(sent, shown), most, shown, "bytes are unpacked"))

    def _documents_of_tar(self, reply: Reply, shown: str, collect: Callable[[], _Collector]) -> SdistDocuments:
        collector = collect()
        # "r|" reads strictly forward, so the stream needs no seek and keeps nothing.
        with tarfile.open(fileobj=self._stream(reply, shown), mode="r|") as archive:
            for number, member in enumerate(archive):
                if number >= _MAX_MEMBERS:
                    raise InvalidArchive(shown, f"more than {_MAX_MEMBERS:,} members")
                if not member.isreg() or not collector.wants(member.name):
                    continue
                content = archive.extractfile(self._within(member, member.size, shown))
                if content is not None and collector.take(member.name, content.read()):
                    break
        return collector.documents(shown)

    def _documents_of_zip(self, url: str, shown: str, collect: Callable[[], _Collector]) -> SdistDocuments:
        collector = collect()
        try:
            with zipfile.ZipFile(io.BufferedReader(RemoteFile(self._transport, url), 8192)) as archive:
                entries = [entry for entry in archive.infolist()[:_MAX_MEMBERS] if collector.wants(entry.filename)]
                for entry in sorted(entries, key=lambda entry: not entry.filename.endswith("/PKG-INFO")):
                    with archive.open(self._within(entry, entry.file_size, shown)) as member:
                        if collector.take(entry.filename, member.read(self._limits.metadata)):
                            break
        except _BROKEN_ZIP as error:
            raise InvalidArchive(shown, f"not a readable zip archive ({type(error).__name__})") from None
        return collector.documents(shown)

    def _within(self, member: _T, size: int, shown: str) -> _T:
        if size > self._limits.metadata:
            raise InvalidArchive(shown, f"its metadata are larger than {self._limits.metadata:,} bytes")
        return member

    def _from_zip(self, url: str, shown: str, wanted: Callable[[str], bool], what: str) -> bytes:
        try:
            with zipfile.ZipFile(io.BufferedReader(RemoteFile(self._transport, url), 8192)) as archive:
                found = [entry for entry in archive.infolist() if wanted(entry.filename)]
                if len(found) != 1:
                    raise InvalidArchive(shown, f"{len(found) or 'no'} {what} where one should be")
                if found[0].file_size > self._limits.metadata:
                    raise InvalidArchive(shown, f"{what} is larger than {self._limits.metadata:,} bytes")
                with archive.open(found[0]) as member:
                    body = member.read(self._limits.metadata + 1)
        except _BROKEN_ZIP as error:
            raise InvalidArchive(shown, f"not a readable zip archive ({type(error).__name__})") from None
        if len(body) > self._limits.metadata:
            raise InvalidArchive(shown, f"{what} is larger than {self._limits.metadata:,} bytes")
        return body


class _Collector:
    """The documents of one sdist as they come. `stem` is the normalised name of its package."""

    def __init__(self, stem: str, is_enough: Callable[[bytes], bool]) -> None:
        self._stem, self._is_enough = stem, is_enough
        self._pkg_info: bytes | None = None
        self._requires: bytes | None = None

    def wants(self, path: str) -> bool:
        """Return whether the path is that of a document."""
        return _is_pkg_info(path.removeprefix("./")) or self._is_requires(path)

    def take(self, path: str, content: bytes) -> bool:
        """Keep a document. Return whether nothing else is needed."""
        if self._is_requires(path):
            self._requires = content
        else:
            self._pkg_info = content
        known = self._pkg_info
        return known is not None and (self._requires is not None or self._is_enough(known))

    def documents(self, shown: str) -> SdistDocuments:
        """Return what was found. Raises InvalidArchive where there is no PKG-INFO."""
        if self._pkg_info is None:
            raise InvalidArchive(shown, "there is no PKG-INFO in its top folder")
        return SdistDocuments(self._pkg_info, self._requires)

    def _is_requires(self, path: str) -> bool:
        # Beside the packages or in src/; those of other names are data of tests.
        folder, _, name = (_below_top(path) or "").rpartition("/")
        stem, _, ending = folder.rpartition("/")[2].rpartition(".")
        in_place = folder.count("/") <= 1 and ending == "egg-info"
        return name == "requires.txt" and in_place and canonicalize_name(stem) == self._stem


def _below_top(path: str) -> str | None:
    """Return the path below the archive's top folder, None for a file outside it."""
    _, slash, rest = path.removeprefix("./").partition("/")
    return rest if slash and rest else None


def _is_pkg_info(path: str) -> bool:
    return path.count("/") == 1 and path.endswith("/PKG-INFO")


def _basename(url: str) -> str:
    return unquote(urlsplit(url).path.rpartition("/")[2])


class _Stream(io.RawIOBase):
    """Chunks as a file that is read forward."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return `size` bytes, fewer only at the end: tarfile takes a short read for the end of the file."""
        pieces, missing = [], size
        while missing > 0:
            if not self._rest:
                self._rest = next(self._chunks, b"")
                if not self._rest:
                    break
            piece, self._rest = self._rest[:missing], self._rest[missing:]
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)
