"""The URL of an index: how it is shown, and whether two URLs mean the same index."""

from __future__ import annotations

from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from scanner.domain.translation import noop

_DEFAULT_PORTS = {"http": 80, "https": 443}


def without_credentials(url: str) -> str:
    """Return the URL without user, password, query, fragment and trailing slash, so that it may be shown and stored."""
    try:
        parts = urlsplit(url)
    except ValueError:
        # What cannot be parsed may hold a password.
        return "(an address that cannot be read)"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", "")).rstrip("/")


class InvalidAddress(ValueError):
    """A URL that no client can request. The text says why and never quotes the URL."""


def parse_address(url: str) -> SplitResult:
    """Split an http or https URL into its parts. Raises InvalidAddress."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        # A "/" in a password ends the host for every parser, and the rest would be taken for the path.
        raise InvalidAddress(noop("the address cannot be parsed; percent-encode / : @ # and ? in a password")) from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise InvalidAddress(noop("an index address starts with http:// or https://"))
    if not host:
        raise InvalidAddress(noop("the address has no host"))
    if port == 0:
        raise InvalidAddress(noop("the address has no usable port"))
    if "@" in parts.path + parts.query + parts.fragment:
        raise InvalidAddress(noop("the address has an @ after its host; percent-encode / ? and # in a login"))
    if any(not char.isprintable() or char.isspace() for char in url):
        raise InvalidAddress(noop("the address has white space or control characters"))
    return parts


def normalize_address(url: str) -> str:
    """Return the one spelling of an index URL that is stored and compared. Raises InvalidAddress.

    It has no credentials, the host in lower case and no default port.
    """
    parts = parse_address(url)
    host = parts.netloc.rpartition("@")[2].lower()
    if parts.port == _DEFAULT_PORTS[parts.scheme]:
        host = host.rpartition(":")[0]
    return urlunsplit((parts.scheme, host.rstrip(":"), parts.path.rstrip("/"), "", ""))


def encode_login(user: str, secret: str) -> str:
    """Return a login as it is written before the @ of a URL, percent-encoded; empty for an empty one.

    A secret without a user is a token in the place of the user.
    """
    return ":".join(quote(part, safe="") for part in (user, secret) if part)


def with_login(address: str, login: str) -> str:
    """Return the URL with a login before its host; an empty login adds nothing."""
    if not login:
        return address
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc.rpartition('@')[2]}"))
