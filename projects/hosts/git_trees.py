"""Paths in git tree objects, with symbolic links resolved, without using a file system."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

_LINKS_FOLLOWED = 16
_PATH_MAX = 300
_COMMIT_TREE = re.compile(rb"tree ([0-9a-f]{40}(?:[0-9a-f]{24})?)\n")

Read = Callable[[Sequence[str]], Mapping[str, bytes]]


class TreeEntry(Struct, frozen=True):
    """One entry of a tree. `mode` is git's, in octal."""

    mode: str
    oid: str

    @property
    def is_tree(self) -> bool:
        """Whether the entry is a folder."""
        return self.mode == "40000"

    @property
    def is_link(self) -> bool:
        """Whether the entry is a symbolic link."""
        return self.mode == "120000"

    @property
    def is_file(self) -> bool:
        """Whether the entry is a regular file."""
        return self.mode in ("100644", "100755", "100664")


class TreeReader:
    """The paths of one commit. `read` returns fetched objects, `read_links` the targets of symbolic links."""

    def __init__(self, commit: str, read: Read, read_links: Read) -> None:
        self._read = read
        self._read_links = read_links
        self._trees: dict[str, dict[str, TreeEntry]] = {}
        found = _COMMIT_TREE.match(read([commit])[commit])
        # Even an empty commit has a tree. Anything else is not a commit, and has no paths.
        self._root = found[1].decode() if found else ""

    def paths(self, levels: int) -> list[str]:
        """Return the sorted paths of files down to `levels` folders.

        Folders whose name begins with a dot are left out, as are names that cannot be displayed or stored.
        """
        found: list[str] = []
        self._walk("", self._root, levels, found)
        return sorted(found)

    def locate(self, path: str) -> TreeEntry | None:
        """Return the file at `path`, following links that stay inside the tree. None if there is none.

        A path of more than 300 characters is never found, since it could not be stored.
        """
        pending = path.split("/") if len(path) <= _PATH_MAX else []
        trail = [self._root]
        links = 0
        while pending:
            name = pending.pop(0)
            if name in ("", "."):
                continue
            if name == "..":
                trail.pop()
                if not trail:
                    return None
                continue
            entry = self._entries(trail[-1]).get(name)
            if entry is None:
                return None
            if entry.is_tree:
                trail.append(entry.oid)
            elif entry.is_link:
                links += 1
                target = self._read_links([entry.oid])[entry.oid].decode("utf-8", "surrogateescape")
                if links > _LINKS_FOLLOWED or not target or target.startswith("/"):
                    return None
                pending = [*target.split("/"), *pending]
            else:
                return entry if entry.is_file and not pending else None
        return None

    def _walk(self, prefix: str, oid: str, levels: int, found: list[str]) -> None:
        for name, entry in self._entries(oid).items():
            if not name.isprintable() or len(prefix + name) > _PATH_MAX:
                continue
            if entry.is_file or entry.is_link:
                found.append(prefix + name)
            elif entry.is_tree and levels > 1 and not name.startswith("."):
                self._walk(f"{prefix}{name}/", entry.oid, levels - 1, found)

    def _entries(self, oid: str) -> dict[str, TreeEntry]:
        if not oid:
            return {}
        if oid not in self._trees:
            self._trees[oid] = parse_tree(self._read([oid])[oid], len(oid) // 2)
        return self._trees[oid]


def parse_tree(content: bytes, oid_size: int) -> dict[str, TreeEntry]:
    """Parse a tree object: repeated "<mode> <name>", a NUL, and an object id of `oid_size` bytes.

    A truncated entry ends parsing. Names that cannot be part of a path are left out.
    """
    entries: dict[str, TreeEntry] = {}
    position = 0
    while (end := content.find(b"\0", position)) != -1:
        mode, _, name = content[position:end].partition(b" ")
        oid = content[end + 1 : end + 1 + oid_size]
        position = end + 1 + oid_size
        if len(oid) < oid_size:
            break
        text = name.decode("utf-8", "surrogateescape")
        if text not in ("", ".", "..") and "/" not in text:
            entries[text] = TreeEntry(mode.decode("ascii", "replace"), oid.hex())
    return entries
