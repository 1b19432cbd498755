"""A time limit for a whole answer.

A socket's timeout restarts with every byte, so a server that sends a byte now and then never exceeds it. Here each read
from the socket gets the rest of the answer's time: for its head, its body and every redirect.
"""

import http.client
import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_current = threading.local()


class DeadlinePassed(TimeoutError):
    """An answer that exceeded its time limit."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Limit the reads of this thread, through a session with DeadlineAdapter, to `seconds` in all."""
    _current.ends_at = time.monotonic() + seconds
    try:
        yield
    finally:
        _current.ends_at = None


class _BoundedIO(socket.SocketIO):
    """The raw reader below http.client's buffer."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock, "rb")
        self._silence = sock.gettimeout()
        self._reads_from = sock

    def readinto(self, buffer: Any) -> int | None:
        ends_at = getattr(_current, "ends_at", None)
        if ends_at is not None:
            left = ends_at - time.monotonic()
            if left <= 0:
                raise DeadlinePassed
            if self._silence is None or left < self._silence:
                self._reads_from.settimeout(left)
                try:
                    return super().readinto(buffer)
                except TimeoutError:
                    raise DeadlinePassed from None
        return super().readinto(buffer)


class _Reader:
    """A socket for http.client, which reads the answer from its file."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, mode: str) -> io.BufferedReader:
        # As in socket.makefile, which counts files so that close() waits for the last of them.
        self._sock._io_refs += 1  # type: ignore[attr-defined]  # noqa: SLF001  # CPython's own counter
        return io.BufferedReader(_BoundedIO(self._sock))


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: Any, *arguments: Any, **keywords: Any) -> None:
        # Only TLS inside TLS (an https proxy) is no socket; it keeps the timeout between two bytes.
        reader: Any = _Reader(sock) if isinstance(sock, socket.socket) else sock
        super().__init__(reader, *arguments, **keywords)


class PlainConnection(HTTPConnection):
    """An http connection with a time limit for the whole answer."""

    response_class = _Answer


class SecureConnection(HTTPSConnection):
    """An https connection with a time limit for the whole answer."""

    response_class = _Answer


class PlainPool(HTTPConnectionPool):
    """The pool of http connections to one host."""

    ConnectionCls = PlainConnection


class SecurePool(HTTPSConnectionPool):
    """The pool of https connections to one host."""

    ConnectionCls = SecureConnection


class DeadlineAdapter(HTTPAdapter):
    """An adapter of requests whose connections keep `time_limit`."""

    def init_poolmanager(self, *arguments: Any, **keywords: Any) -> None:
        """Create the pools with these connections."""
        super().init_poolmanager(*arguments, **keywords)
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

    def proxy_manager_for(self, *arguments: Any, **keywords: Any) -> Any:
        """Create the same pools for a proxy."""
        manager = super().proxy_manager_for(*arguments, **keywords)
        manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
        return manager
