"""The network addresses to which the server connects on behalf of users, who are not trusted."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Addresses with an IPv4 address inside, to which a translator sends packets (RFC 6052). The prefix for local use
# (RFC 8215) is never public.
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
_TRANSLATED_LOCALLY = ipaddress.IPv6Network("64:ff9b:1::/48")


def may_connect(host: str, addresses: Iterable[str], allowed_hosts: Collection[str] = ()) -> bool:
    """Return whether the server may connect to `host`, which resolves to `addresses`, on behalf of a user.

    Every address must be public, unless the operator lists the host by name: loopback, private, link-local (cloud
    metadata) and multicast addresses are not. Connect to one of these addresses, not to the name, which may resolve to
    another address the next time. Raises ValueError for what is not an address.
    """
    return is_allow_listed(host, allowed_hosts) or all(
        is_public(ipaddress.ip_address(address.partition("%")[0])) for address in addresses
    )


def is_allow_listed(host: str, allowed_hosts: Collection[str]) -> bool:
    """Return whether the operator lists the host, by its whole name."""
    return host.lower().rstrip(".") in {allowed.lower().rstrip(".") for allowed in allowed_hosts}


def is_public(address: Address) -> bool:
    """Return whether the address is public, as is the IPv4 address that an IPv6 one contains."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _TRANSLATED:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        # Site-local addresses (RFC 3879) are private; the standard library counts them as global.
        if address.is_site_local or address in _TRANSLATED_LOCALLY:
            return False
        inner = [part for part in (address.sixtofour, *(address.teredo or ())) if part is not None]
        if not all(is_public(part) for part in inner):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
