"""An index's address, and how it may be shown."""

from urllib.parse import urlsplit, urlunsplit


def without_credentials(url: str) -> str:
    """The address as it may be shown and stored: no user, no password, no query, no fragment, no trailing slash."""
    try:
        parts = urlsplit(url)
    except ValueError:
        # Not an address at all; what cannot be read apart may hide a password.
        return "(an address that cannot be read)"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", "")).rstrip("/")
