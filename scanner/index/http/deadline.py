"""A time limit for a whole answer.

A socket's timeout starts anew with every byte, so a server that sends one byte now and then is never late. Here each
read from the socket gets what is left of the answer's time: its head, its body, every redirect.
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
    """The answer took longer than it may in all."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """What this thread reads inside, through a session with DeadlineAdapter, is over after `seconds`."""
    _current.ends_at = time.monotonic() + seconds
    try:
        yield
    finally:
        _current.ends_at = None


class _BoundedIO(socket.SocketIO):
    """The raw reader under http.client's buffer."""

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
    """Stands for the socket where http.client asks for a file to read the answer from."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, mode: str) -> io.BufferedReader:
        # socket.makefile counts its files in the same way, so that close() waits for the last of them
        self._sock._io_refs += 1  # type: ignore[attr-defined]  # noqa: SLF001  # CPython's own counter
        return io.BufferedReader(_BoundedIO(self._sock))


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: Any, *arguments: Any, **keywords: Any) -> None:
        # Only TLS inside TLS (an https proxy) is no plain socket; it keeps the timeout between two bytes.
        reader: Any = _Reader(sock) if isinstance(sock, socket.socket) else sock
        super().__init__(reader, *arguments, **keywords)


class PlainConnection(HTTPConnection):
    """http, with a time limit for the whole answer."""

    response_class = _Answer


class SecureConnection(HTTPSConnection):
    """https, the same."""

    response_class = _Answer


class PlainPool(HTTPConnectionPool):
    """The http connections to one host."""

    ConnectionCls = PlainConnection


class SecurePool(HTTPSConnectionPool):
    """The https connections to one host."""

    ConnectionCls = SecureConnection


class DeadlineAdapter(HTTPAdapter):
    """requests' adapter over connections that keep `time_limit`."""

    def init_poolmanager(self, *arguments: Any, **keywords: Any) -> None:
        """Give the pools our connections."""
        super().init_poolmanager(*arguments, **keywords)
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

    def proxy_manager_for(self, *arguments: Any, **keywords: Any) -> Any:
        """The same through a proxy."""
        manager = super().proxy_manager_for(*arguments, **keywords)
        manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
        return manager
