"""The folders of a source tree that its own files put on Python's search path."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable

from projects.domain.audit.source_tree import AuditedFile

_MOST = 100


def search_folders(files: Iterable[AuditedFile], is_folder: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the folders, as paths from the top, that files put on the path; those of tests and tools do not count.

    What a file says without a place is looked for in its folder, then in those above, up to the top.
    """
    found: dict[str, None] = {}
    for file in files:
        if file.is_aside:
            continue
        for said in file.content.path_folders:
            places = (posixpath.normpath(posixpath.join(home, said)) for home in _homes(file.path))
            folder = next((one for one in places if not one.startswith("..") and is_folder(one)), "")
            found |= {folder: None} if folder.strip("./") else {}
    return tuple(found)[:_MOST]


def _homes(path: str) -> list[str]:
    homes = [posixpath.dirname(path)]
    while homes[-1]:
        homes.append(posixpath.dirname(homes[-1]))
    return homes
