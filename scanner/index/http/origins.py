"""Where a request may go, and with which credentials: scheme, host and port decide."""

from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from requests.auth import AuthBase, HTTPBasicAuth

from scanner.index.errors import InvalidIndexPage

Origin = tuple[str, str | None, int | None]


def origin_of(url: str) -> Origin:
    """Return scheme, host and port, with the scheme's default port."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def split_credentials(url: str) -> tuple[str, AuthBase | None]:
    """Return the address without user part and trailing slash, and the authentication. Raises ValueError."""
    parts = urlsplit(url.rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        # Without the address, which may hold a password.
        raise ValueError("an index address starts with http:// or https:// and names a host")
    user_info, at, host = parts.netloc.rpartition("@")
    clean = urlunsplit(parts._replace(netloc=host))
    if not at:
        return clean, None
    user, _, password = user_info.partition(":")
    return clean, HTTPBasicAuth(unquote(user).encode(), unquote(password).encode())


def redirect_target(url: str, location: str | None, shown: str) -> str:
    """Return the target of a redirect. Raises InvalidIndexPage where it is missing, no web address, or leaves https."""
    if not location:
        raise InvalidIndexPage(shown, "Location", "a redirect to nowhere")
    try:
        target = urljoin(url, location)
        parts = urlsplit(target)
        # Reading the port raises ValueError here, before anything is sent, if it is no number.
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        # Credentials in the redirect's address are dropped.
        target = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    except ValueError:
        usable = False
    if not usable:
        raise InvalidIndexPage(shown, "Location", "a redirect to what is not an http or https address")
    if url.startswith("https:") and parts.scheme == "http":
        raise InvalidIndexPage(shown, "Location", "a redirect from https to http")
    return target
