"""Where a request may go, and with whose credentials: scheme, host and port decide, never a name that looks alike."""

from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from requests.auth import AuthBase, HTTPBasicAuth

from scanner.index.errors import InvalidIndexPage

Origin = tuple[str, str | None, int | None]


def origin_of(url: str) -> Origin:
    """Scheme, host and port, the scheme's own port where none is written."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def split_credentials(url: str) -> tuple[str, AuthBase | None]:
    """The address without its user part and trailing slash, and what signs requests. ValueError for no address."""
    parts = urlsplit(url.rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        # never with the address itself, which may hold a password
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
        # The port is read here too, so that one that is no number is found before anything is sent.
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        # A redirect brings no credentials of its own.
        target = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    except ValueError:
        usable = False
    if not usable:
        raise InvalidIndexPage(shown, "Location", "a redirect to what is not an http or https address")
    if url.startswith("https:") and parts.scheme == "http":
        raise InvalidIndexPage(shown, "Location", "a redirect from https to http")
    return target
