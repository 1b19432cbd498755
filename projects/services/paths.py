"""Dependency files on this machine's disk, for the commands: what to read, and a mapping that reads it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from projects.domain.intake import is_dependency_file
from projects.domain.intake.limits import MAX_FILE_BYTES

# Folders that hold other people's files.
_SKIPPED = frozenset(
    {
        *(".git", ".hg", ".tox", ".nox", ".venv", "venv", "node_modules", "site-packages"),
        *("vendor", "_vendor", "third_party"),
    }
)
_DEEPEST = 6


class UnreadablePath(Exception):
    """A path on the command line that cannot be read at all."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class DiskFiles(Mapping[str, bytes]):
    """Files by path, read when asked for, so that includes are found beside the file that names them."""

    def __init__(self, roots: Iterable[str]) -> None:
        self._roots = tuple(roots)

    def __getitem__(self, path: str) -> bytes:
        try:
            with Path(path).open("rb") as file:
                # One byte more than is taken, so that the reader sees that it is too much.
                return file.read(MAX_FILE_BYTES + 1)
        except (OSError, ValueError):
            raise KeyError(path) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._roots)

    def __len__(self) -> int:
        return len(self._roots)


def load_paths(paths: Iterable[str]) -> tuple[DiskFiles, list[str]]:
    """The files to read: each path itself, or the dependency files of a directory, sorted. Raises UnreadablePath."""
    roots: list[str] = []
    for path in paths:
        if Path(path).is_dir():
            found = sorted(_in_directory(path))
            if not found:
                raise UnreadablePath(path, "no dependency file is in this directory")
            roots.extend(found)
        else:
            _check(path)
            roots.append(Path(path).as_posix())
    return DiskFiles(roots), roots


def _check(path: str) -> None:
    try:
        with Path(path).open("rb"):
            return
    except OSError as error:
        raise UnreadablePath(path, error.strerror or str(error)) from error
    except ValueError as error:
        raise UnreadablePath(path, str(error)) from error


def _in_directory(top: str) -> Iterator[str]:
    depth = len(Path(top).parts)
    for folder, inside, names in os.walk(top):
        deep = len(Path(folder).parts) - depth
        inside[:] = [] if deep >= _DEEPEST else sorted(name for name in inside if name not in _SKIPPED)
        for name in names:
            path = Path(folder, name)
            if is_dependency_file(path.relative_to(top).as_posix()):
                yield path.as_posix()
