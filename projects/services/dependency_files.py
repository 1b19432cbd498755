"""Dependency files on this machine's disk, as the mapping that intake reads from: bounded, regular files only."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from projects.domain.dependency_files import ParsedFiles, is_dependency_file
from projects.domain.dependency_files.limits import MAX_FILE_BYTES, MAX_FILES

# Other people's code and what tools make: the dependency files in them are not this project's.
_SKIPPED = {
    "__pycache__",
    "__pypackages__",
    "_vendor",
    "build",
    "dist",
    "env",
    "node_modules",
    "site-packages",
    "third_party",
    "vendor",
    "vendored",
    "venv",
    "virtualenv",
}
_KEPT_HIDDEN = {".github", ".gitea", ".forgejo"}
_MAX_DEPTH = 8


class FilesOnDisk(Mapping[str, bytes]):
    """Path as typed → content, read when asked for; one byte above intake's limit at most.

    A path that is no readable regular file is not in the mapping.
    """

    def __getitem__(self, path: str) -> bytes:
        try:
            if not Path(path).is_file():
                raise KeyError(path)
            with Path(path).open("rb") as file:
                return file.read(MAX_FILE_BYTES + 1)
        except (OSError, ValueError) as error:
            raise KeyError(path) from error

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class UnreadablePath(Exception):
    """A path that gives nothing to read. path: as typed; reason: a clause."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


def roots_of(paths: Iterable[str]) -> list[str]:
    """The files to read, each once: a path itself, or the dependency files of a directory. Raises UnreadablePath."""
    return list(dict.fromkeys(root for path in paths for root in _roots(path)))


def unreadable(parsed: ParsedFiles, roots: Iterable[str]) -> list[str]:
    """The roots that gave nothing but a problem with the whole of the file."""
    told = {one.source for one in parsed.requirements} | {one.source for one in parsed.unnamed}
    told |= {one.source for one in parsed.options} | {one.source for one in parsed.hints}
    failed = {one.path for one in parsed.problems if one.line is None or one.message.startswith("not readable")}
    return [root for root in roots if root in failed and root not in told]


def _roots(path: str) -> list[str]:
    try:
        if Path(path).is_dir():
            found = roots_in(path)
            if not found:
                raise UnreadablePath(path, "no dependency file is in this directory")
            return found
        if Path(path).is_file():
            with Path(path).open("rb"):
                return [path]
    except (OSError, ValueError) as error:
        raise UnreadablePath(path, str(error)) from error
    raise UnreadablePath(path, "no such file")


def roots_in(path: str) -> list[str]:
    """The dependency files in a directory and below, shallow ones first; virtual environments and vendored code not.

    Raises OSError if the directory itself cannot be listed.
    """
    found: list[str] = []
    os.listdir(path)  # noqa: PTH208  # os.walk would swallow the error.
    for folder, subfolders, names in os.walk(path):
        depth = os.path.relpath(folder, path).count(os.sep)
        subfolders[:] = sorted(name for name in subfolders if depth < _MAX_DEPTH and _is_ours(folder, name))
        for name in sorted(names):
            file = os.path.normpath(os.path.join(folder, name))  # noqa: PTH118  # Paths stay texts, as typed.
            if is_dependency_file(file.replace(os.sep, "/")) and len(found) < MAX_FILES:
                found.append(file)
    return sorted(found, key=lambda file: (file.count(os.sep), file))


def _is_ours(folder: str, name: str) -> bool:
    if name.lower() in _SKIPPED or (name.startswith(".") and name not in _KEPT_HIDDEN) or name.endswith(".egg-info"):
        return False
    return not Path(folder, name, "pyvenv.cfg").exists()
