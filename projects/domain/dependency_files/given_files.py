"""The files that a user gives: their names, which of them are only includes of others, and what is stored of them."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from projects.domain.dependency_files.detection import name_for
from projects.domain.dependency_files.logins import FileLogins, hide_logins
from projects.domain.dependency_files.reader import read
from projects.domain.dependency_files.values import ParsedFiles

_INCLUDE = re.compile(rb"^[ \t]*(?:-r|-c|--requirement|--constraint)[ \t]*=?[ \t]*([^\s#]+)", re.MULTILINE)


class PreparedFiles(Struct, frozen=True):
    """Files as they are stored, without logins, with what was read from them.

    `digest` is the SHA-256 over all files as they were given, `sha256` that of each.
    """

    files: Mapping[str, bytes]
    roots: tuple[str, ...]
    parsed: ParsedFiles
    digest: str
    sha256: Mapping[str, str]
    logins: FileLogins


def prepare(files: Mapping[str, bytes], roots: Sequence[str]) -> PreparedFiles:
    """Read the files, compute their digests, and take logins out."""
    sha256 = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    digest = digest_of(files)
    hidden, logins = hide_logins(files)
    return PreparedFiles(hidden, tuple(roots), read(files, roots), digest, sha256, logins)


def with_digests(parsed: ParsedFiles, sha256: Mapping[str, str]) -> ParsedFiles:
    """Return what was read of files without logins, with the digests of the files as they were given."""
    sources = tuple(replace(one, sha256=sha256.get(one.path, one.sha256)) for one in parsed.sources)
    return replace(parsed, sources=sources)


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 of paths and contents, independent of their order."""
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(f"{path}\0{len(files[path])}\0".encode())
        total.update(files[path])
    return total.hexdigest()


def roots_of(files: Mapping[str, bytes]) -> list[str]:
    """Return the paths that no other given file includes by `-r` or `-c`, in order; all if each is included.

    So a constraints file beside them is not taken for a list of requirements.
    """
    included = {name for path, content in files.items() for name in _includes(path, content)}
    roots = [path for path in files if path not in included]
    return roots or list(files)


def name_files(pasted: bytes, uploaded: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """Return path → content of the pasted text and uploads. A name in use gets a number before its suffix.

    The pasted text gets the usual name of its format.
    """
    files: dict[str, bytes] = {}
    if pasted.strip():
        files[name_for(pasted.decode("utf-8", "replace"))] = pasted
    for name, content in uploaded:
        files[_free(name, files)] = content
    return files


def _includes(path: str, content: bytes) -> Iterable[str]:
    folder = posixpath.dirname(path)
    for match in _INCLUDE.finditer(content):
        name = posixpath.normpath(posixpath.join(folder, match[1].decode("utf-8", "replace")))
        if name != path:
            yield name


def _free(name: str, taken: Mapping[str, bytes]) -> str:
    stem, dot, suffix = name.rpartition(".")
    number, free = 2, name
    while free in taken:
        free = f"{stem}-{number}{dot}{suffix}" if stem else f"{name}-{number}"
        number += 1
    return free
