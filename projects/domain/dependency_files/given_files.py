"""Which of the files that a person gave are asked for, and which only serve as their includes. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

_INCLUDE = re.compile(rb"^[ \t]*(?:-r|-c|--requirement|--constraint)[ \t]*=?[ \t]*([^\s#]+)", re.MULTILINE)
PASTED = "requirements.txt"


def roots_of(files: Mapping[str, bytes]) -> list[str]:
    """The paths that no other given file includes by `-r` or `-c`, in the given order; all when each is included.

    So a constraints file that comes along is not taken for a list of things to install.
    """
    included = {name for path, content in files.items() for name in _includes(path, content)}
    roots = [path for path in files if path not in included]
    return roots or list(files)


def name_files(pasted: bytes, uploaded: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """Path → content of what was pasted and uploaded. A name that is taken gets a number before its suffix."""
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
