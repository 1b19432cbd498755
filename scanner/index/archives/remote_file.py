"""A file on a server as a seekable file: its end is fetched at once, other parts by range requests, within limits."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from scanner.domain.index_address import without_credentials
from scanner.index.errors import InvalidArchive, InvalidIndexPage

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from scanner.index.transport import Reply, Transport

_STEP = 65_536
_MAX_REQUESTS = 12
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})\Z")


class RemoteFile(io.RawIOBase):
    """A readable, seekable file. Reads raise InvalidArchive if the server contradicts itself or a limit is exceeded.

    A server without range requests sends the whole file, which is accepted if it is within the limit.
    """

    def __init__(self, transport: Transport, url: str, tail: int = _STEP) -> None:
        """Fetch the last `tail` bytes of the file."""
        super().__init__()
        self._transport = transport
        self._url = url
        self._shown = without_credentials(url)
        self._budget = transport.limits.archive
        self._requests = 0
        self._parts: list[tuple[int, bytes]] = []
        self._position = 0
        self.size = 0
        self._fetch_tail(tail)

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Set the position and return it. Sends no request."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def tell(self) -> int:
        """Return the position."""
        return self._position

    @property
    def received(self) -> int:
        """The bytes that were received so far."""
        return self._transport.limits.archive - self._budget

    def range(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` up to `end`, by one request unless they are known."""
        for begin, data in self._parts:
            if begin <= start and end <= begin + len(data):
                return data[start - begin : end - begin]
        begin, data, total = self._ranged(f"bytes={start}-{end - 1}")
        if begin != start or total != self.size or len(data) != end - start:
            raise InvalidArchive(self._shown, "the server sent another range than asked for")
        return data

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read some bytes into `buffer` and return how many; 0 at the end."""
        view = memoryview(buffer).cast("B")
        wanted = min(len(view), max(0, self.size - self._position))
        if wanted <= 0:
            return 0
        piece = self._piece(self._position, wanted)
        view[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def _piece(self, start: int, wanted: int) -> bytes:
        """Return some bytes from `start` on, at least one."""
        for begin, data in self._parts:
            if begin <= start < begin + len(data):
                return data[start - begin : start - begin + wanted]
        # Up to the next known part, and at least a step: zip readers read a few bytes at a time.
        ends = [begin for begin, _ in self._parts if begin > start]
        end = min([start + max(wanted, _STEP), self.size, *ends])
        begin, data, total = self._ranged(f"bytes={start}-{end - 1}")
        if begin != start or total != self.size or not data:
            raise InvalidArchive(self._shown, "the server sent another range than asked for")
        self._parts.append((begin, data))
        return data[:wanted]

    def _fetch_tail(self, size: int) -> None:
        begin, data, self.size = self._ranged(f"bytes=-{size}", accept_whole=True)
        if begin + len(data) != self.size:
            raise InvalidArchive(self._shown, "the server sent another range than asked for")
        self._parts.append((begin, data))

    def _ranged(self, asked: str, *, accept_whole: bool = False) -> tuple[int, bytes, int]:
        """Return (position of the first byte, data, size of the file)."""
        self._requests += 1
        if self._requests > _MAX_REQUESTS:
            raise InvalidArchive(self._shown, f"its directory is scattered over more than {_MAX_REQUESTS} reads")
        headers = {"Range": asked, "Accept": "*/*", "Accept-Encoding": "identity"}
        with self._transport.get(self._url, headers) as reply:
            if reply.status == 200 and accept_whole:
                data = self._body(reply)
                return 0, data, len(data)
            found = _CONTENT_RANGE.match(reply.headers.get("Content-Range", "").strip())
            if reply.status != 206 or found is None:
                raise InvalidArchive(self._shown, f"a ranged request was answered with {reply.status}")
            first, last, size = (int(number) for number in found.groups())
            data = self._body(reply)
        if len(data) != last - first + 1:
            raise InvalidArchive(self._shown, "the server sent another range than it says")
        return first, data, size

    def _body(self, reply: Reply) -> bytes:
        try:
            data = self._transport.read(reply, self._budget)
        except InvalidIndexPage as error:
            raise InvalidArchive(self._shown, error.message) from None
        self._budget -= len(data)
        return data
