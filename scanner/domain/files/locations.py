"""Compact storage of file URLs: the files of a package share a base URL; most folders are named by a digest.

A location is the part of a URL between the base and the file name. Its first byte gives the encoding: 32 bytes for a
folder of 64 hex digits as `ab/cd/rest/`, text for any other folder, or the whole URL.
"""

import re
from collections.abc import Sequence

_DIGEST_FOLDER = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/([0-9a-f]{60})/")
_WHOLE, _DIGEST, _FOLDER = b"\0", b"\1", b"\2"


def base_of(url: str, filename: str) -> str:
    """Return the base URL of a package's files, derived from one of them; empty when it cannot be derived."""
    if not url.endswith(f"/{filename}"):
        return ""
    folder = url[: -len(filename)]
    return folder[:-67] if _DIGEST_FOLDER.fullmatch(folder[-67:]) else folder


def pack_location(url: str, filename: str, base: str) -> bytes:
    """Encode a URL. `unpack_location` decodes it with the same file name and base."""
    end = len(url) - len(filename)
    if not base or not url.startswith(base) or not url.endswith(filename) or url[end - 1] != "/":
        return _WHOLE + url.encode()
    # Empty when the base is the whole folder of the file.
    folder = url[len(base) : end]
    if _DIGEST_FOLDER.fullmatch(folder):
        return _DIGEST + bytes.fromhex(folder.replace("/", ""))
    return _FOLDER + folder.encode()


def pack_locations(urls: Sequence[str], filenames: Sequence[str], base: str) -> list[bytes]:
    """Encode the URLs of these files as `pack_location` does."""
    return [
        _FOLDER if base and url == base + filename else pack_location(url, filename, base)
        for url, filename in zip(urls, filenames, strict=True)
    ]


def unpack_location(location: bytes, filename: str, base: str) -> str:
    """Return the URL that `pack_location` encoded."""
    how, rest = location[:1], location[1:]
    if how == _WHOLE:
        return rest.decode()
    if how == _FOLDER:
        return base + rest.decode() + filename
    digits = rest.hex()
    return f"{base}{digits[:2]}/{digits[2:4]}/{digits[4:]}/{filename}"
