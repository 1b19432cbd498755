"""Dependency files on this machine's disk, as the mapping that intake reads from: bounded, regular files only."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from projects.domain.intake import is_dependency_file
from projects.domain.intake.limits import MAX_FILE_BYTES, MAX_FILES

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
