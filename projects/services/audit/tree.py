"""Reading of a source tree, on the disk or of a commit: bounded, in a child process, and without running anything."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from projects.domain.audit.notebooks import LARGEST_NOTEBOOK
from projects.domain.audit.search_folders import search_folders
from projects.domain.audit.source_tree import AuditedFile, is_source, read_sources
from projects.domain.dependency_files.limits import MAX_FILE_BYTES
from projects.domain.python_places.read import LARGEST_FILE, may_name_python, read_places
from projects.domain.python_places.values import PythonPlace
from projects.services.dependency_files import is_own_folder, is_own_name, may_be_vendored
from projects.services.reading import ReadingLimitReached, run_limited
from scanner.domain.source.python_file import PythonFile, UnreadKind, UnreadSource
from scanner.domain.source.read import LARGEST

MAX_SOURCES = 20_000
_MAX_PATHS = 200_000
_MAX_DEPTH = 30
# What goes to the child at once.
_BATCH_FILES, _BATCH_BYTES = 200, 8 * 1024 * 1024
# Files other than sources in which a package may be named: settings, start commands, workflows.
_TEXTS = (".cfg", ".toml", ".ini", ".yml", ".yaml", ".json", ".txt", ".sh", ".conf", ".env", ".html")
_NAMED_TEXTS = {"Procfile", "Dockerfile", "Makefile", "Justfile", "justfile"}
# These name what is required, not what is used.
_REQUIRED = re.compile(
    r"(?:requirements?|constraints?).*\.(?:txt|in)$|lock(?:\.json|\.toml)?$|^Pipfile|^pylock", re.IGNORECASE
)
_NOT_ITS_OWN = re.compile(r"(?:^|/)(?:tests?|examples?|templates?|cookiecutter[^/]*|\{\{[^/]*)/")
_MAX_PLACES = 500
_MAX_TEXT = 512 * 1024

Content = Callable[[str, int], bytes]


class SourceTree(Struct, frozen=True):
    """The files of a tree: the sources, read, and the paths of all.

    - content: returns the first bytes of the file at a path, at most so many.
    - root: the folder on the disk, None for a tree that is not there.
    - left_out: the number of sources beyond the limit.
    - on_path: the folders that the sources put on Python's search path, also where they are vendored code.
    - vendored: the paths of the files in those of them that are skipped as vendored code.
    """

    files: tuple[AuditedFile, ...]
    paths: tuple[str, ...]
    content: Content
    root: Path | None = None
    left_out: int = 0
    on_path: tuple[str, ...] = ()
    vendored: tuple[str, ...] = ()


def read_tree(root: Path) -> SourceTree:
    """Read the Python files and notebooks below a folder, or one file. Environments and vendored code are skipped."""
    if root.is_file():
        paths, base = [root.name], root.parent
    else:
        paths, base = list(_walk(root)), root
    tree = _tree(paths, partial(_bytes_below, base), base)
    return _with_search_path(tree, lambda folder: _is_plain_folder(base / folder), partial(_files_below, base))


def read_commit_tree(paths: Iterable[str], contents: Mapping[str, bytes]) -> SourceTree:
    """Read the same of a commit, given all its paths and the contents of the files that are wanted."""
    every = list(paths)
    tree = _tree(list(filter(is_own_path, every)), lambda path, most: contents.get(path, b"")[:most], None)
    folders = _folders_of(every)
    return _with_search_path(tree, folders.__contains__, lambda top: [path for path in every if path.startswith(top)])


def _with_search_path(
    tree: SourceTree, is_folder: Callable[[str], bool], below: Callable[[str], Iterable[str]]
) -> SourceTree:
    """Return a tree with the folders that its files put on the path. `below` lists the files whose paths start so."""
    on_path = search_folders(tree.files, lambda folder: may_be_vendored(folder) and is_folder(folder))
    skipped = (f"{folder}/" for folder in on_path if not is_own_path(f"{folder}/"))
    vendored = islice((path for folder in skipped for path in below(folder)), _MAX_PATHS)
    return replace(tree, on_path=on_path, vendored=tuple(vendored))


def path_below(root: Path | None, path: str) -> str:
    """Return the path of a file as audits and patches write it: from the folder that was named, if it is in there."""
    if root is None:
        return path
    resolved, top = Path(path).resolve(), root.resolve()
    return resolved.relative_to(top).as_posix() if resolved.is_relative_to(top) else path


def is_own_path(path: str) -> bool:
    """Return whether no folder of a path is an environment, vendored code or the output of tools, by its name."""
    return all(map(is_own_name, path.split("/")[:-1]))


def is_audited(path: str) -> bool:
    """Return whether the content of the file at a path counts in an audit."""
    if not is_own_path(path):
        return False
    return is_source(path) or (may_name_python(path) and not _NOT_ITS_OWN.search(path)) or _may_mention(path)


def _tree(paths: list[str], content: Content, root: Path | None) -> SourceTree:
    sources = [path for path in paths if is_source(path)]
    files = [file for batch in _batches(content, sources[:MAX_SOURCES]) for file in _read(batch)]
    return SourceTree(tuple(files), tuple(paths), content, root, max(0, len(sources) - MAX_SOURCES))


def read_tree_places(tree: SourceTree) -> list[PythonPlace]:
    """Return where the files of a tree say its Python; those of tests and examples do not count."""
    return _places(tree.content, tree.paths)


def read_repository_places(root: Path) -> list[PythonPlace]:
    """Return the same of a folder whose sources are not read."""
    return _places(partial(_bytes_below, root), _walk(root))


def _places(content: Content, paths: Iterable[str]) -> list[PythonPlace]:
    files = {path: content(path, LARGEST_FILE + 1) for path in place_paths(paths)}
    try:
        return run_limited(read_places, files)
    except ReadingLimitReached:
        return []


def read_texts(root: Path, more: Iterable[str]) -> dict[str, str]:
    """Return the files below a folder that may name its Python, and these, as text; those that are not UTF-8 not."""
    found: dict[str, str] = {}
    for path in dict.fromkeys([*place_paths(_walk(root)), *more]):
        content = _bytes(root / path, MAX_FILE_BYTES + 1)
        with suppress(UnicodeDecodeError):
            found[path] = content.decode()
    return found


def place_paths(paths: Iterable[str]) -> list[str]:
    """Return the paths of files in which places are looked for: not of those of tests and examples."""
    return [path for path in paths if may_name_python(path) and not _NOT_ITS_OWN.search(path)][:_MAX_PLACES]


def mentioned(tree: SourceTree, names: Iterable[tuple[str, Collection[str]]]) -> set[str]:
    """Return those packages that a file names, by one of the words given with each; imports do not count.

    Files that say what is required are not searched.
    """
    wanted = {
        name: re.compile(
            rb"(?<![\w.-])(?:" + b"|".join(re.escape(word.encode()) for word in words) + rb")(?![\w-])", re.IGNORECASE
        )
        for name, words in names
    }
    found: set[str] = set()
    for path in tree.paths:
        if len(found) == len(wanted):
            break
        if is_source(path) or _may_mention(path):
            content = tree.content(path, _MAX_TEXT)
            if path.endswith("pyproject.toml"):
                content = _without_requirements(content)
            found |= {one for one, pattern in wanted.items() if one not in found and pattern.search(content)}
    return found


def _may_mention(path: str) -> bool:
    name = path.rpartition("/")[2]
    return (name.endswith(_TEXTS) or name in _NAMED_TEXTS) and not _REQUIRED.search(name)


def _without_requirements(content: bytes) -> bytes:
    """Return the tables of tools only: the others say what is required. [tool.NAME] names NAME."""
    return b"\n".join(
        part.replace(b".", b" ", 1)
        for part in re.split(rb"(?m)^(?=\[)", content)
        if part.startswith(b"[tool.") and b"dependencies" not in part.partition(b"\n")[0]
    )


def _walk(root: Path) -> Iterator[str]:
    seen = 0
    for folder, subfolders, names in os.walk(root):
        depth = os.path.relpath(folder, root).count(os.sep)
        subfolders[:] = sorted(name for name in subfolders if depth < _MAX_DEPTH and is_own_folder(folder, name))
        for name in sorted(names):
            seen += 1
            if seen > _MAX_PATHS:
                return
            yield Path(folder, name).relative_to(root).as_posix()


def _files_below(root: Path, folder: str) -> Iterator[str]:
    return (folder + path for path in _walk(root / folder))


def _folders_of(paths: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _is_plain_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _batches(content_of: Content, paths: list[str]) -> Iterator[list[tuple[str, bytes]]]:
    batch: list[tuple[str, bytes]] = []
    size = 0
    for path in paths:
        content = content_of(path, (LARGEST_NOTEBOOK if path.endswith(".ipynb") else LARGEST) + 1)
        batch.append((path, content))
        size += len(content)
        if len(batch) >= _BATCH_FILES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _read(batch: list[tuple[str, bytes]]) -> list[AuditedFile]:
    try:
        return run_limited(read_sources, batch)
    except ReadingLimitReached as error:
        if len(batch) == 1:
            unread = UnreadSource(UnreadKind.TOO_LARGE, message=str(error))
            return [AuditedFile(batch[0][0], PythonFile(unread=unread))]
    # Which of the files is too much is found by halves.
    middle = len(batch) // 2
    return [*_read(batch[:middle]), *_read(batch[middle:])]


def _bytes_below(root: Path, path: str, most: int) -> bytes:
    return _bytes(root / path, most)


def _bytes(path: Path, most: int) -> bytes:
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(most)
    except OSError:
        return b""
