"""The dependency files of several repositories as those of one project: each repository's below a folder of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from projects.domain.dependency_files.uploads import PATH_MAX

_LONGEST_FOLDER = 40
# Below folders of these names files are read in another way.
_SPECIAL = re.compile(r"(?:tests?|examples?|templates?|cookiecutter.*|requirements|reqs|constraints)$", re.IGNORECASE)


class RepositoryFiles(Struct, frozen=True):
    """The dependency files of one repository, with their paths in it; `name` is what its folder is to be called."""

    name: str
    files: Mapping[str, bytes]
    roots: Sequence[str]


class JoinedFiles(Struct, frozen=True):
    """The files of all repositories by their paths in the project, and the folder of each repository, in order."""

    files: Mapping[str, bytes]
    roots: tuple[str, ...]
    folders: tuple[str, ...]


def join_files(repositories: Sequence[RepositoryFiles]) -> JoinedFiles:
    """Return the files of several repositories side by side. Those of a single one keep their paths: its folder is "".

    Raises ValueError where a path gets too long to be stored; its argument is the path.
    """
    if len(repositories) == 1:
        (only,) = repositories
        return JoinedFiles(only.files, tuple(only.roots), ("",))
    folders: list[str] = []
    files: dict[str, bytes] = {}
    roots: list[str] = []
    for one in repositories:
        folder = _free(_folder(one.name), folders)
        folders.append(folder)
        files |= {f"{folder}/{path}": content for path, content in one.files.items()}
        roots += [f"{folder}/{path}" for path in one.roots]
    for path in files:
        if len(path) > PATH_MAX:
            raise ValueError(path)
    return JoinedFiles(files, tuple(roots), tuple(folders))


def path_in(folder: str, path: str) -> str | None:
    """Return the path that a file of the project has in the repository of a folder; None if it is of another."""
    if not folder:
        return path
    return path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else None


def _folder(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name)[:_LONGEST_FOLDER].strip(".-") or "repository"
    return f"{plain}-repository" if _SPECIAL.match(plain) else plain


def _free(folder: str, taken: Sequence[str]) -> str:
    used = {one.lower() for one in taken}
    number, free = 2, folder
    while free.lower() in used:
        free = f"{folder}-{number}"
        number += 1
    return free
