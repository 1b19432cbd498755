"""An index's address as text: how it may be shown, and whether two of them name the same place."""

from __future__ import annotations

from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


def without_credentials(url: str) -> str:
    """The address as it may be shown and stored: no user, no password, no query, no fragment, no trailing slash."""
    try:
        parts = urlsplit(url)
    except ValueError:
        # Not an address at all; what cannot be read apart may hide a password.
        return "(an address that cannot be read)"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", "")).rstrip("/")


class InvalidAddress(ValueError):
    """No client could ask this address. The text says why and never holds what stood in it."""


def parse_address(url: str) -> SplitResult:
    """The parts of an http or https address that a client could ask. Raises UnusableAddress."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        # A "/" in a password ends the host for every parser, and what follows would be taken for a path.
        raise InvalidAddress(
            "the address cannot be read apart; a password with / : @ # or ? in it needs percent-encoding"
        ) from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise InvalidAddress("an index address starts with http:// or https://")
    if not host:
        raise InvalidAddress("the address names no host")
    if port == 0:
        raise InvalidAddress("the address names no usable port")
    if "@" in parts.path + parts.query + parts.fragment:
        raise InvalidAddress("the address has an @ after its host; / ? and # in a login need percent-encoding")
    if any(not char.isprintable() or char.isspace() for char in url):
        raise InvalidAddress("the address holds white space or control characters")
    return parts


def normalize_address(url: str) -> str:
    """One spelling for all that name the same index: without credentials, host in lower case, no default port.

    What is stored and compared. Raises UnusableAddress.
    """
    parts = parse_address(url)
    host = parts.netloc.rpartition("@")[2].lower()
    if parts.port == _DEFAULT_PORTS[parts.scheme]:
        host = host.rpartition(":")[0]
    return urlunsplit((parts.scheme, host.rstrip(":"), parts.path.rstrip("/"), "", ""))


def encode_login(user: str, secret: str) -> str:
    """A login as it stands before the @ of an address, encoded as an address needs it; empty for an empty one.

    A secret without a user is a token that stands for the user, as indexes that hand out tokens write it.
    """
    return ":".join(quote(part, safe="") for part in (user, secret) if part)


def with_login(address: str, login: str) -> str:
    """The address with a login before its host; an empty one adds nothing."""
    if not login:
        return address
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc.rpartition('@')[2]}"))
