"""Which network addresses a clone address may lead to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection

from projects.hosts.errors import HostRefused, HostUnavailable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Addresses that carry an IPv4 address inside, which is where a translator would send them.
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


def resolve(host: str, port: int, allowed_hosts: Collection[str] = ()) -> tuple[str, ...]:
    """Return the addresses of `host`, to be used instead of its name from here on.

    Every one of them must be public, unless the operator lists the host by name in `allowed_hosts`: loopback,
    private, link-local (cloud metadata) and multicast addresses are refused. Raises HostRefused, HostUnavailable.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise HostUnavailable(host, "its name does not resolve") from None
    addresses = tuple(dict.fromkeys(str(sockaddr[0]).partition("%")[0] for *_, sockaddr in found))
    if host not in allowed_hosts and not all(is_public(ipaddress.ip_address(address)) for address in addresses):
        raise HostRefused(host, "its address is not public, and WHEELWAY_ALLOW_PRIVATE_HOSTS does not list it")
    return addresses


def is_public(address: Address) -> bool:
    """Whether anyone on the Internet could be asked there, also behind the IPv4 address that an IPv6 one carries."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _TRANSLATED:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        inner = [part for part in (address.sixtofour, *(address.teredo or ())) if part is not None]
        if not all(is_public(part) for part in inner):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
