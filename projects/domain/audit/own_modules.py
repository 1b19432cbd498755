"""Which imports a source tree answers itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum

# Beside the top: where projects keep what they install.
_ROOTS = ("", "src", "lib", "python")
_SUFFIXES = (".py", ".pyx", ".pyi", ".so", ".pyd")


class OwnMatch(StrEnum):
    """How surely an imported module is one of the tree."""

    SURE = "sure"  # importable from the top, src/, a folder on the path, or from beside a file that is in no package
    ELSEWHERE = (
        "elsewhere"  # in another folder, or beside a file in a package: something would have to put it on the path
    )
    NO = "no"


class OwnModules:
    """The modules of a source tree, by the paths of its files.

    - on_path: the folders that the tree's own files put on Python's search path.
    - vendored: the paths of third-party code in those folders; what is deeper in it answers nothing.
    """

    def __init__(self, paths: Iterable[str], on_path: Collection[str] = (), vendored: Iterable[str] = ()) -> None:
        self._roots = (*_ROOTS, *on_path)
        self._modules: set[str] = set()
        self._folders: set[str] = set()
        self._homes: dict[str, set[str]] = {}
        for path in paths:
            self._add(path)
        for place in self._modules | self._folders:
            home, _, name = place.rpartition("/")
            self._homes.setdefault(name, set()).add(home)
        for path in vendored:
            self._add(path)

    def _add(self, path: str) -> None:
        folder, _, name = path.rpartition("/")
        if not name.endswith(_SUFFIXES):
            return
        self._modules.add(f"{folder}/{name.partition('.')[0]}".lstrip("/"))
        while folder and folder not in self._folders:
            self._folders.add(folder)
            folder = folder.rpartition("/")[0]

    def find(self, module: str, taken: Collection[str], path: str) -> OwnMatch:
        """Return how an import of a module, or of these names of it, is answered for the file at `path`."""
        # What lies beside a module of a package is not found by its bare name, unless the file is run as a program.
        beside = (folder for folder in _parents(path) if f"{folder}/__init__" not in self._modules)
        near = dict.fromkeys([*self._roots, *beside])
        if any(self._has(root, module, taken) for root in near):
            return OwnMatch.SURE
        homes = self._homes.get(module.partition(".")[0], ())
        return OwnMatch.ELSEWHERE if any(self._has(home, module, taken) for home in homes) else OwnMatch.NO

    def _has(self, root: str, module: str, taken: Collection[str]) -> bool:
        base = f"{root}/" if root else ""
        parts = module.split(".")
        top = base + parts[0]
        if top in self._modules or f"{top}/__init__" in self._modules:
            return True
        # A folder without __init__.py is a package only for what is in it.
        wanted = [base + "/".join(parts), *(base + "/".join([*parts, name]) for name in taken)]
        found = any(one in self._modules or (one in self._folders and one != top) for one in wanted)
        return top in self._folders and found


def _parents(path: str) -> Iterator[str]:
    """Yield the folder of a file and those above it."""
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
