"""Tests may speak to this machine only."""

import ipaddress
import socket
from typing import Any

_real_connect = socket.socket.connect
_real_connect_ex = socket.socket.connect_ex
_real_getaddrinfo = socket.getaddrinfo


class OutsideWorld(Exception):
    """A test tried to reach another machine: use the replay index, or a server on 127.0.0.1."""

    def __init__(self, host: object) -> None:
        super().__init__(f"a test tried to reach {host!r}; tests speak only to 127.0.0.1, ::1 and unix sockets")


def _is_loopback(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in ("", None, "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host).split("%", 1)[0]).is_loopback
    except ValueError:
        return False


def _check(family: int, address: Any) -> None:
    if family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
        raise OutsideWorld(address[0])


def _connect(self: socket.socket, address: Any) -> None:
    _check(self.family, address)
    _real_connect(self, address)


def _connect_ex(self: socket.socket, address: Any) -> int:
    _check(self.family, address)
    return _real_connect_ex(self, address)


def _getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    if not _is_loopback(host):
        raise OutsideWorld(host)
    return _real_getaddrinfo(host, *args, **kwargs)


def keep_to_loopback() -> None:
    """From now on, in this process, raise OutsideWorld instead of resolving or reaching another machine."""
    socket.socket.connect = _connect  # type: ignore[method-assign,assignment]  # the point of this module
    socket.socket.connect_ex = _connect_ex  # type: ignore[method-assign,assignment]  # likewise
    socket.getaddrinfo = _getaddrinfo
