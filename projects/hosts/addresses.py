"""Which network addresses a clone address may lead to."""

from __future__ import annotations

import socket
from collections.abc import Collection

from projects.hosts.errors import HostNotAllowed, HostUnavailable
from scanner.domain.network import may_connect


def resolve(host: str, port: int, allowed_hosts: Collection[str] = ()) -> tuple[str, ...]:
    """Return the addresses of `host`, to be used instead of its name from here on.

    Those that a user may not have asked are refused (scanner.domain.network). Raises HostRefused, HostUnavailable.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise HostUnavailable(host, "its name does not resolve") from None
    addresses = tuple(dict.fromkeys(str(sockaddr[0]).partition("%")[0] for *_, sockaddr in found))
    if not may_connect(host, addresses, allowed_hosts):
        raise HostNotAllowed(host, "its address is not public, and WHEELWAY_ALLOW_PRIVATE_HOSTS does not list it")
    return addresses
