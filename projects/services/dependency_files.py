"""Dependency files on the local disk, as the mapping that the reader takes: bounded, regular files only."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from projects.domain.audit.source_tree import is_test_input
from projects.domain.dependency_files import ParsedFiles, is_dependency_file
from projects.domain.dependency_files.limits import MAX_FILE_BYTES, MAX_FILES

_VENDORED = {"_vendor", "third_party", "vendor", "vendored"}
# Third-party code and the output of tools: the dependency files in them are not those of the project.
_SKIPPED = _VENDORED | {
    "__pycache__",
    "__pypackages__",
    "build",
    "dist",
    "env",
    "node_modules",
    "site-packages",
    "venv",
    "virtualenv",
}
_KEPT_HIDDEN = {".github", ".gitea", ".forgejo", ".circleci", ".azure-pipelines"}
_MAX_DEPTH = 8
# A script with its requirements in a comment (PEP 723) is recognised by this line, near the top.
_SCRIPT = re.compile(rb"^# /// script[ \t]*\r?$", re.MULTILINE)
_SCRIPT_BYTES = 64 * 1024
_MAX_SCRIPTS_READ = 5_000


class FilesOnDisk(Mapping[str, bytes]):
    """A mapping of paths as typed to contents, read on access, up to one byte above the reader's limit.

    A path that is not a readable regular file is not in the mapping.
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
    """A path with nothing to read. `path` is as typed; `reason` is a clause."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


def roots_of(paths: Iterable[str]) -> list[str]:
    """Return the files to read, each once: a path itself, or the dependency files of a directory.

    Raises UnreadablePath.
    """
    return list(dict.fromkeys(root for path in paths for root in _roots(path)))


def unreadable(parsed: ParsedFiles, roots: Iterable[str]) -> list[str]:
    """Return the roots that could not be read: each has only a problem with the whole file."""
    useful = {one.source for one in parsed.requirements} | {one.source for one in parsed.unnamed}
    useful |= {one.source for one in parsed.options} | {one.source for one in parsed.hints}
    failed = {one.path for one in parsed.problems if one.line is None or one.message.startswith("not readable")}
    return [root for root in roots if root in failed and root not in useful]


def _roots(path: str) -> list[str]:
    try:
        if Path(path).is_dir():
            found = roots_in(path)
            if not found:
                raise UnreadablePath(path, "there is no dependency file in this directory")
            return found
        if Path(path).is_file():
            with Path(path).open("rb"):
                return [path]
    except (OSError, ValueError) as error:
        raise UnreadablePath(path, str(error)) from error
    raise UnreadablePath(path, "no such file")


def roots_in(path: str) -> list[str]:
    """Return the dependency files in a directory and below, shallow ones first, without environments and vendored code.

    Nor are those read that tests of the directory take as input.
    Python scripts that state their requirements (PEP 723) are among them. Raises OSError if the directory itself cannot
    be listed.
    """
    found: list[str] = []
    scripts_read = 0
    os.listdir(path)  # noqa: PTH208  # os.walk would swallow the error.
    for folder, subfolders, names in os.walk(path):
        depth = os.path.relpath(folder, path).count(os.sep)
        subfolders[:] = sorted(name for name in subfolders if depth < _MAX_DEPTH and is_own_folder(folder, name))
        for name in sorted(names):
            file = os.path.normpath(os.path.join(folder, name))  # noqa: PTH118  # Paths stay strings, as typed.
            if is_test_input(os.path.relpath(file, path).replace(os.sep, "/")):
                continue
            is_ours = is_dependency_file(file.replace(os.sep, "/"))
            if not is_ours and name.endswith(".py") and scripts_read < _MAX_SCRIPTS_READ:
                scripts_read += 1
                is_ours = _is_script(file)
            if is_ours and len(found) < MAX_FILES:
                found.append(file)
    return sorted(found, key=lambda file: (file.count(os.sep), file))


def _is_script(path: str) -> bool:
    """Return whether a file is a Python script that states its requirements; not, if it cannot be read."""
    try:
        if not Path(path).is_file():
            return False
        with Path(path).open("rb") as file:
            return _SCRIPT.search(file.read(_SCRIPT_BYTES)) is not None
    except OSError:
        return False


def is_own_folder(folder: str, name: str) -> bool:
    """Return whether a subfolder may hold files of the project: no environment, vendored code or output of tools."""
    return is_own_name(name) and not Path(folder, name, "pyvenv.cfg").exists()


def is_own_name(name: str) -> bool:
    """Return the same of a folder by its name alone."""
    is_hidden = name.startswith(".") and name not in _KEPT_HIDDEN
    return not (name.lower() in _SKIPPED or is_hidden or name.endswith(".egg-info"))


def may_be_vendored(folder: str) -> bool:
    """Return whether a path leads only through folders of the project and of vendored code, by their names."""
    return all(is_own_name(name) or name.lower() in _VENDORED for name in folder.split("/"))
