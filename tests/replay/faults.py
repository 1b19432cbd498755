"""What can go wrong with an index, on request. Each fault sends one answer instead of the right one.

A fault gets the connection (`Wire`) and the answer that would have been sent. `times` on ReplayIndex.fail says how
often it strikes; None is until cleared.
"""

import os
import socket
import struct
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from msgspec import Struct, field


class Answer(Struct, frozen=True):
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Wire(Protocol):
    """The part of a connection that faults use."""

    @property
    def stopping(self) -> threading.Event: ...

    def send_answer(self, answer: Answer) -> None: ...
    def send_start(self, status: int, headers: Mapping[str, str]) -> None: ...
    def send_bytes(self, data: bytes) -> None: ...
    def drop(self) -> None: ...
    def raw_socket(self) -> socket.socket: ...


class Fault(Protocol):
    def strike(self, wire: Wire, answer: Answer) -> None: ...


class Status(Struct, frozen=True):
    """An error status; `retry_after` as sent: seconds or an HTTP date."""

    code: int
    retry_after: str | int | None = None
    body: bytes = b"try later"

    def strike(self, wire: Wire, answer: Answer) -> None:
        headers = {"Content-Type": "text/plain"}
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        wire.send_answer(Answer(self.code, headers, self.body))


class Replace(Struct, frozen=True):
    """Another body, content type or both under status 200: garbage, a captive portal, a half-broken proxy."""

    body: bytes | None = None
    content_type: str | None = None

    def strike(self, wire: Wire, answer: Answer) -> None:
        headers = {"Content-Type": answer.headers.get("Content-Type", "text/html")}
        if self.content_type is not None:
            headers["Content-Type"] = self.content_type
        wire.send_answer(Answer(200, headers, answer.body if self.body is None else self.body))


class Then(Struct, frozen=True):
    """The right answer; then something happens."""

    action: Callable[[], None]

    def strike(self, wire: Wire, answer: Answer) -> None:
        wire.send_answer(answer)
        self.action()


class Encoded(Struct, frozen=True):
    """The right type, this body, and a Content-Encoding that may or may not be true."""

    body: bytes
    coding: str

    def strike(self, wire: Wire, answer: Answer) -> None:
        headers = {"Content-Type": answer.headers.get("Content-Type", "text/html"), "Content-Encoding": self.coding}
        wire.send_answer(Answer(200, headers, self.body))


class Redirect(Struct, frozen=True):
    """302 to anywhere; with location "loop" back to the same address."""

    location: str
    cookie: str | None = None

    def strike(self, wire: Wire, answer: Answer) -> None:
        location = answer.headers.get("X-Replay-Url", "/") if self.location == "loop" else self.location
        headers = {"Location": location}
        if self.cookie is not None:
            headers["Set-Cookie"] = self.cookie
        wire.send_answer(Answer(302, headers))


class Truncated(Struct, frozen=True):
    """Promises the whole body, sends a part of it, closes."""

    share: float = 0.5

    def strike(self, wire: Wire, answer: Answer) -> None:
        wire.send_start(answer.status, {**answer.headers, "Content-Length": str(len(answer.body))})
        wire.send_bytes(answer.body[: int(len(answer.body) * self.share)])
        wire.drop()


class CutQuietly(Struct, frozen=True):
    """Sends a part of the body as if it were all of it: right length, wrong content."""

    share: float = 0.5

    def strike(self, wire: Wire, answer: Answer) -> None:
        wire.send_answer(Answer(answer.status, answer.headers, answer.body[: int(len(answer.body) * self.share)]))


class Reset(Struct, frozen=True):
    """A TCP reset, before the answer or in the middle of its body."""

    after_bytes: int = 0

    def strike(self, wire: Wire, answer: Answer) -> None:
        if self.after_bytes:
            wire.send_start(answer.status, {**answer.headers, "Content-Length": str(len(answer.body))})
            wire.send_bytes(answer.body[: self.after_bytes])
        connection = wire.raw_socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wire.drop()
        # Closed under the server's feet: an orderly shutdown would send FIN first.
        os.close(connection.detach())


class Silence(Struct, frozen=True):
    """Sends the head (or nothing) and a few bytes, then nothing more until the client leaves or the server stops."""

    after_bytes: int = 0
    head: bool = False

    def strike(self, wire: Wire, answer: Answer) -> None:
        if self.head or self.after_bytes:
            wire.send_start(answer.status, {**answer.headers, "Content-Length": str(len(answer.body))})
            wire.send_bytes(answer.body[: self.after_bytes])
        connection = wire.raw_socket()
        connection.settimeout(0.05)
        while not wire.stopping.is_set():
            try:
                if not connection.recv(1):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        wire.drop()


class Drip(Struct, frozen=True):
    """The right body in tiny pieces with a pause after each; nothing a read timeout would notice."""

    piece: int = 1
    pause: float = 0.02

    def strike(self, wire: Wire, answer: Answer) -> None:
        wire.send_start(answer.status, {**answer.headers, "Content-Length": str(len(answer.body))})
        for start in range(0, len(answer.body), self.piece):
            wire.send_bytes(answer.body[start : start + self.piece])
            if wire.stopping.wait(self.pause):
                break
        wire.drop()


class Oversized(Struct, frozen=True):
    """A body of that many bytes, without saying so before: white space, which any parser would swallow."""

    size: int
    announced: bool = False

    def strike(self, wire: Wire, answer: Answer) -> None:
        headers = {"Content-Type": answer.headers.get("Content-Type", "text/html"), "Connection": "close"}
        if self.announced:
            headers["Content-Length"] = str(self.size)
        wire.send_start(200, headers)
        for piece in _spaces(self.size):
            wire.send_bytes(piece)
        wire.drop()


class GzipBomb(Struct, frozen=True):
    """A small gzip body that unpacks to that many bytes."""

    size: int

    def strike(self, wire: Wire, answer: Answer) -> None:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        body = b"".join(packer.compress(piece) for piece in _spaces(self.size)) + packer.flush()
        headers = {"Content-Type": answer.headers.get("Content-Type", "text/html"), "Content-Encoding": "gzip"}
        wire.send_answer(Answer(200, headers, body))


def _spaces(size: int) -> Iterator[bytes]:
    piece = b" " * 65536
    while size > 0:
        yield piece[:size]
        size -= len(piece)
