"""Resolution of clone hosts to network addresses that may be contacted."""

from __future__ import annotations

import socket
from collections.abc import Collection

from projects.hosts.errors import HostNotAllowed, HostUnavailable
from scanner.domain.network import may_connect
from scanner.domain.translation import noop


def resolve(host: str, port: int, allowed_hosts: Collection[str] = ()) -> tuple[str, ...]:
    """Return the addresses of `host`, which replace its name in all later connections.

    Addresses that are not public are refused unless `allowed_hosts` has the host (scanner.domain.network).
    Raises HostNotAllowed, HostUnavailable.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise HostUnavailable(host, noop("its name cannot be resolved")) from None
    addresses = tuple(dict.fromkeys(str(sockaddr[0]).partition("%")[0] for *_, sockaddr in found))
    if not may_connect(host, addresses, allowed_hosts):
        raise HostNotAllowed(host, noop("its address is not public, and WHEELWAY_ALLOW_PRIVATE_HOSTS does not list it"))
    return addresses
