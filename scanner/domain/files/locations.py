"""Where a file is, in few bytes: the files of a package lie below one address, mostly in folders named by a digest.

A location is the part of a file's URL between its package's base and its own name. The first byte says how it is
written: a folder of 64 hex digits as `ab/cd/rest/`, which is 32 bytes; any other folder, as text; a whole URL.
"""

import re

_DIGEST_FOLDER = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/([0-9a-f]{60})/")
_WHOLE, _DIGEST, _FOLDER = b"\0", b"\1", b"\2"


def base_of(url: str, filename: str) -> str:
    """The address below which a package's files lie, told from one of them; empty when nothing can be told."""
    if not url.endswith(f"/{filename}"):
        return ""
    folder = url[: -len(filename)]
    return folder[:-67] if _DIGEST_FOLDER.fullmatch(folder[-67:]) else folder


def pack_location(url: str, filename: str, base: str) -> bytes:
    """What `unpack_location` makes this URL of again, with the same file name and base."""
    end = len(url) - len(filename)
    if not base or not url.startswith(base) or not url.endswith(filename) or url[end - 1] != "/":
        return _WHOLE + url.encode()
    # Of a base that is the file's whole folder nothing is left.
    folder = url[len(base) : end]
    if _DIGEST_FOLDER.fullmatch(folder):
        return _DIGEST + bytes.fromhex(folder.replace("/", ""))
    return _FOLDER + folder.encode()


def unpack_location(location: bytes, filename: str, base: str) -> str:
    """The URL that was packed."""
    how, rest = location[:1], location[1:]
    if how == _WHOLE:
        return rest.decode()
    if how == _FOLDER:
        return base + rest.decode() + filename
    digits = rest.hex()
    return f"{base}{digits[:2]}/{digits[2:4]}/{digits[4:]}/{filename}"
