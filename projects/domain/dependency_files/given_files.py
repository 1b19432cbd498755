"""The files that a user gives: their names, and which of them are only includes of others."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

_INCLUDE = re.compile(rb"^[ \t]*(?:-r|-c|--requirement|--constraint)[ \t]*=?[ \t]*([^\s#]+)", re.MULTILINE)
PASTED = "requirements.txt"


def roots_of(files: Mapping[str, bytes]) -> list[str]:
    """Return the paths that no other given file includes by `-r` or `-c`, in order; all if each is included.

    So a constraints file beside them is not taken for a list of requirements.
    """
    included = {name for path, content in files.items() for name in _includes(path, content)}
    roots = [path for path in files if path not in included]
    return roots or list(files)


def name_files(pasted: bytes, uploaded: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """Return path → content of the pasted text and uploads. A name in use gets a number before its suffix."""
    files: dict[str, bytes] = {}
    if pasted.strip():
        files[PASTED] = pasted
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
